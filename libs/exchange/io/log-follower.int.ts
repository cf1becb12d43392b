import { expect, test } from 'vitest';
import {
  consistencyProof,
  cosign,
  encodeBase64,
  formatCheckpoint,
  hashRange,
  leafHash,
  nodesOver,
  noteKeyFromSeed,
  signNote,
  splitNote,
} from '#ledger';
import { SeenCheckpoints } from '#ledger/io';
import type { HttpRequest, LedgerEvidenceBody, Network } from '#protocol';
import { systemClock } from '#protocol/io';
import { createTestDatabase } from '../../../test/support/database.js';
import { LogFollower } from './index.js';

const ENDPOINT = 'http://127.0.0.1:1';
const origin = '127.0.0.1:1/ledger';
const noteKey = noteKeyFromSeed(origin, 'note', new Uint8Array(32).fill(1));
const witness = noteKeyFromSeed('127.0.0.1:2/witness', 'cosignature', new Uint8Array(32).fill(2));
const of = { ledger: { keeper: ENDPOINT, origin, vkey: noteKey.vkey, receiptKeys: new Map() }, endpoint: ENDPOINT };

/** A ledger of `size` entries, and the network on which it answers what an honest ledger answers, after a while. */
function honestLedger(size: number): { note: (size: number) => string; network: Network; lookUps: string[] } {
  const nodes = nodesOver(Array.from({ length: size }, (_, nth) => leafHash(Buffer.from(`entry ${nth}`))));
  const lookUps: string[] = [];
  const note = (at: number) =>
    signNote(formatCheckpoint({ origin, size: at, root: hashRange({ begin: 0, end: at }, nodes) }), [noteKey]);
  const answer = ({ url }: HttpRequest): object => {
    const { pathname, searchParams } = new URL(url);
    lookUps.push(pathname);
    if (pathname.endsWith('witnessed-checkpoint')) {
      return { checkpoint: `${note(2)}${cosign(splitNote(note(2)).text, witness, 1_800_000_000)}` };
    }
    const [from, to] = [Number(searchParams.get('from')), Number(searchParams.get('to'))];
    return { consistency: consistencyProof(from, to, nodes).map(encodeBase64) };
  };
  const network: Network = {
    request: async (request) => {
      await new Promise((resolve) => setTimeout(resolve, lookUps.length % 7));
      return { status: 200, headers: {}, body: JSON.stringify(answer(request)) };
    },
  };
  return { note, network, lookUps };
}

async function followerOver(network: Network): Promise<LogFollower> {
  const { dataSource } = await createTestDatabase('ledger');
  // All connections are there before the race begins.
  await Promise.all(Array.from({ length: 10 }, () => dataSource.query('select pg_sleep(0.02)')));
  const seen = new SeenCheckpoints({ dataSource, clock: systemClock });
  return new LogFollower(seen, network, () => [witness.vkey]);
}

const shown = (checkpoint: string): LedgerEvidenceBody => ({
  checkpoint,
  consistency_from: 0,
  consistency: [],
  receipts: [],
});

test('many exchanges at once bring checkpoints in any order, and none is refused for having been overtaken', async () => {
  const { note, network } = honestLedger(64);
  const follower = await followerOver(network);
  const sizes = Array.from({ length: 32 }, (_, nth) => 3 + ((nth * 29) % 61));
  const followed = await Promise.allSettled(sizes.map((size) => follower.follow(of, shown(note(size)))));
  expect(followed.filter(({ status }) => status === 'rejected')).toEqual([]);
  expect(await follower.rememberedSize(origin)).toBe(Math.max(...sizes));
});

test('a checkpoint that is refused holds up nobody who comes after it', async () => {
  const { note, network } = honestLedger(16);
  const follower = await followerOver(network);
  const other = signNote(formatCheckpoint({ origin, size: 5, root: new Uint8Array(32).fill(9) }), [noteKey]);
  const first = follower.follow(of, shown(note(5)));
  const fork = follower.follow(of, shown(other));
  const next = follower.follow(of, shown(note(16)));
  await first;
  await expect(fork).rejects.toMatchObject({ code: 'split_view' });
  await next;
  expect(await follower.rememberedSize(origin)).toBe(16);
});

test('a first contact looks for a cosigned checkpoint once, however many exchanges wait for it', async () => {
  const { note, network, lookUps } = honestLedger(8);
  const follower = await followerOver(network);
  await Promise.all([3, 8, 5].map((size) => follower.follow(of, shown(note(size)))));
  expect(lookUps.filter((path) => path.endsWith('witnessed-checkpoint'))).toHaveLength(1);
});
