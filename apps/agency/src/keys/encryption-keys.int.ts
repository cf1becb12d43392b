import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { open, publicKeyFrom, seal, sealedTo } from '#protocol';
import { generatePrivateJwk, writeKeyFile } from '#protocol/io';
import { DAY_MS, retentionNode, type RetentionNode } from '../retention/retention-node.fixture.js';
import { readEncryptionKeys, writeEncryptionKey } from './encryption-key-files.js';
import { EncryptionKeys, LONGEST_REQUEST_MS, OVERLAP_MS } from './encryption-keys.js';

const NOW = Date.parse('2026-11-22T12:00:00Z');
let at: RetentionNode;
let directory: string;

beforeEach(async () => {
  at = await retentionNode(NOW);
  directory = await mkdtemp(join(tmpdir(), 'comity-keys-'));
  await writeKeyFile(join(directory, 'encryption.jwk'), await generatePrivateJwk('enc'));
});
afterEach(async () => {
  await at.close();
  await rm(directory, { recursive: true, force: true });
});

/** As another start of the node has it: from what is on disk and on record. */
async function started(): Promise<EncryptionKeys> {
  const { dataSource, ledger, clock } = at;
  const files = await readEncryptionKeys(directory);
  return EncryptionKeys.open({
    dataSource,
    ledger,
    clock,
    directory,
    files,
    entityId: 'https://a.example',
    turnMs: 7 * DAY_MS,
  });
}

const kidsOf = (keys: EncryptionKeys) => keys.published().map(({ kid }) => kid);

/** A part that somebody seals to the first key that is stated. */
async function sealedNow(keys: EncryptionKeys): Promise<string> {
  const [jwk] = keys.published();
  return seal('sealed-part', 'a part', await publicKeyFrom(jwk ?? null));
}

async function opened(keys: EncryptionKeys, sealed: string): Promise<string | undefined> {
  const key = keys.keyFor(sealedTo(sealed));
  return key === undefined ? undefined : open('sealed-part', sealed, key);
}

test('T12: a key turns weekly, both are stated while they overlap, and the newest is sealed to', async () => {
  const keys = await started();
  const [first] = kidsOf(keys);
  const sealed = await sealedNow(keys);
  at.clock.set(NOW + 7 * DAY_MS - 1);
  expect(await keys.turn()).toEqual({ made: undefined, destroyed: [] });
  at.clock.set(NOW + 7 * DAY_MS);
  const { made } = await keys.turn();
  expect(kidsOf(keys)).toEqual([made, first]);
  expect(sealedTo(await sealedNow(keys))).toBe(made);
  expect(await opened(keys, sealed)).toBe('a part');
  at.clock.set(NOW + 7 * DAY_MS + OVERLAP_MS);
  expect(kidsOf(keys)).toEqual([made]);
  expect(await opened(keys, sealed)).toBe('a part');
});

test('T12: a key opens nothing once its time is over, is destroyed on disk, and is known by name as retired', async () => {
  const keys = await started();
  const sealed = await sealedNow(keys);
  at.clock.set(NOW + 7 * DAY_MS);
  await keys.turn();
  const over = NOW + 7 * DAY_MS + OVERLAP_MS + LONGEST_REQUEST_MS;
  at.clock.set(over - 1);
  expect(await opened(keys, sealed)).toBe('a part');
  at.clock.set(over);
  // Also where the job is late.
  expect(await opened(keys, sealed)).toBeUndefined();
  expect(keys.isRetired(sealedTo(sealed))).toBe(true);
  expect((await keys.turn()).destroyed).toEqual([sealedTo(sealed)]);
  expect(await readdir(directory)).toEqual(['encryption']);
  expect(keys.isRetired(sealedTo(sealed))).toBe(true);
  expect(keys.isRetired('never a key of this node')).toBe(false);
  const again = await started();
  expect(kidsOf(again)).toEqual(kidsOf(keys));
  expect(await opened(again, sealed)).toBeUndefined();
});

test('T12: a node that dies between the file and the record, or comes back, goes on with what it finds', async () => {
  const first = await started();
  const [old] = kidsOf(first);
  // It died after the file: nobody has heard of the key yet, and it becomes the newest.
  const jwk = await generatePrivateJwk('enc');
  const kid = typeof jwk['kid'] === 'string' ? jwk['kid'] : '';
  await writeEncryptionKey(directory, jwk, kid);
  const second = await started();
  expect(kidsOf(second)).toEqual([kid, old]);
  expect(kidsOf(await started())).toEqual([kid, old]);
});

test('T12: a key that was destroyed and comes back with a restored folder is destroyed again', async () => {
  const file = await readFile(join(directory, 'encryption.jwk'));
  const keys = await started();
  const [old] = kidsOf(keys);
  at.clock.set(NOW + 7 * DAY_MS);
  await keys.turn();
  at.clock.set(NOW + 30 * DAY_MS);
  await keys.turn();
  await writeFile(join(directory, 'encryption.jwk'), file, { mode: 0o600 });
  const again = await started();
  expect(again.keyFor(typeof old === 'string' ? old : '')).toBeUndefined();
  expect(await readdir(directory)).toEqual(['encryption']);
});
