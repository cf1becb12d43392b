import {
  approvedFields,
  askedFields,
  deliveredFields,
  grantedFields,
  releaseFields,
  readTrace,
  releaseLoggedFields,
  sentFields,
  unmatchedIn,
  verifyTrace,
  type Unmatched,
} from '#exchange';
import { digestOf, digestOfText, type JsonObject, type SigningKey } from '#protocol';
import { generateDecryptionKey, generateSigningKey, systemRandomness } from '#protocol/io';
import { signEntityConfiguration, signSubordinateStatement } from '#trust';
import type { Machine } from './machine.js';
import { ExampleLedger } from '../../libs/exchange/test/example-ledger.js';

const ANCHOR = 'https://anchor.example';
const ASKER = 'https://asker.example';
const BROKER = 'https://broker.example';
const TXN = '0f0e0d0c-0b0a-4908-8706-050403020100';
const TRACE = `00-${'a1'.repeat(16)}-${'b2'.repeat(8)}-01`;
const EVERY = 100;

/** What it costs to hold one request to many owners against every ledger of its parties. */
export interface TraceFanOut {
  readonly owners: number;
  readonly receipts: number;
  /** What the requester's node has to collect and hold. */
  readonly bytes: number;
  readonly readMs: number;
  /** Every chain, checkpoint, place in a tree, signature, opening and link. */
  readonly verifyMs: number;
  readonly rssBytes: number;
  readonly unmatched: readonly Unmatched[];
}

/**
 * One request to `owners` owners as all their signed ledgers tell it, one owner gone, one that released another ciphertext than
 * the broker logged, and one that never stated that it sent; then the way of a reconciliation: read, verify, compare.
 */
export async function measureTraceFanOut(owners: number, say: (line: string) => void): Promise<TraceFanOut> {
  const now = Date.now();
  const text = JSON.stringify(await traceOf(owners, now, say));
  say('reading what the ledgers answered');
  const [trace, readMs] = await timed(() => readTrace(JSON.parse(text) as JsonObject));
  say('verifying every chain, checkpoint, receipt and link');
  const anchors = [{ entityId: ANCHOR, jwks: { keys: [anchorKey.publicJwk] } }];
  const [report, verifyMs] = await timed(() => verifyTrace(trace, { anchors, now }));
  return {
    owners,
    receipts: report.hops.length,
    bytes: Buffer.byteLength(text),
    readMs,
    verifyMs,
    rssBytes: process.memoryUsage().rss,
    unmatched: unmatchedIn(report, 'asked'),
  };
}

export function traceFanOutReport(of: TraceFanOut, machine: Machine): string {
  return [
    `one request to ${of.owners} owners, held against ${of.owners + 2} ledgers`,
    `  machine             ${machine.cores} x ${machine.cpu}, node ${machine.node}, load ${machine.loadBefore.toFixed(1)} before, ${machine.date}`,
    `  receipts            ${of.receipts}`,
    `  collected           ${mib(of.bytes)}`,
    `  read                ${of.readMs.toFixed(0)} ms`,
    `  verified, compared  ${of.verifyMs.toFixed(0)} ms, ${((of.verifyMs * 1000) / of.receipts).toFixed(0)} us a receipt`,
    `  memory (RSS)        ${mib(of.rssBytes)}`,
    `  does not match      ${of.unmatched.length}, as it was made: one owner gone, one lying, one that never says it sent`,
    ...of.unmatched.map(({ code, state, party, text }) => `    ${state} ${code}, ${party ?? 'nobody'}: ${text}`),
  ].join('\n');
}

function mib(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

let anchorKey: SigningKey;

async function traceOf(owners: number, now: number, say: (line: string) => void): Promise<JsonObject> {
  anchorKey = await generateSigningKey();
  const at = Math.floor(now / 1000) - 60;
  const asker = await ExampleLedger.of(ASKER, systemRandomness);
  const broker = await ExampleLedger.of(BROKER, systemRandomness);
  const hop = { txn: TXN, trace: TRACE, requester: ASKER };
  const coded = { purpose: 'criminal-investigation', offence: '120', beneficiary: 'none', fan_out: owners };
  const ask = digestOfText('the ask');
  const tags = { case_tag: 'tag', plate_tags: ['tag'] };
  await asker.add('asked', askedFields({ ...hop, ask, officer: 'one', ...coded }, tags), at);
  await asker.add('approved', approvedFields({ ...hop, ask, supervisor: 'other', approval: ask }), at);
  const ledgers: JsonObject[] = [];
  for (let nth = 0; nth < owners; nth += 1) {
    if (nth % EVERY === 0) say(`making the signed ledgers: ${nth} of ${owners} owners`);
    const [gone, lies, silent] = [nth === 1, nth === 2, nth === 3];
    const owner = `https://owner-${nth}.example`;
    const ledger = await ExampleLedger.of(owner, systemRandomness);
    const of = { ...hop, request: digestOfText(`request ${nth}`), owner };
    const rule = digestOfText('the rule');
    const ciphertext = digestOfText(`ciphertext ${nth}`);
    const granted = await broker.add('granted', grantedFields({ ...of, rule, undetermined: [] }), at + 1);
    const content = { outcome: 'reads', read_count: 2, officer_tag: 't', supervisor_tag: 't', reasons: [], ...tags };
    const released = { ...of, rule, ciphertext: lies ? digestOfText('another') : ciphertext, granted };
    const release = await ledger.add('release', releaseFields(released, content), at + 2);
    await broker.add('release_logged', releaseLoggedFields({ ...of, release, ciphertext }), at + 3);
    if (!silent) await ledger.add('sent', sentFields({ ...of, release }), at + 4);
    const evidence = digestOf({ answer: ciphertext, release });
    await asker.add('delivered', deliveredFields({ ...of, state: 'replied', evidence }), at + 5);
    const entity = { entity_id: owner, chain: await chainOf(owner, 'comity_agency', ledger, now) };
    ledgers.push(gone ? { ...entity, missing: 'it could not be reached' } : { ...entity, evidence: ledger.evidence() });
  }
  const parties = [
    { entity_id: ASKER, chain: await chainOf(ASKER, 'comity_agency', asker, now), evidence: asker.evidence() },
    { entity_id: BROKER, chain: await chainOf(BROKER, 'comity_broker', broker, now), evidence: broker.evidence() },
  ];
  return { txn: TXN, ledgers: [...parties, ...ledgers] };
}

async function chainOf(
  entityId: string,
  type: 'comity_agency' | 'comity_broker',
  ledger: ExampleLedger,
  now: number,
): Promise<string[]> {
  const key = await generateSigningKey();
  const encryption = type === 'comity_broker' ? [] : [(await generateDecryptionKey()).publicJwk];
  const times = { issuedAt: now - 60_000, lifetimeSeconds: 3_600 };
  const own = {
    endpoint: entityId,
    jwks: { keys: [ledger.signingKey.publicJwk, ...encryption] },
    ledger: { origin: ledger.noteKey.name, vkey: ledger.noteKey.vkey },
  };
  return [
    await signEntityConfiguration({
      ...times,
      entityId,
      key,
      metadata: { [type]: own },
      authorityHints: [ANCHOR],
      trustMarks: [],
    }),
    await signSubordinateStatement({
      ...times,
      issuer: ANCHOR,
      subject: entityId,
      key: anchorKey,
      jwks: { keys: [key.publicJwk] },
      metadata: { [type]: { name: entityId } },
      statusIndex: 0,
    }),
    await signEntityConfiguration({
      ...times,
      entityId: ANCHOR,
      key: anchorKey,
      metadata: { federation_entity: {} },
      authorityHints: [],
      trustMarks: [],
    }),
  ];
}

async function timed<T>(step: () => T | Promise<T>): Promise<[T, number]> {
  const started = performance.now();
  const value = await step();
  return [value, performance.now() - started];
}
