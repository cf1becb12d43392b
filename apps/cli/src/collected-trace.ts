import type { JsonObject, JsonValue } from '#protocol';
import type { AgencyClient } from './agency-client.js';

/** So many ledgers are asked in the time of one call, also by a node that has much to do. */
const PART = 64;

/** A trace as the node collects it, part by part. Nothing of it is believed. `progress` hears how many ledgers have answered. */
export async function collectedTrace(
  txn: string,
  client: AgencyClient,
  progress: (ledgers: number) => void = () => undefined,
): Promise<JsonObject> {
  const ledgers: JsonValue[] = [];
  let from = 0;
  for (;;) {
    const part = await client.get(`/trace/${txn}?from=${from}&count=${PART}`);
    const { next } = part;
    // What is no list is told by whoever reads the whole.
    if (!Array.isArray(part['ledgers'])) return part;
    ledgers.push(...part['ledgers']);
    if (typeof next !== 'number' || next <= from) return { ...part, ledgers };
    progress(ledgers.length);
    from = next;
  }
}
