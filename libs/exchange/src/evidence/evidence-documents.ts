import { isJsonObject, parseStrictJson, type JsonObject, type JsonValue } from '#protocol';
import { ExchangeError } from '../exchange-error.js';
import { readTrace, type UnverifiedTrace } from '../trace/verify-trace.js';

/**
 * How much of a transaction a bundle shows. `full`: all that the agency knows. `defence`: what concerns the one person whose
 * data it is. `public`: who exchanged what kind of thing under which rule, and no person at all.
 */
export const DISCLOSURE_LEVELS = ['full', 'defence', 'public'] as const;
export type DisclosureLevel = (typeof DISCLOSURE_LEVELS)[number];

/** A request as the agency keeps it: the signed message, and how it says that it ended. */
export interface EvidenceRequest {
  readonly owner: string;
  /** Compact JWS; absent where the level does not show it. */
  readonly request: string | undefined;
  readonly state: string | undefined;
}

/** What was asked, with the salt under which receipts and approval commit to it. */
export interface EvidenceAsk {
  readonly document: JsonObject;
  readonly salt: string;
}

/** The newest checkpoint of a ledger that somebody else cosigned, and the way between it and the checkpoint of the receipts. */
export interface EvidenceWitnessed {
  readonly entityId: string;
  readonly checkpoint: string;
  /** Base64 hashes from the smaller of the two trees to the larger. */
  readonly consistency: readonly string[];
}

/** What a bundle says, after grammar and before any verification: every member is the exporter's claim. */
export interface EvidenceDocuments {
  readonly txn: string;
  readonly level: DisclosureLevel;
  /** Milliseconds, by the exporter's clock. */
  readonly exportedAt: number;
  readonly trace: UnverifiedTrace;
  readonly requests: readonly EvidenceRequest[];
  readonly ask: EvidenceAsk | undefined;
  /** Sharing rules by their text; receipts commit to their digests. */
  readonly rules: readonly { readonly owner: string; readonly rule: JsonObject }[];
  /** Configurations of jurisdictions with the marks of their law, as the exporter held them. */
  readonly jurisdictions: readonly { readonly entityId: string; readonly chain: readonly string[] }[];
  readonly witnessed: readonly EvidenceWitnessed[];
  /** Signed sets of keys that an authority used before. */
  readonly histories: readonly { readonly entityId: string; readonly token: string }[];
}

export const MAX_EVIDENCE_BYTES = 64 * 1024 * 1024;
const MAX_LIST = 4096;
const MEMBERS: readonly string[] = [
  'v',
  'txn',
  'level',
  'exported_at',
  'trace',
  'requests',
  'ask',
  'rules',
  'jurisdictions',
  'witnessed',
  'histories',
];

/** @throws ExchangeError `evidence_malformed` */
export function parseEvidenceDocuments(bytes: Uint8Array): EvidenceDocuments {
  const document = jsonOf(bytes);
  // What nobody reads is nobody's to carry: a member that is not known would be signed for by nothing and seen by some.
  const strange = Object.keys(document).find((member) => !MEMBERS.includes(member));
  if (strange !== undefined) throw malformed('an unknown member');
  const { v, txn, level, exported_at: exportedAt, trace, ask } = document;
  const known = DISCLOSURE_LEVELS.find((each) => each === level);
  if (v !== 1 || typeof txn !== 'string' || known === undefined) throw malformed('version, transaction or level');
  if (typeof exportedAt !== 'number' || !Number.isSafeInteger(exportedAt) || exportedAt < 0) {
    throw malformed('`exported_at`');
  }
  return {
    txn,
    level: known,
    exportedAt,
    trace: readTrace(trace ?? null),
    ask:
      ask === undefined || ask === null
        ? undefined
        : { document: objectIn(ask, 'document'), salt: textIn(ask, 'salt') },
    requests: listOf(document, 'requests', (value) => ({
      owner: textIn(value, 'owner'),
      request: optionalText(value, 'request'),
      state: optionalText(value, 'state'),
    })),
    rules: listOf(document, 'rules', (value) => ({ owner: textIn(value, 'owner'), rule: objectIn(value, 'rule') })),
    jurisdictions: listOf(document, 'jurisdictions', (value) => ({
      entityId: textIn(value, 'entity_id'),
      chain: textsIn(value, 'chain'),
    })),
    witnessed: listOf(document, 'witnessed', (value) => ({
      entityId: textIn(value, 'entity_id'),
      checkpoint: textIn(value, 'checkpoint'),
      consistency: textsIn(value, 'consistency'),
    })),
    histories: listOf(document, 'histories', (value) => ({
      entityId: textIn(value, 'entity_id'),
      token: textIn(value, 'token'),
    })),
  };
}

/** Digests of the rules that the opened receipts in a trace name, wherever in it they stand. */
export function ruleDigestsIn(value: JsonValue | undefined): string[] {
  if (Array.isArray(value)) return value.flatMap(ruleDigestsIn);
  if (!isJsonObject(value)) return [];
  const field = value['rule'];
  const own = isJsonObject(field) && typeof field['value'] === 'string' ? [field['value']] : [];
  return [...own, ...Object.values(value).flatMap(ruleDigestsIn)];
}

function jsonOf(bytes: Uint8Array): JsonObject {
  try {
    const value = parseStrictJson(bytes, { maxBytes: MAX_EVIDENCE_BYTES });
    if (isJsonObject(value)) return value;
  } catch (cause) {
    throw malformed('not acceptable JSON', cause);
  }
  throw malformed('not an object');
}

function listOf<T>(from: JsonObject, member: string, read: (value: JsonObject) => T): T[] {
  const list = from[member] ?? [];
  if (!Array.isArray(list) || list.length > MAX_LIST) throw malformed(`\`${member}\``);
  return list.map((value) => {
    if (!isJsonObject(value)) throw malformed(`\`${member}\``);
    return read(value);
  });
}

function textIn(from: JsonValue, member: string): string {
  const value = isJsonObject(from) ? from[member] : undefined;
  if (typeof value !== 'string') throw malformed(`\`${member}\``);
  return value;
}

function optionalText(from: JsonObject, member: string): string | undefined {
  return from[member] === undefined || from[member] === null ? undefined : textIn(from, member);
}

function textsIn(from: JsonObject, member: string): string[] {
  const value = from[member];
  if (!Array.isArray(value) || value.length > MAX_LIST) throw malformed(`\`${member}\``);
  return value.map((text) => {
    if (typeof text !== 'string') throw malformed(`\`${member}\``);
    return text;
  });
}

function objectIn(from: JsonValue, member: string): JsonObject {
  const value = isJsonObject(from) ? from[member] : undefined;
  if (!isJsonObject(value)) throw malformed(`\`${member}\``);
  return value;
}

function malformed(part: string, cause?: unknown): ExchangeError {
  return new ExchangeError('evidence_malformed', `the evidence cannot be read: ${part}`, undefined, { cause });
}
