import type { RowProblemCode } from './audit-row.js';
import type { HiddenBecause, PastNote } from './past-facts.js';
import type { PastVerdict, ReasonGroup, Simulation } from './simulate.js';

export interface ReasonCount {
  readonly code: string;
  readonly requirement: string;
  readonly group: ReasonGroup;
  readonly source: string | undefined;
  /** Searches refused for it, among other reasons. */
  readonly searches: number;
  /** Searches refused for it and for nothing else. */
  readonly alone: number;
}

export interface HiddenCount {
  readonly requirement: string;
  readonly because: HiddenBecause;
  /** Searches of which it cannot be judged, also those that are refused for something else. */
  readonly searches: number;
}

export interface OrganisationCount {
  readonly organisation: string;
  readonly state: string | undefined;
  readonly searches: number;
  readonly refused: number;
  readonly refusedForTheSearch: number;
}

/** A simulation in numbers, all of them counted by search and not by row. */
export interface SimulationSummary {
  readonly searches: number;
  readonly rows: number;
  /** `undefined` where there are none. Milliseconds. */
  readonly firstMs: number | undefined;
  readonly lastMs: number | undefined;
  readonly organisations: readonly OrganisationCount[];
  readonly refused: number;
  readonly cannotBeJudged: number;
  readonly notRefused: number;
  /** Of the refused: those for which only the law of the requester, or who asks, speaks against; and the others. */
  readonly refusedForLawAlone: number;
  readonly refusedForTheSearch: number;
  readonly reasons: readonly ReasonCount[];
  readonly hidden: readonly HiddenCount[];
  readonly notes: ReadonlyMap<PastNote, number>;
  readonly problems: ReadonlyMap<RowProblemCode, number>;
}

export function summarise({ verdicts, rows, problems }: Simulation): SimulationSummary {
  const count = (test: (verdict: PastVerdict) => boolean) => verdicts.filter(test).length;
  const times = verdicts.map(({ searchedAtMs }) => searchedAtMs);
  return {
    searches: verdicts.length,
    rows,
    firstMs: times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b)),
    lastMs: times.length === 0 ? undefined : times.reduce((a, b) => Math.max(a, b)),
    organisations: organisations(verdicts),
    refused: count(({ verdict }) => verdict === 'refused'),
    cannotBeJudged: count(({ verdict }) => verdict === 'cannot_be_judged'),
    notRefused: count(({ verdict }) => verdict === 'not_refused'),
    refusedForLawAlone: count((verdict) => verdict.verdict === 'refused' && !isForTheSearch(verdict)),
    refusedForTheSearch: count(isForTheSearch),
    reasons: reasons(verdicts),
    hidden: hiddenCounts(verdicts),
    notes: tally(verdicts.flatMap(({ notes }) => notes)),
    problems: tally(problems.map(({ code }) => code)),
  };
}

function isForTheSearch({ reasons: given }: PastVerdict): boolean {
  return given.some(({ group }) => group === 'the_search_itself');
}

function reasons(verdicts: readonly PastVerdict[]): readonly ReasonCount[] {
  const counts = new Map<string, { -readonly [K in keyof ReasonCount]: ReasonCount[K] }>();
  for (const { reasons: given } of verdicts) {
    for (const { code, requirement, group, source } of given) {
      const key = `${requirement} ${code}`;
      const seen = counts.get(key) ?? { code, requirement, group, source, searches: 0, alone: 0 };
      seen.searches += 1;
      if (given.length === 1) seen.alone += 1;
      counts.set(key, seen);
    }
  }
  return [...counts.values()].toSorted((a, b) => b.searches - a.searches || byText(a.requirement, b.requirement));
}

function hiddenCounts(verdicts: readonly PastVerdict[]): readonly HiddenCount[] {
  const counts = new Map<string, { requirement: string; because: HiddenBecause; searches: number }>();
  for (const { hidden } of verdicts) {
    for (const { requirement, because } of hidden) {
      const key = `${requirement} ${because}`;
      const seen = counts.get(key) ?? { requirement, because, searches: 0 };
      seen.searches += 1;
      counts.set(key, seen);
    }
  }
  return [...counts.values()].toSorted((a, b) => b.searches - a.searches || byText(a.requirement, b.requirement));
}

function organisations(verdicts: readonly PastVerdict[]): readonly OrganisationCount[] {
  const counts = new Map<string, { -readonly [K in keyof OrganisationCount]: OrganisationCount[K] }>();
  for (const verdict of verdicts) {
    const { organisation, state } = verdict;
    const seen = counts.get(organisation) ?? { organisation, state, searches: 0, refused: 0, refusedForTheSearch: 0 };
    seen.searches += 1;
    if (verdict.verdict === 'refused') seen.refused += 1;
    if (isForTheSearch(verdict)) seen.refusedForTheSearch += 1;
    counts.set(organisation, seen);
  }
  return [...counts.values()].toSorted((a, b) => b.searches - a.searches || byText(a.organisation, b.organisation));
}

function tally<T>(values: readonly T[]): ReadonlyMap<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
