import { digestOf, type JsonObject } from '#protocol';
import { MODELS, type AgreementModel } from './agreement-names.js';
import type { AgreementMatch, EnrolledAgency, MatchOutcome } from './match-agreements.js';

/** A mark about a 287(g) agreement that is in force. */
export interface AgreementMark {
  readonly subject: string;
  readonly markType: string;
  readonly level: string;
}

/** What an import does to one agency. */
export interface AgreementEffect {
  readonly subject: string;
  readonly superior: string;
  readonly revoke: readonly string[];
  /** The weakest of its agreements; `undefined` where it is only unsure. */
  readonly issue: AgreementModel | undefined;
  /** Day on which the first of those agreements was signed; `undefined` where the list does not say. */
  readonly since: string | undefined;
  readonly why: string;
}

export interface AgreementPlan {
  /** What a person confirms. */
  readonly digest: string;
  readonly matches: readonly AgreementMatch[];
  readonly effects: readonly AgreementEffect[];
  /** Agencies with an attested agreement that the list does not name any more: two persons may attest its end. */
  readonly noLongerListed: readonly string[];
}

/**
 * What is to be done. An agency on the list loses its attested absence and gets the mark of the weakest of its agreements;
 * one that might be on it loses its attested absence, because what is not known is not attested. The list alone never makes
 * anything better: nobody gets an absence by not being on it.
 */
export function planAgreements(
  matches: readonly AgreementMatch[],
  input: { readonly marks: readonly AgreementMark[]; readonly source: JsonObject },
): AgreementPlan {
  const { marks, source } = input;
  const marksOf = Map.groupBy(marks, ({ subject }) => subject);
  const matched = matches.filter(({ outcome }) => outcome === 'matched');
  const listed = Map.groupBy(matched, ({ subjects }) => subjects[0]?.entityId ?? '');
  const effects: AgreementEffect[] = [];
  for (const [subject, rows] of listed) {
    const issue = MODELS.find((model) => rows.some(({ row }) => row.model === model));
    const agency = rows[0]?.subjects[0];
    if (!agency || !issue) continue;
    const held = marksOf.get(subject) ?? [];
    const revoke = held.filter(({ level }) => level !== issue).map(({ markType }) => markType);
    if (revoke.length === 0 && held.length > 0) continue;
    const of = rows.filter(({ row }) => row.model === issue);
    effects.push(effectOn(agency, { revoke, issue, since: firstDay(of), why: of[0]?.why ?? '' }));
  }
  for (const [agency, why] of doubted(matches, listed)) {
    const revoke = (marksOf.get(agency.entityId) ?? []).filter(({ level }) => level === 'none');
    const types = revoke.map(({ markType }) => markType);
    if (types.length > 0) effects.push(effectOn(agency, { revoke: types, issue: undefined, since: undefined, why }));
  }
  const noLongerListed = marks
    .filter(({ subject, level }) => level !== 'none' && !listed.has(subject))
    .map(({ subject }) => subject);
  const ordered = effects.toSorted((a, b) => (a.subject < b.subject ? -1 : 1));
  const told = matches.map(({ row, outcome, subjects, why }) => [
    row.line,
    outcome,
    subjects.map((s) => s.entityId),
    why,
  ]);
  const done = ordered.map(({ subject, revoke, issue }) => [subject, [...revoke], issue ?? null]);
  return { digest: digestOf({ source, matches: told, effects: done }), matches, effects: ordered, noLongerListed };
}

export function countOutcomes(matches: readonly AgreementMatch[]): Record<MatchOutcome, number> {
  const counts = { matched: 0, unsure: 0, unmatched: 0, not_enrolled: 0, malformed: 0 };
  for (const { outcome } of matches) counts[outcome] += 1;
  return counts;
}

/** Those that an unsure line might be, and no sure line is. */
function doubted(
  matches: readonly AgreementMatch[],
  listed: ReadonlyMap<string, unknown>,
): Map<EnrolledAgency, string> {
  const found = new Map<EnrolledAgency, string>();
  for (const { outcome, subjects, row } of matches) {
    if (outcome !== 'unsure') continue;
    for (const subject of subjects) {
      if (!listed.has(subject.entityId)) found.set(subject, `line ${row.line} might be it`);
    }
  }
  return found;
}

function firstDay(rows: readonly AgreementMatch[]): string | undefined {
  return rows.flatMap(({ row }) => row.signed ?? []).toSorted()[0];
}

function effectOn(
  { entityId, superior }: EnrolledAgency,
  effect: Omit<AgreementEffect, 'subject' | 'superior'>,
): AgreementEffect {
  return { subject: entityId, superior, ...effect };
}
