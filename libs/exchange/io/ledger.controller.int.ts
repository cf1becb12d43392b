import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Module } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  EMPTY_TREE,
  cosign,
  decodeBundle,
  entriesPath,
  growTree,
  leafHash,
  noteKeyFromSeed,
  openCheckpoint,
  rootOfTree,
  splitNote,
  tileBytes,
  tilePath,
} from '#ledger';
import type { Ledger } from '#ledger/io';
import { createHttpApp } from '#protocol/io';
import { append, draft, newLedger, noteKey, useLedgers } from '../../ledger/test/ledgers.js';
import { LEDGER, LedgerController } from './ledger.controller.js';

useLedgers();
let app: NestFastifyApplication;
let ledger: Ledger;
let grow: (count: number) => Promise<void>;

beforeAll(async () => {
  const made = await newLedger();
  ledger = made.ledger;
  let next = 0;
  grow = async (count) => {
    const drafts = Array.from({ length: count }, () => draft(`r${(next += 1)}`));
    await append(ledger, made.database.dataSource, ...drafts);
    await ledger.integrated(`r${next}`, { timeoutMs: 20_000 });
  };
  @Module({ controllers: [LedgerController], providers: [{ provide: LEDGER, useValue: made.ledger }] })
  class LedgerOnly {}
  app = await createHttpApp(LedgerOnly, { problemOf: () => undefined });
  await app.init();
});
beforeEach(() => ledger.start());
afterAll(() => app.close());

const get = (path: string) => app.inject({ method: 'GET', url: `/ledger/${path}` });

/** What an outsider reads: entries from bundles, the tree from nothing but them. */
async function leavesFromBundles(size: number): Promise<Uint8Array[]> {
  const leaves: Uint8Array[] = [];
  for (let index = 0; leaves.length < size; index += 1) {
    const answer = await get(entriesPath(index, Math.min(256, size - leaves.length) % 256));
    expect(answer.statusCode).toBe(200);
    leaves.push(...decodeBundle(answer.rawPayload).map(leafHash));
  }
  return leaves;
}

describe('a ledger is served as a tiled log (C2SP tlog-tiles)', () => {
  it('a full tile is absent until it is full, and the same bytes for ever after', { timeout: 60_000 }, async () => {
    await grow(255);
    for (const path of [tilePath(0, 0, 0), entriesPath(0, 0), tilePath(1, 0, 1)]) {
      const absent = await get(path);
      expect([path, absent.statusCode, absent.headers['cache-control']]).toEqual([path, 404, 'no-store']);
    }
    const partial = (await get(tilePath(0, 0, 255))).rawPayload;
    expect(partial).toHaveLength(255 * 32);
    await grow(1);
    const full = await get(tilePath(0, 0, 0));
    expect(full.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'cache-control': 'public, max-age=31536000, immutable',
    });
    const bundle = (await get(entriesPath(0, 0))).rawPayload;
    await grow(344);
    expect((await get(tilePath(0, 0, 0))).rawPayload).toEqual(full.rawPayload);
    expect((await get(entriesPath(0, 0))).rawPayload).toEqual(bundle);
    // A reader with an older checkpoint still gets the partial tile it asks for.
    expect((await get(tilePath(0, 0, 255))).rawPayload).toEqual(partial);
    expect(full.rawPayload.subarray(0, partial.length)).toEqual(partial);
  });

  it('its checkpoint is a signed note over exactly what bundles and tiles hold', async () => {
    const answer = await get('checkpoint');
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    const { size, root } = openCheckpoint(answer.body, noteKey.vkey, []);
    expect(size).toBe(600);
    const { tree, filled } = growTree(EMPTY_TREE, await leavesFromBundles(size));
    expect(rootOfTree(tree)).toEqual(root);
    for (const tile of filled) {
      const served = await get(tilePath(tile.level, tile.index, 0));
      expect(new Uint8Array(served.rawPayload)).toEqual(tileBytes(tile.rows));
    }
    for (const [level, rows] of tree.border.entries()) {
      const width = rows[0]?.length ?? 0;
      const served = await get(tilePath(level, Math.floor(size / 256 ** (level + 1)), width));
      expect(new Uint8Array(served.rawPayload)).toEqual(tileBytes(rows));
    }
  });

  it.each(['tile/0/0', 'tile/0/x000/000', 'tile/entries/000.p/0', 'tile/0/009', 'tile/7/000.p/1', 'tile/%30/000'])(
    '%s is not there',
    async (path) => {
      expect((await get(path)).statusCode).toBe(404);
    },
  );

  it('carries the cosignatures of the newest head, and not those of an older one', async () => {
    const witness = noteKeyFromSeed('oversight.example', 'cosignature', new Uint8Array(32).fill(2));
    const { size, checkpoint } = await ledger.head();
    const line = cosign(splitNote(checkpoint).text, witness, 1_795_305_600);
    await ledger.addCosignature({ size, line, witnessVkeys: [witness.vkey] });
    expect((await get('checkpoint')).body).toBe(checkpoint + line);
    await grow(1);
    expect((await get('checkpoint')).body).toBe((await ledger.head()).checkpoint);
  });
});
