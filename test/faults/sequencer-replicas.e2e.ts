import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { expect, test } from 'vitest';
import { EMPTY_RANGE, appendLeaf, decodeBundle, leafHash, noteKeyFromSeed, rootOf } from '#ledger';
import { checkDatabase } from '#ledger/io';
import { readToken } from '#protocol';
import { generatePrivateJwk, systemClock, writeKeyFile } from '#protocol/io';
import { createTestDatabase } from '../support/database.js';
import { seededRandomness } from '../support/fakes.js';
import { REPLICA_ORIGIN, Replica, type Acknowledged } from './replica-child.js';

// `npm run faults:replicas` runs for ten minutes; the run of all tests for some seconds.
const SECONDS = Number(process.env['COMITY_REPLICA_SECONDS'] ?? '12');
const SEED = process.env['COMITY_REPLICA_SEED'] ?? 'replicas';

test(
  'B11 F01 F10: two sequencers over one database, killed and frozen at random: one history, and nothing that was promised is lost',
  { timeout: (SECONDS + 180) * 1_000 },
  async () => {
    const { url, dataSource } = await createTestDatabase('ledger');
    const directory = await mkdtemp(join(tmpdir(), 'comity-replicas-'));
    const key = join(directory, 'signing.jwk');
    await writeKeyFile(key, await generatePrivateJwk('sig'));
    const replicas = ['a', 'b'].map((name) => new Replica(name, { DATABASE_URL: url, TEST_RECEIPT_KEY: key }));
    try {
      for (const replica of replicas) replica.start();
      await someAcknowledged(replicas);
      const { kills, freezes } = await disturb(replicas);
      const before = replicas.map(({ acknowledged }) => acknowledged.length);
      // Both come back and go on by themselves.
      await someAcknowledged(replicas, before);
      for (const replica of replicas) await replica.kill();
      const promised = replicas.flatMap(({ acknowledged }) => acknowledged);
      await expectOneHistory(dataSource, promised);
      expect(replicas.flatMap(({ errors }) => errors)).toEqual([]);
      process.stdout.write(
        `replicas: seed ${SEED}, ${kills} kills, ${freezes} freezes, ${promised.length} receipts promised, none lost\n`,
      );
    } finally {
      for (const replica of replicas) await replica.kill();
      await rm(directory, { recursive: true, force: true });
    }
  },
);

async function someAcknowledged(replicas: readonly Replica[], than = replicas.map(() => 0)): Promise<void> {
  const until = systemClock.now() + 90_000;
  while (replicas.some(({ acknowledged }, i) => acknowledged.length <= (than[i] ?? 0))) {
    if (systemClock.now() > until) throw new Error(replicas.flatMap(({ errors }) => errors).join('') || 'no progress');
    await systemClock.sleep(50);
  }
}

/** Every third time a replica is frozen instead, while the other one goes on; its late writes must be refused. */
async function disturb(replicas: readonly Replica[]): Promise<{ kills: number; freezes: number }> {
  const randomness = seededRandomness(SEED);
  const upTo = (limit: number) => Buffer.from(randomness.bytes(4)).readUInt32BE() % limit;
  const until = systemClock.now() + SECONDS * 1_000;
  const done = { kills: 0, freezes: 0 };
  while (systemClock.now() < until) {
    await systemClock.sleep(200 + upTo(1_500));
    const replica = replicas[upTo(replicas.length)];
    if ((done.kills + done.freezes) % 3 === 2) {
      await replica?.freeze(300 + upTo(1_700));
      done.freezes += 1;
    } else {
      await replica?.kill();
      replica?.start();
      done.kills += 1;
    }
  }
  return done;
}

/** Everything promised is there once, where it was said to be, and every root that was shown is one of this history. */
async function expectOneHistory(dataSource: DataSource, promised: readonly Acknowledged[]): Promise<void> {
  const vkey = noteKeyFromSeed(REPLICA_ORIGIN, 'note', new Uint8Array(32).fill(7)).vkey;
  const { size } = await checkDatabase({ dataSource, vkey, onProgress: () => undefined });
  const batches = await dataSource.query<{ bundle: Buffer }[]>('select bundle from log_batch order by first');
  const entries = batches.flatMap(({ bundle }) => decodeBundle(new Uint8Array(bundle)));
  expect(entries).toHaveLength(size);
  const roots = [Buffer.from(rootOf(EMPTY_RANGE)).toString('hex')];
  let range = EMPTY_RANGE;
  let prev: string | null = null;
  for (const [seq, entry] of entries.entries()) {
    range = appendLeaf(range, leafHash(entry));
    roots.push(Buffer.from(rootOf(range)).toString('hex'));
    const { claims, digest } = readToken('receipt', Buffer.from(entry).toString());
    if (claims['seq'] !== seq || claims['prev'] !== prev)
      throw new Error(`entry ${seq} does not follow the one before`);
    prev = digest;
  }
  const index = await dataSource.query<{ receipt_id: string; entry_index: string }[]>(
    'select receipt_id, entry_index from receipt_index',
  );
  const places = new Map(index.map(({ receipt_id: id, entry_index: at }) => [id, Number(at)]));
  expect(places.size).toBe(size);
  const lost = promised.filter((said) => places.get(said.receiptId) !== said.index);
  const forked = promised.filter((said) => roots[said.size] !== said.root);
  expect({ lost, forked }).toEqual({ lost: [], forked: [] });
  expect(new Set(promised.map(({ receiptId }) => receiptId)).size).toBe(promised.length);
}
