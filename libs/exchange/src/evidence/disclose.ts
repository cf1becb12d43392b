import { isJsonObject, type JsonObject, type JsonValue } from '#protocol';
import { onlyTurnsAway } from '../trace/turned-away.js';
import type { DisclosureLevel } from './evidence-documents.js';

/** Accountability fields that name no person, nor anything about one. */
const PUBLIC_FIELDS: ReadonlySet<string> = new Set([
  'txn',
  'trace',
  'request',
  'requester',
  'owner',
  'rule',
  'decision',
  'undetermined',
  'granted',
  'release',
  'ciphertext',
  'state',
  'evidence',
  'ask',
  'approval',
  'fan_out',
  'node',
]);

/**
 * The evidence of a transaction with no more in it than `level` shows. Leaves and proofs stay whole: what is taken out is
 * openings, and a field that is not opened verifies as erased, never as something else.
 *
 * @param evidence as `GET /evidence/TXN` answers
 * @param plates of the person that a `defence` bundle is for, in canonical text (`ABC123`); the ask is shown only where it names
 * no other plate
 */
export function disclose(evidence: JsonObject, level: DisclosureLevel, plates: readonly string[]): JsonObject {
  switch (level) {
    case 'full':
      return evidence;
    case 'defence':
      return {
        ...evidence,
        trace: withOpenings(evidence['trace'] ?? null, () => true, false),
        ask: asksOnlyFor(evidence['ask'], plates) ? (evidence['ask'] ?? null) : null,
      };
    case 'public':
      return {
        ...evidence,
        trace: withOpenings(evidence['trace'] ?? null, isPublic, false),
        ask: null,
        requests: listOf(evidence['requests']).map((request) =>
          isJsonObject(request) ? withoutMessage(request) : request,
        ),
      };
  }
}

type IsShown = (name: string, field: JsonValue) => boolean;

/** Why a request was refused tells of the request; that a message was turned away unread does not, and a trace needs to know. */
function isPublic(name: string, field: JsonValue): boolean {
  if (name === 'reasons' && isJsonObject(field)) return onlyTurnsAway(listOf(field['value']));
  return PUBLIC_FIELDS.has(name);
}

/** A request states a pseudonym and coded facts of one search. */
function withoutMessage({ request: _message, ...rest }: JsonObject): JsonObject {
  return rest;
}

function asksOnlyFor(ask: JsonValue | undefined, plates: readonly string[]): boolean {
  const document = isJsonObject(ask) ? ask['document'] : undefined;
  const query = isJsonObject(document) ? document['query'] : undefined;
  const asked = listOf(isJsonObject(query) ? query['plates'] : undefined);
  return asked.length > 0 && asked.every((plate) => plates.some((own) => isJsonObject(plate) && plate['text'] === own));
}

function withOpenings(trace: JsonValue, isShown: IsShown, content: boolean): JsonValue {
  if (!isJsonObject(trace)) return trace;
  const ledgers = listOf(trace['ledgers']).map((ledger) => {
    const evidence = isJsonObject(ledger) ? ledger['evidence'] : undefined;
    if (!isJsonObject(ledger) || !isJsonObject(evidence)) return ledger;
    const receipts = listOf(evidence['receipts']).map((receipt) => {
      const opening = isJsonObject(receipt) ? receipt['opening'] : undefined;
      if (!isJsonObject(receipt) || !isJsonObject(opening)) return receipt;
      const shown = {
        accountability: only(opening['accountability'], isShown),
        content: content ? (opening['content'] ?? {}) : {},
      };
      return { ...receipt, opening: shown };
    });
    return { ...ledger, evidence: { ...evidence, receipts } };
  });
  return { ...trace, ledgers };
}

function only(fields: JsonValue | undefined, isShown: IsShown): JsonObject {
  if (!isJsonObject(fields)) return {};
  return Object.fromEntries(Object.entries(fields).filter(([name, field]) => isShown(name, field)));
}

function listOf(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}
