import { ruleDigestsIn } from '#exchange';
import { digestOf, isJsonObject, type JsonObject, type JsonValue } from '#protocol';
import type { AgencyClient } from './agency-client.js';

/** So many ledgers are asked in the time of one call, also by a node that has much to do. */
const PART = 64;

type Asked = Pick<AgencyClient, 'get'>;
/** Hears how many ledgers have been asked. */
type Progress = (ledgers: number) => void;

/** A trace as the node collects it, part by part. Nothing of it is believed. */
export async function collectedTrace(
  txn: string,
  client: Asked,
  progress: Progress = () => undefined,
): Promise<JsonObject> {
  const parts = await partsOf({ path: `/trace/${txn}`, count: PART }, client, (part) => part['ledgers'], progress);
  const last = parts.at(-1) ?? {};
  // What is no list is told by whoever reads the whole.
  return parts.every((part) => Array.isArray(part['ledgers'])) ? { ...last, ledgers: joined(parts, 'ledgers') } : last;
}

/** Lists that belong to the ledgers of their part, and those that several parts may name. */
const LISTS = ['requests', 'rules', 'jurisdictions', 'witnessed', 'histories'] as const;

/**
 * The evidence of a transaction in the same way. It is dated by its last part: what came with the first was in force then, too, or
 * the check says so. Requests and ask came with the first.
 */
export async function collectedEvidence(
  txn: string,
  client: Asked,
  progress: Progress = () => undefined,
  count = PART,
): Promise<JsonObject> {
  const parts = await partsOf({ path: `/evidence/${txn}`, count }, client, ledgersOf, progress);
  const [first = {}] = parts;
  const last = parts.at(-1) ?? {};
  const { next: _next, ...whole } = last;
  const traces = parts.map((part) => part['trace']).filter((trace) => isJsonObject(trace));
  const trace = { ...traces.at(-1), ledgers: joined(traces, 'ledgers') };
  const lists = Object.fromEntries(LISTS.map((list) => [list, distinct(joined(parts, list))]));
  return { ...whole, trace, ask: first['ask'] ?? null, ...lists, rules: namedIn(trace, lists['rules'] ?? []) };
}

async function partsOf(
  { path, count }: { readonly path: string; readonly count: number },
  client: Asked,
  ledgersIn: (part: JsonObject) => JsonValue | undefined,
  progress: Progress,
): Promise<JsonObject[]> {
  const parts: JsonObject[] = [];
  let [from, asked] = [0, 0];
  for (;;) {
    const part = await client.get(`${path}?from=${from}&count=${count}`);
    parts.push(part);
    const { next } = part;
    const ledgers = ledgersIn(part);
    if (!Array.isArray(ledgers) || typeof next !== 'number' || next <= from) return parts;
    asked += ledgers.length;
    progress(asked);
    from = next;
  }
}

function ledgersOf({ trace }: JsonObject): JsonValue | undefined {
  return isJsonObject(trace) ? trace['ledgers'] : undefined;
}

function joined(parts: readonly JsonObject[], list: string): JsonValue[] {
  return parts.flatMap((part) => {
    const held = part[list];
    return Array.isArray(held) ? held : [];
  });
}

/** A part brings all rules of its owners, since what names one may stand in a ledger of another part. */
function namedIn(trace: JsonObject, rules: readonly JsonValue[]): JsonValue[] {
  const named = new Set(ruleDigestsIn(trace));
  return rules.filter(
    (shown) => isJsonObject(shown) && isJsonObject(shown['rule']) && named.has(digestOf(shown['rule'])),
  );
}

function distinct(values: readonly JsonValue[]): JsonValue[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
