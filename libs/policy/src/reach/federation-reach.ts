import { decide } from '../decide.js';
import { known, type Beneficiary, type Facts, type Party } from '../facts.js';
import { parity } from '../parity.js';
import { QUERY_KINDS, type QueryKind, type Rule } from '../rule.js';
import { BASES } from '../codes.js';
import { VOCABULARY } from '../vocabulary.js';
import { isInForce } from '../attestation-reach.js';
import { addBodies, bodiesReached, type Enrolled } from './access-steps.js';
import { ARRANGEMENTS, type Arrangement } from './arrangements.js';
import type { ReachTarget } from './organisation-class.js';
import { ReachGraphDraft } from './reach-graph-draft.js';
import type { ReachGraph } from './reach-graph.js';
import { SEALED_REQUEST } from '../sealed-request.js';

/** What is known of an exchange among enrolled agencies: who they are, what is attested, and the owner's rule. */
export interface FederationReach {
  readonly owner: Party;
  /** Everybody who is enrolled; the owner may be among them. */
  readonly parties: readonly Party[];
  /** `undefined` where the owner has published none: it then gives nothing. */
  readonly rule: Rule | undefined;
  readonly target: ReachTarget;
  /** Milliseconds. */
  readonly now: number;
}

interface Asked extends FederationReach {
  readonly enrolled: Enrolled;
}

/** Classes of agency, as superiors state them, that are of the class; `out-of-state` goes by jurisdiction. */
const CLASSES: Readonly<Record<ReachTarget, readonly string[]>> = {
  immigration: ['immigration-agency'],
  federal: ['federal-agency', 'immigration-agency'],
  'out-of-state': [],
  private: ['private-police'],
  'shared-centre': ['fusion-centre'],
  'task-force': ['task-force'],
  'stale-account': [],
};

/**
 * Every step by which the owner's reads could come to the class in a federation, as rule and attestations stand now. A step
 * `direct` is there where the rule, on what is attested, denies not every request: `decide` itself says so, with everything
 * that a request states sealed. There is no step `onward`: whoever gets data from another asks the owner anew, whose rule
 * decides (law 8).
 */
export function federationReach(of: FederationReach): ReachGraph {
  const { owner, target } = of;
  const reach: Asked = { ...of, enrolled: new Map(of.parties.map((party) => [party.entityId, party])) };
  const draft = new ReachGraphDraft();
  const source = draft.node('owner', described(owner), false);
  const others = reach.parties.filter(({ entityId }) => entityId !== owner.entityId);
  const open = others.flatMap((party) => {
    const kinds = openKinds(reach, party, { kind: 'none' });
    return kinds.length > 0 ? [{ party, kinds }] : [];
  });
  const node = (party: Party): number => draft.node(party.entityId, described(party), isOf(party, target, owner));
  for (const { party, kinds } of open) addDirect(draft, reach, { from: source, to: node(party), party, kinds });
  const isOpen = new Set(open.map(({ party }) => party.entityId));
  for (const { party } of open) {
    if (isOf(party, target, owner)) continue;
    for (const beneficiary of others) {
      if (beneficiary.entityId === party.entityId || isOpen.has(beneficiary.entityId)) continue;
      const kinds = openKinds(reach, party, { kind: 'party', party: beneficiary });
      if (kinds.length > 0)
        addBeneficiary(draft, reach, { from: node(party), to: node(beneficiary), party, beneficiary, kinds });
    }
    const unnamed = openKinds(reach, party, { kind: 'not_enrolled', entityId: 'https://not-enrolled.invalid' });
    if (unnamed.length > 0) addUnnamed(draft, node(party), party, unnamed);
  }
  const reached = others.filter(({ entityId }) => draft.has(entityId));
  addBodies(draft, reached, withoutOwner(reach), {
    node,
    ownersChanges: (party) => ownersChanges(draft, reach, party),
    isTarget: (party) => isOf(party, target, owner),
  });
  for (const party of others) {
    if (draft.has(party.entityId) && !isOf(party, target, owner)) addArrangements(draft, reach, node(party), party);
  }
  return draft.graph(source);
}

/** The owner has its own reads already. */
function withoutOwner({ enrolled, owner }: Asked): Enrolled {
  return new Map([...enrolled].filter(([id]) => id !== owner.entityId));
}

/** Kinds of query that the rule does not deny to this party whatever it states. */
function openKinds(reach: Asked, requester: Party, beneficiary: Beneficiary): readonly QueryKind[] {
  const { rule, owner, now, enrolled } = reach;
  const receivers = beneficiary.kind === 'party' ? [requester, beneficiary.party] : [requester];
  const withAccess = [...new Set(receivers.flatMap((party) => bodiesReached(party, enrolled)))];
  return QUERY_KINDS.filter((kind) => {
    const release = rule?.release?.[kind];
    if (!release) return false;
    const exceptions = ['none', ...(release.exceptions ?? []).map(({ exception }) => exception)];
    return exceptions.some((exception) => {
      const request = { ...SEALED_REQUEST, kind: known(kind), exception: known(exception) };
      const facts: Facts = {
        requester,
        beneficiary: known(beneficiary),
        owner: known(owner),
        withAccess,
        request,
      };
      return decide(facts, { rule, side: 'release' }, now).outcome !== 'deny';
    });
  });
}

interface Given {
  readonly from: number;
  readonly to: number;
  readonly party: Party;
  readonly kinds: readonly QueryKind[];
}

function addDirect(draft: ReachGraphDraft, reach: FederationReach, { from, to, party, kinds }: Given): void {
  const openedBy = `${ruleName(reach)} permits ${kinds.join(', ')} to ${party.entityId}, of class ${classOf(party)}, with what is attested of it`;
  const closedBy = ownersChanges(draft, reach, party);
  draft.step({ from, to, kind: 'direct', certainty: 'stated', openedBy, closedBy });
}

function addBeneficiary(
  draft: ReachGraphDraft,
  reach: FederationReach,
  { from, to, party, beneficiary, kinds }: Given & { readonly beneficiary: Party },
): void {
  const none = draft.change('beneficiary', 'owner', 'answer no request on behalf of another body');
  const openedBy = `${ruleName(reach)} permits ${kinds.join(', ')} that ${party.entityId} asks on behalf of ${beneficiary.entityId}`;
  const closedBy = [none, ...ownersChanges(draft, reach, beneficiary)];
  draft.step({ from, to, kind: 'beneficiary', certainty: 'stated', openedBy, closedBy });
}

/** A rule that takes any body as beneficiary as long as it is named opens to all of them. */
function addUnnamed(draft: ReachGraphDraft, from: number, party: Party, kinds: readonly QueryKind[]): void {
  const to = draft.node('unnamed', { id: 'any body', name: 'any body', role: 'whoever this opens to' }, true);
  const none = draft.change('beneficiary', 'owner', 'answer no request on behalf of another body');
  const openedBy = `the rule permits ${kinds.join(', ')} that ${party.entityId} asks on behalf of a body that is not enrolled`;
  draft.step({ from, to, kind: 'beneficiary', certainty: 'not_excluded', openedBy, closedBy: [none] });
}

/** What others see of what this party gets: wherever the absence of an arrangement is not attested. */
function addArrangements(draft: ReachGraphDraft, reach: FederationReach, from: number, party: Party): void {
  for (const arrangement of ARRANGEMENTS[reach.target]) {
    if (keepsOut(reach, party, arrangement)) continue;
    const { kind, protection, level, to } = arrangement;
    const sink = draft.node(`sink ${to}`, { id: to, name: to, role: 'whoever this opens to' }, true);
    const worse = party.attestations.filter((mark) => mark.protection === protection && isInForce(mark, reach.now));
    const levels = [...new Set(worse.map((mark) => `\`${mark.level}\``))].toSorted().join(', ');
    const openedBy =
      levels === ''
        ? `nobody attests \`${protection}\` of ${party.entityId}`
        : `\`${protection}\` of ${party.entityId} is attested at ${levels}`;
    const ended = levels === '' ? '' : 'end it, and ';
    const text = `${ended}have \`${protection}\` of ${party.entityId} attested at \`${level}\` or stricter`;
    const change = draft.change(`${protection} ${party.entityId}`, 'another', text);
    const certainty = levels === '' ? 'not_excluded' : 'stated';
    draft.step({ from, to: sink, kind, certainty, openedBy, closedBy: [change] });
  }
}

/** What the owner can write into its rule so that this party is denied: one of them is enough. */
function ownersChanges(draft: ReachGraphDraft, reach: FederationReach, party: Party): readonly number[] {
  const { owner, target } = reach;
  const change = (id: string, text: string): number => draft.change(id, 'owner', text);
  const agencyClass = classOf(party);
  const lacking = ARRANGEMENTS[target].filter((arrangement) => !keepsOut(reach, party, arrangement));
  // The change that is aimed at the door first: of two that close as much, it is the one that is named.
  return [
    ...lacking.map(({ protection, level }) =>
      change(`require ${protection}`, `require \`${protection}\` at \`${level}\` or stricter of every recipient`),
    ),
    change(`forbid ${party.entityId}`, `forbid ${party.entityId}`),
    change(`class ${agencyClass}`, `give to no agency of class ${agencyClass}`),
    ...(isOutOfState(party, owner) ? [change('own', "give to agencies of the owner's own jurisdiction alone")] : []),
  ];
}

/** Attested at the level or stricter, by anybody but the party itself, in every jurisdiction of it. */
function keepsOut({ owner, now }: FederationReach, party: Party, { protection, level }: Arrangement): boolean {
  const requirement = { protection, at_least: level, basis: BASES.map(({ id }) => id) };
  const receivers = [{ role: 'requester', party } as const];
  const findings = parity({ vocabulary: VOCABULARY, requirement, owner: known(owner), receivers, now });
  return findings.length > 0 && findings.every(({ kind }) => kind === 'met');
}

function isOf(party: Party, target: ReachTarget, owner: Party): boolean {
  return target === 'out-of-state' ? isOutOfState(party, owner) : CLASSES[target].includes(classOf(party));
}

/** No jurisdiction in common; a body without any is of no state, and so not of the owner's. */
function isOutOfState(party: Party, owner: Party): boolean {
  const own = owner.jurisdictions.state === 'known' ? owner.jurisdictions.value : [];
  const its = party.jurisdictions.state === 'known' ? party.jurisdictions.value : [];
  return !its.some((jurisdiction) => own.includes(jurisdiction));
}

function classOf({ agencyClass }: Party): string {
  return agencyClass.state === 'known' ? agencyClass.value : 'not stated';
}

function described(party: Party): { id: string; name: string; role: string; state?: string } {
  const [jurisdiction] = party.jurisdictions.state === 'known' ? party.jurisdictions.value : [];
  const state = jurisdiction?.split('/').at(-1);
  return { id: party.entityId, name: party.entityId, role: classOf(party), ...(state !== undefined && { state }) };
}

function ruleName({ rule }: FederationReach): string {
  return `version ${rule?.version ?? 0} of the rule`;
}
