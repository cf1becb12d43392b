import { digestOf, type JsonValue } from '#protocol';
import type { AskConditions, ForbidClause, ReleaseConditions } from './conditions.js';

export const RULE_SCHEMA = 'comity-rule/v2';

/** `release`: conditions for giving data away. `ask`: an agency's conditions for its own officers. */
export type RuleSide = 'release' | 'ask';

/** The kinds of queries that a rule can have conditions for; one that it does not name is denied. */
export const QUERY_KINDS = [
  'plate_history',
  'latest_sighting',
  'near_scene',
  'vehicle_description',
  'partial_plate',
  'travelling_together',
  'hot_list_alert',
  'passed_twice',
  'unusual_travel',
  'free_language_prompt',
] as const;

export type QueryKind = (typeof QUERY_KINDS)[number];

/** Searches that begin with no suspect: denied unless a rule names them, and then only with a warrant (Q1). */
export const PATTERN_KINDS: readonly QueryKind[] = ['passed_twice', 'unusual_travel', 'free_language_prompt'];

export function isQueryKind(kind: string): kind is QueryKind {
  return QUERY_KINDS.some((known) => known === kind);
}

/** A rule as signed, stored and shown: the members are those of the JSON document. Made by `parseRule` only. */
export interface Rule {
  readonly schema: typeof RULE_SCHEMA;
  /** Entity id. */
  readonly owner: string;
  readonly version: number;
  /** Digest of the vocabulary that the rule is written in. */
  readonly vocabulary: string;
  readonly title: string;
  /** Instant with offset; before it the rule denies everything. */
  readonly effective_from: string;
  /** Instant with offset; from it on the rule denies everything. */
  readonly effective_until?: string;
  readonly forbid?: readonly ForbidClause[];
  readonly release?: { readonly [K in QueryKind]?: ReleaseConditions };
  readonly ask?: { readonly [K in QueryKind]?: AskConditions };
}

/** base64url of SHA-256 over the canonical document: what decisions, grants and receipts name a rule by. */
export function ruleDigest(rule: Rule): string {
  return digestOf(rule as unknown as JsonValue);
}
