import { beforeEach, describe, expect, it } from 'vitest';
import { noteKeyFromSeed } from '#ledger';
import { FakeCli } from '../../test/fake-cli.js';
import { ServedLog } from '../../test/served-log.js';

// In the run of all tests a sample; `npm run test:mutations` changes every byte.
const every = process.env['COMITY_TEST_MUTATIONS'] === 'all';
const key = noteKeyFromSeed('log.example/log', 'note', new Uint8Array(32).fill(3));
let cli: FakeCli;
let log: ServedLog;

beforeEach(async () => {
  cli = await FakeCli.create();
  const entries = Array.from({ length: 300 }, (_, i) => new Uint8Array(Buffer.from(`e${i}`)));
  log = new ServedLog(key, entries);
  cli.network = log.network;
});

async function fsck() {
  const { exit, out } = await cli.run(['ledger', 'fsck', 'https://log.example/log', '--vkey', key.vkey, '--json']);
  const { problems } = JSON.parse(out) as { problems: { code: string; index?: number }[] };
  return { exit, problems };
}

describe('comity ledger fsck over tiles', () => {
  it('reads every bundle and every tile of every level', async () => {
    expect(await fsck()).toEqual({ exit: 0, problems: [] });
    expect(new Set(log.asked)).toEqual(new Set(log.paths()));
  });

  it.each([
    ['tile/1/000.p/1', { code: 'tile_differs', index: 0 }],
    ['tile/0/001.p/44', { code: 'tile_differs', index: 256 }],
    ['tile/0/000', { code: 'tile_differs', index: 0 }],
  ])('names %s where a hash in it was changed (B09)', async (path, problem) => {
    const bytes = Buffer.from(log.bytes(path) ?? []);
    bytes[3] = (bytes[3] ?? 0) ^ 1;
    log.changed.set(path, bytes);
    expect(await fsck()).toMatchObject({ exit: 6, problems: [problem] });
  });

  it('names what is missing', async () => {
    log.changed.set('tile/0/000', undefined);
    expect(await fsck()).toMatchObject({ exit: 6, problems: [{ code: 'entries_missing' }] });
  });

  it(
    'B06 B09: fails for every byte of every bundle, tile and checkpoint changed once',
    { timeout: 3_600_000 },
    async () => {
      for (const path of log.paths()) {
        const bytes = log.bytes(path) ?? new Uint8Array();
        const step = every ? 1 : Math.max(1, Math.floor(bytes.length / 24));
        for (let at = 0; at < bytes.length; at += step) {
          const changed = new Uint8Array(bytes);
          changed[at] = (changed[at] ?? 0) ^ (1 << (at % 7));
          log.changed.set(path, changed);
          expect([path, at, (await fsck()).exit]).toEqual([path, at, 6]);
        }
        log.changed.delete(path);
      }
      expect((await fsck()).exit).toBe(0);
    },
  );
});
