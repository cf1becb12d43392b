import { beforeEach, describe, expect, test } from 'vitest';
import {
  openCheckpoint,
  leafHash,
  nodesOver,
  hashRange,
  formatCheckpoint,
  signNote,
  cosign,
  splitNote,
  noteKeyFromSeed,
  consistencyProof,
  encodeBase64,
} from '#ledger';
import { SeenCheckpoints } from '#ledger/io';
import type { HttpRequest, Network } from '#protocol';
import { systemClock } from '#protocol/io';
import type { VerifiedChain } from '#trust';
import { newLedger, useLedgers } from '../../ledger/test/ledgers.js';
import { LogFollower, PeerCheckpoints, PeerCheckpointsJob, hashOf } from './index.js';

useLedgers();

const PEER = 'https://broker-two.example';
const WITNESS = 'https://witness.example';
const origin = 'broker-two.example/ledger';
const noteKey = noteKeyFromSeed(origin, 'note', new Uint8Array(32).fill(7));
const witnessKey = noteKeyFromSeed('witness.example/witness', 'cosignature', new Uint8Array(32).fill(8));
const peerLog = { keeper: PEER, origin, vkey: noteKey.vkey };
const tree = (word: string) =>
  nodesOver(Array.from({ length: 16 }, (_, nth) => leafHash(Buffer.from(`${word} ${nth}`))));
const honest = tree('entry');

function noteOf(size: number, nodes = honest): string {
  const note = signNote(formatCheckpoint({ origin, size, root: hashRange({ begin: 0, end: size }, nodes) }), [noteKey]);
  return note + cosign(splitNote(note).text, witnessKey, 1_800_000_000);
}

/** The other broker: what it shows to a broker, and what the witness was shown. */
const shown = { head: noteOf(5), toWitness: noteOf(5) };
const ok = (body: string) => Promise.resolve({ status: 200, headers: {}, body });
const network: Network = {
  request: ({ url }: HttpRequest) => {
    const { origin: host, pathname, searchParams } = new URL(url);
    if (host === WITNESS) return ok(shown.toWitness);
    if (pathname === '/ledger/checkpoint') return ok(shown.head);
    if (pathname === '/ledger/witnessed-checkpoint') return ok(JSON.stringify({ checkpoint: noteOf(2) }));
    const proof = consistencyProof(Number(searchParams.get('from')), Number(searchParams.get('to')), honest);
    return ok(JSON.stringify({ consistency: proof.map(encodeBase64) }));
  },
};
const chain = {
  entityId: PEER,
  entityType: 'comity_broker',
  metadata: { endpoint: PEER, ledger: { origin, vkey: noteKey.vkey } },
  protocolKeys: { signing: new Map() },
} as unknown as VerifiedChain;

let parts: Awaited<ReturnType<typeof startParts>>;
const said: string[] = [];

async function startParts() {
  const { database, ledger } = await newLedger();
  const { dataSource } = database;
  const seen = new SeenCheckpoints({ dataSource, clock: systemClock });
  const follower = new LogFollower(seen, network, () => [witnessKey.vkey]);
  const peers = new PeerCheckpoints('https://broker-one.example', ledger, dataSource);
  const node = {
    entityId: 'https://broker-one.example',
    directory: { brokers: () => [chain] },
    follower,
    network,
    clock: systemClock,
    witnesses: () => [{ id: WITNESS, url: `${WITNESS}/witness`, vkeys: [witnessKey.vkey], controllers: [WITNESS] }],
  } as unknown as ConstructorParameters<typeof PeerCheckpointsJob>[0];
  const job = new PeerCheckpointsJob(node, peers, 3_600_000, (line) => said.push(line));
  return { ledger, peers, job, seen };
}

const logged = async () => {
  const receipts = await parts.ledger.receipts({ txn: `peer/${hashOf(origin)}` });
  return receipts.map(({ kind, opening }) => [kind, opening.accountability['size']?.value]);
};

describe('a broker that watches another', () => {
  beforeEach(async () => {
    shown.head = noteOf(5);
    shown.toWitness = noteOf(5);
    parts = await startParts();
  });

  test('logs in its own ledger how far the other has come, with the note, once for each size, and proves it to anybody', async () => {
    await parts.job.round();
    await parts.job.round();
    shown.head = noteOf(9);
    await parts.job.round();
    await expect.poll(logged).toEqual([
      ['peer_checkpoint', 5],
      ['peer_checkpoint', 9],
    ]);
    const evidence = await parts.peers.proven(hashOf(origin));
    expect(evidence?.receipts).toHaveLength(2);
    const { note } = (evidence?.receipts[1]?.opening.accountability ?? {}) as Record<string, { value: string }>;
    expect(openCheckpoint(note?.value ?? '', noteKey.vkey, [witnessKey.vkey])).toMatchObject({ size: 9 });
    expect(await parts.peers.proven(hashOf('another/ledger'))).toBeUndefined();
  });

  test('B04: finds that a witness was shown another history, and keeps both notes in its table and in its ledger', async () => {
    shown.toWitness = noteOf(5, tree('fork'));
    await parts.job.round();
    expect(said.some((line) => line.startsWith('ALARM split view'))).toBe(true);
    await expect.poll(async () => (await logged()).at(-1)?.[0]).toBe('split_view');
    const [kept] = await parts.seen.splitViews(origin);
    expect(openCheckpoint(kept?.storedNote ?? '', noteKey.vkey, [])).toMatchObject({ size: 5 });
    expect(openCheckpoint(kept?.shownNote ?? '', noteKey.vkey, [])).toMatchObject({ size: 5 });
    expect(kept?.storedNote).not.toBe(kept?.shownNote);
  });

  test('logs no note of another log, nor one that the log did not sign', async () => {
    const forged = noteKeyFromSeed(origin, 'note', new Uint8Array(32).fill(9));
    const text = formatCheckpoint({ origin, size: 3, root: new Uint8Array(32) });
    await expect(parts.peers.log(peerLog, signNote(text, [forged]))).rejects.toMatchObject({ code: 'note_unsigned' });
  });
});
