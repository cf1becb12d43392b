import { digestOf, type JsonValue } from '#protocol';
import { AGENCY_CLASSES, BASES, EXCEPTIONS, KINDS, LEGAL_PROCESS, PURPOSES, READ_FIELDS, type Code } from './codes.js';
import { OFFENCES, type Offence } from './offences.js';
import type { Level, Protection } from './scale.js';
import { AGREEMENT_287G } from './scale-agreement-287g.js';
import { IMMIGRATION_USE } from './scale-immigration-use.js';
import { LEGAL_PROCESS_FOR_PLATE_HISTORY } from './scale-legal-process.js';
import { RETENTION } from './scale-retention.js';

const PROTECTIONS: readonly Protection[] = [
  LEGAL_PROCESS_FOR_PLATE_HISTORY,
  RETENTION,
  IMMIGRATION_USE,
  AGREEMENT_287G,
];

/** The closed lists that rules and facts are written in. A rule pins the digest of the one it was written for. */
export interface Vocabulary {
  readonly version: number;
  readonly digest: string;
  readonly protections: ReadonlyMap<string, Protection>;
  readonly offences: ReadonlyMap<string, Offence>;
  readonly kinds: ReadonlyMap<string, Code>;
  readonly purposes: ReadonlyMap<string, Code>;
  readonly agencyClasses: ReadonlyMap<string, Code>;
  readonly exceptions: ReadonlyMap<string, Code>;
  /** In order, weakest first. */
  readonly legalProcess: ReadonlyMap<string, Code>;
  readonly bases: ReadonlyMap<string, Code>;
  readonly readFields: ReadonlyMap<string, Code>;
}

function byId<T extends { readonly id: string }>(entries: readonly T[]): ReadonlyMap<string, T> {
  return new Map(entries.map((entry) => [entry.id, entry]));
}

const pairs = (codes: readonly Code[]): JsonValue => codes.map(({ id, text }) => [id, text]);

/** Everything that gives a word its meaning. Statutes are examples of law at a level: reading one more changes no word. */
function meaning(version: number): JsonValue {
  return {
    version,
    protections: PROTECTIONS.map(({ id, question, levels }) => [
      id,
      question,
      levels.map((level) => [level.id, level.text, level.seconds ?? null]),
    ]),
    offences: OFFENCES.map((o) => [o.id, o.text, !!o.immigration, !!o.catchAll, !!o.retired]),
    kinds: pairs(KINDS),
    purposes: pairs(PURPOSES),
    agency_classes: pairs(AGENCY_CLASSES),
    exceptions: pairs(EXCEPTIONS),
    legal_process: pairs(LEGAL_PROCESS),
    bases: pairs(BASES),
    read_fields: pairs(READ_FIELDS),
  };
}

/** Version 1: four protections, plate history. */
export const VOCABULARY: Vocabulary = {
  version: 1,
  digest: digestOf(meaning(1)),
  protections: byId(PROTECTIONS),
  offences: byId(OFFENCES),
  kinds: byId(KINDS),
  purposes: byId(PURPOSES),
  agencyClasses: byId(AGENCY_CLASSES),
  exceptions: byId(EXCEPTIONS),
  legalProcess: byId(LEGAL_PROCESS),
  bases: byId(BASES),
  readFields: byId(READ_FIELDS),
};

/** The vocabulary that a rule was written for. A later one never reads an older rule by its own words. */
export function vocabularyByDigest(digest: string): Vocabulary | undefined {
  return digest === VOCABULARY.digest ? VOCABULARY : undefined;
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

/** How long reads may be kept at a level of the retention scale; `undefined` where there is no limit or no such level. */
export function retentionSeconds(vocabulary: Vocabulary, level: string): number | undefined {
  return levelOf(vocabulary, 'retention', level)?.seconds;
}
