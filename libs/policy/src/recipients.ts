import { legalOrders } from './attestation-reach.js';
import type { DeclarationCondition, RecipientCondition } from './conditions.js';
import { declarationFindings } from './declarations.js';
import type { Facts } from './facts.js';
import { judge, met, sealed, unmet, withinClause, type Finding, type Point } from './finding.js';
import { legalProcessFindings, type LegalProcessInput } from './legal-process.js';
import { about, type Receiver } from './receivers.js';
import { quoted } from './strict-reader.js';
import type { Vocabulary } from './vocabulary.js';

/** One finding: the receiver fits one whole entry, or what it lacks for the one that comes closest. */
export function recipientFinding(
  vocabulary: Vocabulary,
  entries: readonly RecipientCondition[],
  receiver: Receiver,
  facts: Facts,
  now: number,
): Finding {
  return about(receiver, closest(vocabulary, entries, receiver, facts, now));
}

function closest(
  vocabulary: Vocabulary,
  entries: readonly RecipientCondition[],
  receiver: Receiver,
  facts: Facts,
  now: number,
): Finding {
  const ways = entries
    .map((entry) => entryFindings(vocabulary, entry, receiver, facts, now))
    .sort((a, b) => byDistance(a, b));
  const open = ways.find((findings) => findings.every(({ kind }) => kind === 'met'));
  const [own] = open ?? [];
  if (own !== undefined) return own;
  const left = ways.find((findings) => findings.every(({ kind }) => kind !== 'unmet'));
  const firstSealed = left?.find(({ kind }) => kind === 'sealed');
  if (firstSealed !== undefined) return firstSealed;
  const lacking = ways[0]?.find(({ kind }) => kind === 'unmet');
  return lacking ?? unmet(classPoint(receiver, undefined), 'recipient_class_not_allowed', 'nobody is allowed');
}

const unmetOf = (findings: readonly Finding[]): number => findings.filter(({ kind }) => kind === 'unmet').length;
/** An entry for another class is no near miss, whatever else of it is met. */
const classUnmet = (findings: readonly Finding[]): number => (findings[0]?.kind === 'unmet' ? 1 : 0);

/** Fewest unmet first; then by what they say, so that the order of the entries is nothing. */
function byDistance(a: readonly Finding[], b: readonly Finding[]): number {
  const difference = classUnmet(a) - classUnmet(b) || unmetOf(a) - unmetOf(b);
  if (difference !== 0) return difference;
  const textA = JSON.stringify(a);
  const textB = JSON.stringify(b);
  return textA < textB ? -1 : textA > textB ? 1 : 0;
}

function classPoint({ role }: Receiver, source: string | undefined): Point {
  return {
    requirement: `${role}.class`,
    required: 'a class of agency that the owner gives to',
    source,
    remedy:
      'the owner does not give to agencies of this class; ask through an agency that it gives to only if that agency is the beneficiary',
  };
}

function entryFindings(
  vocabulary: Vocabulary,
  entry: RecipientCondition,
  receiver: Receiver,
  facts: Facts,
  now: number,
): readonly Finding[] {
  const { party } = receiver;
  const point = classPoint(receiver, entry.source);
  const ofClass = judge(party.agencyClass, point, (agencyClass) => {
    if (!vocabulary.agencyClasses.has(agencyClass)) return unmet(point, 'unknown_value', quoted(agencyClass));
    return entry.classes.includes(agencyClass)
      ? met(point, agencyClass)
      : unmet(point, 'recipient_class_not_allowed', quoted(agencyClass));
  });
  return [
    ofClass,
    ...jurisdictionFinding(entry, receiver, facts),
    ...agencyFinding(entry, receiver),
    ...purposeFinding(entry, receiver, facts),
    ...processFindings({ vocabulary, facts, now }, entry, receiver),
    ...declared(entry.declarations, receiver, facts, now),
  ];
}

function declared(
  conditions: readonly DeclarationCondition[] | undefined,
  receiver: Receiver,
  facts: Facts,
  now: number,
): readonly Finding[] {
  return conditions === undefined ? [] : declarationFindings(conditions, receiver, facts.request, now);
}

/** Every jurisdiction of the receiver is named. A body without any is in none of them. */
function jurisdictionFinding(entry: RecipientCondition, { role, party }: Receiver, facts: Facts): Finding[] {
  const { jurisdictions: allowed } = entry;
  if (allowed === undefined) return [];
  const point: Point = {
    requirement: `${role}.jurisdiction`,
    required: 'an agency of a jurisdiction that the owner gives to',
    source: entry.source,
    remedy: 'the owner does not give to agencies of this class and jurisdiction on these conditions',
  };
  const own = allowed.includes('own') ? facts.owner : undefined;
  if (own?.state === 'sealed' || (own?.state === 'known' && own.value.jurisdictions.state === 'sealed')) {
    return [sealed(point)];
  }
  const ofOwner =
    own?.state === 'known' && own.value.jurisdictions.state === 'known' ? own.value.jurisdictions.value : [];
  const named = new Set([...allowed.filter((id) => id !== 'own'), ...ofOwner]);
  return [
    judge(party.jurisdictions, point, (jurisdictions) => {
      const inside = jurisdictions.length > 0 && jurisdictions.every((id) => named.has(id));
      const where = legalOrders(jurisdictions).map((id) => (id === undefined ? 'no jurisdiction' : quoted(id)));
      return inside
        ? met(point, where.join(', '))
        : unmet(point, 'recipient_jurisdiction_not_allowed', where.join(', '));
    }),
  ];
}

function agencyFinding(entry: RecipientCondition, { role, party }: Receiver): Finding[] {
  const { agencies } = entry;
  if (agencies === undefined) return [];
  const point: Point = {
    requirement: `${role}.agency`,
    required: 'an agency that the owner names',
    source: entry.source,
    remedy: 'the owner gives to agencies of this class only where it names them',
  };
  const { entityId } = party;
  return [
    agencies.includes(entityId) ? met(point, quoted(entityId)) : unmet(point, 'recipient_not_named', quoted(entityId)),
  ];
}

function purposeFinding(entry: RecipientCondition, { role }: Receiver, { request }: Facts): Finding[] {
  const { purposes } = entry;
  if (purposes === undefined) return [];
  const point: Point = {
    requirement: `${role}.purpose`,
    required: 'a purpose for which agencies of this class receive',
    source: entry.source,
    remedy: 'agencies of this class receive reads for other purposes only',
  };
  return [
    judge(request.purpose, point, (purpose) =>
      purposes.includes(purpose) ? met(point, quoted(purpose)) : unmet(point, 'purpose_not_allowed', quoted(purpose)),
    ),
  ];
}

function processFindings(input: LegalProcessInput, entry: RecipientCondition, { role }: Receiver): readonly Finding[] {
  const { legal_process: process, source } = entry;
  if (process === undefined) return [];
  const condition = source === undefined ? process : { ...process, source };
  return legalProcessFindings(input, condition).map((finding) => withinClause(role, finding));
}
