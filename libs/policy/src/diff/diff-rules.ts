import type { Party } from '../facts.js';
import { QUERY_KINDS, type QueryKind, type Rule } from '../rule.js';
import { VOCABULARY, type Vocabulary } from '../vocabulary.js';
import { changedClauses, type ChangedClause } from './changed-clauses.js';
import { LISTS, MEASURES, partyReach, probedValues, type List, type Measure, type PartyReach } from './party-reach.js';

/** Somebody whose view of both rules is compared: an agency, or what an agency of a state would be. */
export interface NamedParty {
  readonly name: string;
  readonly party: Party;
}

/** One thing that a party can do under one rule and not under the other. */
export type Change =
  | { readonly about: 'everything'; readonly kind: QueryKind }
  | {
      readonly about: 'purpose';
      readonly kind: QueryKind;
      readonly purpose: string;
      readonly exception: string;
      /** The weakest legal process that is enough; `null` where none is. */
      readonly before: string | null;
      readonly after: string | null;
    }
  | {
      readonly about: 'measure';
      readonly kind: QueryKind;
      readonly measure: Measure;
      readonly before: number;
      readonly after: number;
    }
  | { readonly about: 'list'; readonly kind: QueryKind; readonly list: List; readonly values: readonly string[] };

export interface PartyChange {
  readonly name: string;
  readonly gains: readonly Change[];
  readonly loses: readonly Change[];
}

export interface RuleDiff {
  readonly clauses: readonly ChangedClause[];
  /** Whoever gains or loses anything; who is not in it is affected by nothing that was probed. */
  readonly parties: readonly PartyChange[];
  /** How many parties and how many kinds of query were compared. */
  readonly compared: { readonly parties: number; readonly kinds: number };
}

export interface DiffInput {
  readonly before: Rule;
  readonly after: Rule;
  readonly parties: readonly NamedParty[];
  readonly owner: Party;
  /** Milliseconds; both rules are taken as if they were in effect. */
  readonly now: number;
}

/** Who gains and who loses between two rules, found by asking `decide` under both, and which clauses changed. */
export function diffRules({ before, after, parties, owner, now }: DiffInput): RuleDiff {
  const rules = [before, after].map(inEffect);
  const [from = before, to = after] = rules;
  const kinds = QUERY_KINDS.filter((kind) => rules.some(({ release }) => release?.[kind] !== undefined));
  const values = probedValues(rules);
  const changes = parties.map(({ name, party }): PartyChange => {
    const both = kinds.map((kind) => ({
      kind,
      a: partyReach({ rule: from, kind, party, owner, values, now }),
      b: partyReach({ rule: to, kind, party, owner, values, now }),
    }));
    return {
      name,
      gains: both.flatMap(({ kind, a, b }) => moreThan(kind, a, b)),
      loses: both.flatMap(({ kind, a, b }) => moreThan(kind, b, a).map(swapped)),
    };
  });
  return {
    clauses: changedClauses(before, after),
    parties: changes.filter(({ gains, loses }) => gains.length + loses.length > 0),
    compared: { parties: parties.length, kinds: kinds.length },
  };
}

/** The question is what the rules say, not when: a rule that is to be published is not in effect yet. */
function inEffect(rule: Rule): Rule {
  const { effective_until: _until, ...rest } = rule;
  return { ...rest, effective_from: '1970-01-01T00:00:00Z' };
}

/** Everything that is in `b` beyond `a`. */
function moreThan(kind: QueryKind, a: PartyReach, b: PartyReach): Change[] {
  if (b.process.size === 0) return [];
  if (a.process.size === 0) return [{ about: 'everything', kind }];
  return [...purposes(kind, a, b), ...measures(kind, a, b), ...lists(kind, a, b)];
}

function purposes(kind: QueryKind, a: PartyReach, b: PartyReach, vocabulary: Vocabulary = VOCABULARY): Change[] {
  const order = [...vocabulary.legalProcess.keys()];
  return [...b.process].flatMap(([pair, after]): Change[] => {
    const before = a.process.get(pair) ?? null;
    if (before !== null && order.indexOf(after) >= order.indexOf(before)) return [];
    const [purpose = '', exception = ''] = pair.split(' ');
    // What an exception opens is said only where it opens more than no exception does.
    if (
      exception !== 'none' &&
      b.process.get(`${purpose} none`) === after &&
      a.process.get(`${purpose} none`) === (before ?? undefined)
    )
      return [];
    return [{ about: 'purpose', kind, purpose, exception, before, after }];
  });
}

function measures(kind: QueryKind, a: PartyReach, b: PartyReach): Change[] {
  return MEASURES.flatMap((measure): Change[] => {
    const [before, after] = [a.measures.get(measure) ?? 0, b.measures.get(measure) ?? 0];
    const more = measure === 'characters' ? after > 0 && after < before : after > before;
    return more ? [{ about: 'measure', kind, measure, before, after }] : [];
  });
}

function lists(kind: QueryKind, a: PartyReach, b: PartyReach): Change[] {
  return LISTS.flatMap((list): Change[] => {
    const before = a.lists.get(list);
    const values = [...(b.lists.get(list) ?? [])].filter((value) => before?.has(value) !== true);
    return values.length === 0 ? [] : [{ about: 'list', kind, list, values }];
  });
}

/** A loss is a gain seen from the other side: before and after change places. */
function swapped(change: Change): Change {
  switch (change.about) {
    case 'purpose':
      return { ...change, before: change.after, after: change.before };
    case 'measure':
      return { ...change, before: change.after, after: change.before };
    case 'everything':
    case 'list':
      return change;
  }
}
