import { DATA_AGES } from './scale-legal-process.js';
import type { Level } from './scale.js';
import { VOCABULARY_1 } from './vocabulary-1.js';
import { VOCABULARY_2 } from './vocabulary-2.js';
import { VOCABULARY_3 } from './vocabulary-3.js';
import type { Vocabulary } from './vocabulary-shape.js';

export type { Vocabulary } from './vocabulary-shape.js';

/** Every version that a rule in the world may be written in. */
export const VOCABULARIES: readonly Vocabulary[] = [VOCABULARY_1, VOCABULARY_2, VOCABULARY_3];

/** The newest version, in which new rules and attestations are written. */
export const VOCABULARY: Vocabulary = VOCABULARY_3;

/** The vocabulary that a rule was written for. A later one never reads an older rule by its own words. */
export function vocabularyByDigest(digest: string): Vocabulary | undefined {
  return VOCABULARIES.find((vocabulary) => vocabulary.digest === digest);
}

export function levelOf(vocabulary: Vocabulary, protection: string, level: string): Level | undefined {
  return vocabulary.protections.get(protection)?.levels.find(({ id }) => id === level);
}

/** 0 for the weakest level; `undefined` for a protection or a level that the vocabulary does not have. */
export function levelRank(vocabulary: Vocabulary, protection: string, level: string): number | undefined {
  const rank = vocabulary.protections.get(protection)?.levels.findIndex(({ id }) => id === level);
  return rank === undefined || rank < 0 ? undefined : rank;
}

/** Whether `found` protects at least as well as `required`. What is unknown never meets anything (P02). */
export function meetsLevel(vocabulary: Vocabulary, protection: string, found: string, required: string): boolean {
  const foundRank = levelRank(vocabulary, protection, found);
  const requiredRank = levelRank(vocabulary, protection, required);
  return foundRank !== undefined && requiredRank !== undefined && foundRank >= requiredRank;
}

/**
 * The protections whose attestations speak for `protection`: itself, and the wider ones that cover it level for level (a
 * warrant for reads of any age is a warrant for old ones). Empty for one that the vocabulary does not have.
 */
export function protectionsCovering(vocabulary: Vocabulary, protection: string): readonly string[] {
  const scale = vocabulary.protections.get(protection);
  return scale === undefined ? [] : [protection, ...(scale.coveredBy ?? [])];
}

/** How long reads may be kept at a level of the retention scale; `undefined` where there is no limit or no such level. */
export function retentionSeconds(vocabulary: Vocabulary, level: string): number | undefined {
  return levelOf(vocabulary, 'retention', level)?.seconds;
}

/**
 * The protection that says what an officer must have before a query of `kind` that reaches reads `ageHours` old: warrant
 * parity by kind and by age of the data. A kind whose law knows no ages has one for all. `undefined` for an unknown kind.
 */
export function legalProcessProtection(vocabulary: Vocabulary, kind: string, ageHours: number): string | undefined {
  const protection = vocabulary.kinds.get(kind)?.legalProcess;
  if (protection === undefined) return undefined;
  const aged = DATA_AGES.filter(({ hours }) => !(ageHours <= hours)).map(({ id }) => `${protection}-${id}`);
  return aged.findLast((id) => vocabulary.protections.has(id)) ?? protection;
}
