import type { AskConditions, ReleaseConditions } from '../conditions.js';
import { QUERY_KINDS, type QueryKind, type Rule, type RuleSide } from '../rule.js';
import type { Vocabulary } from '../vocabulary.js';

/** The conditions for one kind of query on one side of a rule, and where they stand. */
export interface Section {
  readonly side: RuleSide;
  readonly kind: QueryKind;
  /** `release.plate_history` */
  readonly path: string;
  readonly conditions: AskConditions | ReleaseConditions;
  /** The same, where it is the releasing side. */
  readonly release: ReleaseConditions | undefined;
}

export function sectionsOf(rule: Rule): readonly Section[] {
  return QUERY_KINDS.flatMap((kind): Section[] => {
    const release = rule.release?.[kind];
    const ask = rule.ask?.[kind];
    return [
      ...(release === undefined
        ? []
        : [{ side: 'release' as const, kind, path: `release.${kind}`, conditions: release, release }]),
      ...(ask === undefined
        ? []
        : [{ side: 'ask' as const, kind, path: `ask.${kind}`, conditions: ask, release: undefined }]),
    ];
  });
}

/** What `all` stands for, and what is left of a list of offences once forbid has won. */
export function openOffences(vocabulary: Vocabulary, offences: AskConditions['offences']): ReadonlySet<string> {
  const { allow, deny = [] } = offences;
  const open = [...vocabulary.offences.values()]
    .filter(({ id, immigration, catchAll, retired }) => {
      if (retired === true || deny.includes(id)) return false;
      return allow === 'all' ? immigration !== true && catchAll !== true : allow.includes(id);
    })
    .map(({ id }) => id);
  return new Set(open);
}

export function openPurposes({ allow, deny = [] }: AskConditions['purposes']): ReadonlySet<string> {
  return new Set(allow.filter((purpose) => !deny.includes(purpose)));
}

/** -1 for an unknown class: then nothing is comparable. */
export function processRank(vocabulary: Vocabulary, id: string): number {
  return [...vocabulary.legalProcess.keys()].indexOf(id);
}
