import { isInForce, bindingNow, legalOrders, reaches } from './attestation-reach.js';
import type { Attestation, Fact, Party } from './facts.js';
import { met, sealed, unmet, type Finding, type Point } from './finding.js';
import type { Requirement } from './conditions.js';
import { about, type Receiver } from './receivers.js';
import { quoted } from './strict-reader.js';
import { levelOf, levelRank, meetsLevel, protectionsCovering, type Vocabulary } from './vocabulary.js';

export interface ParityInput {
  readonly vocabulary: Vocabulary;
  readonly requirement: Requirement;
  readonly owner: Fact<Party>;
  /** Everybody who will have the data. */
  readonly receivers: readonly Receiver[];
  /** Milliseconds. */
  readonly now: number;
}

/**
 * One protection: does every receiver's law protect the data at least as well as the owner demands? Tested against the
 * weakest level, over every jurisdiction that the register lists for a receiver.
 */
export function parity(input: ParityInput): readonly Finding[] {
  const { requirement, receivers } = input;
  const level = requiredLevel(input);
  if (typeof level !== 'string') return [level];
  return receivers.map((receiver) => {
    const { role, party } = receiver;
    const point = pointOf(input.vocabulary, requirement, level, `${role}.${requirement.protection}`);
    return about(receiver, receiverFinding(input, point, party, level));
  });
}

function pointOf(vocabulary: Vocabulary, requirement: Requirement, level: string, name: string): Point {
  const question = vocabulary.protections.get(requirement.protection)?.question ?? '';
  const answer = levelOf(vocabulary, requirement.protection, level)?.text ?? '';
  const basis = [...requirement.basis].sort().join(' or ');
  return {
    requirement: name,
    required: `\`${requirement.protection}\` at \`${level}\` or stricter, by ${basis} (${question} ${answer})`,
    source: requirement.source,
    remedy: `\`${requirement.protection}\` has to be attested at \`${level}\` or stricter, by ${basis}`,
  };
}

/** The level demanded, or the finding that there is none. */
function requiredLevel({ vocabulary, requirement, owner, now }: ParityInput): string | Finding {
  if ('at_least' in requirement) return requirement.at_least;
  return ownersLevel({ vocabulary, owner, now }, requirement.protection, requirement.source);
}

/** *As strict as mine* needs an own level that is attested: the strictest that binds the owner now. */
export function ownersLevel(
  { vocabulary, owner, now }: Pick<ParityInput, 'vocabulary' | 'owner' | 'now'>,
  protection: string,
  source: string | undefined,
): string | Finding {
  const point: Point = {
    requirement: `owner.${protection}`,
    required: `\`${protection}\` as strict as the owner's own`,
    source,
    remedy: `the owner's own level of \`${protection}\` has to be attested first; ask the owner`,
  };
  if (owner.state === 'sealed') return sealed(point);
  if (owner.state === 'absent') return unmet(point, 'owner_level_unattested', 'the owner is not described');
  if (owner.value.jurisdictions.state === 'sealed' || owner.value.agencyClass.state === 'sealed') return sealed(point);
  const binding = protectionsCovering(vocabulary, protection).flatMap((each) => bindingNow(owner.value, each, now));
  return strictest(vocabulary, protection, binding) ?? unattested(point);
}

function unattested(point: Point): Finding {
  return unmet(point, 'owner_level_unattested', 'no level of the owner is attested, or one that nobody can compare');
}

/** Several laws that bind the owner bind together, so the strictest is its own level. One unknown level hides it. */
function strictest(
  vocabulary: Vocabulary,
  protection: string,
  attestations: readonly Attestation[],
): string | undefined {
  let found: { level: string; rank: number } | undefined;
  for (const { level } of attestations) {
    const rank = levelRank(vocabulary, protection, level);
    if (rank === undefined) return undefined;
    if (!found || rank > found.rank) found = { level, rank };
  }
  return found?.level;
}

function receiverFinding(input: ParityInput, point: Point, party: Party, level: string): Finding {
  const { vocabulary, requirement, now } = input;
  if (party.jurisdictions.state === 'sealed' || party.agencyClass.state === 'sealed') return sealed(point);
  if (party.jurisdictions.state === 'absent') {
    return unmet(point, 'protection_not_attested', 'no jurisdiction of the agency is known');
  }
  const covering = protectionsCovering(vocabulary, requirement.protection);
  const about = party.attestations.filter(({ protection }) => covering.includes(protection));
  const reliedOn: Attestation[] = [];
  const unmetOrders: { order: string | undefined; candidates: readonly Attestation[] }[] = [];
  for (const order of legalOrders(party.jurisdictions.value)) {
    const candidates = about.filter((attestation) => reaches(attestation, party, order));
    // One single mark has to meet level, basis and dates together: two halves are no whole.
    const [best] = candidates.filter((mark) => meets(vocabulary, requirement, level, mark, party, now)).sort(byLasting);
    if (best) reliedOn.push(best);
    else unmetOrders.push({ order, candidates });
  }
  if (unmetOrders.length === 0) return met(point, reliedOn.map(describe).join('; '), reliedOn);
  const candidates = unmetOrders.flatMap((order) => order.candidates);
  const found = unmetOrders.map((order) => describeOrder(order, now)).join('; ');
  if (candidates.length === 0) return unmet(point, 'protection_not_attested', found);
  const comparable = candidates.some((mark) => levelRank(vocabulary, mark.protection, mark.level) !== undefined);
  return unmet(point, comparable ? 'protection_not_met' : 'unknown_value', found);
}

function meets(
  vocabulary: Vocabulary,
  requirement: Requirement,
  level: string,
  mark: Attestation,
  party: Party,
  now: number,
): boolean {
  return (
    meetsLevel(vocabulary, requirement.protection, mark.level, level) &&
    requirement.basis.includes(mark.basis) &&
    isInForce(mark, now) &&
    (!isSelfIssued(mark, party) || requirement.self_issued === true)
  );
}

/** An agency's word about itself, also through a shell with the same controller (T09). */
function isSelfIssued(mark: Attestation, party: Party): boolean {
  return mark.issuer === party.entityId || (mark.reach.kind === 'own' && mark.reach.selfIssued);
}

/** Of several marks that do, the one that binds longest; then by digest, so that their order in the facts is nothing. */
function byLasting(a: Attestation, b: Attestation): number {
  const untilA = a.effectiveUntilMs ?? Infinity;
  const untilB = b.effectiveUntilMs ?? Infinity;
  if (untilA !== untilB) return untilA > untilB ? -1 : 1;
  const nameA = `${a.digest} ${describe(a)}`;
  const nameB = `${b.digest} ${describe(b)}`;
  return nameA < nameB ? -1 : nameA > nameB ? 1 : 0;
}

function describe(mark: Attestation): string {
  return `${quoted(mark.level)} by ${quoted(mark.basis)} (${quoted(mark.statute)}, attested by ${quoted(mark.issuer)})`;
}

function describeOrder(
  { order, candidates }: { order: string | undefined; candidates: readonly Attestation[] },
  now: number,
): string {
  const where = order === undefined ? 'the agency itself' : quoted(order);
  if (candidates.length === 0) return `${where}: nothing attested`;
  const marks = candidates.map((mark) => `${describe(mark)}${isInForce(mark, now) ? '' : ', not in force now'}`);
  return `${where}: ${marks.sort().join(', ')}`;
}
