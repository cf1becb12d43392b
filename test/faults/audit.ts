import { readFile } from 'node:fs/promises';
import { readTrace, verifyTrace } from '#exchange';
import { parseStrictJson, type JsonValue } from '#protocol';
import type { PinnedAnchor } from '#trust';
import type { ExchangeUnderTest } from './exchange-under-test.js';

/**
 * What an auditor finds wrong who rebuilds the transaction from three ledgers and trusts the pinned anchor alone. A
 * release whose `sent` was lost with the process has to be reported, and nothing else (F07).
 */
export async function auditFaults(
  { people, federation }: ExchangeUnderTest,
  txn: string,
  is: { readonly unconfirmed: boolean },
): Promise<string[]> {
  const trace = readTrace(await people.call('officer', 'GET', `/trace/${txn}`));
  const report = await verifyTrace(trace, {
    anchors: await anchorsIn(federation.laidOut.anchorsFile),
    now: Date.now(),
  });
  const found = report.checks.filter(({ state }) => state !== 'holds');
  const expected = found.filter(({ code, state }) => is.unconfirmed && code === 'sent' && state === 'missing');
  const unexpected = found.filter((one) => !expected.includes(one));
  const silence = is.unconfirmed && expected.length !== 1 ? ['an auditor is not told of an unconfirmed release'] : [];
  return [...silence, ...unexpected.map(({ code, state, text }) => `an auditor finds ${code} ${state}: ${text}`)];
}

async function anchorsIn(file: string): Promise<PinnedAnchor[]> {
  const anchors = parseStrictJson(await readFile(file)) as { entity_id: string; jwks: JsonValue }[];
  return anchors.map(({ entity_id: entityId, jwks }) => ({ entityId, jwks }));
}
