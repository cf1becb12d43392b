import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { cosign, noteKeyFromSeed, openCheckpoint, splitNote } from '#ledger';
import { seededRandomness } from '../../../../test/support/fakes.js';
import { ExampleLedger } from '../../../../libs/exchange/test/example-ledger.js';
import { keySetFrom } from '#protocol';
import { FakeCli } from '../../test/fake-cli.js';
import { ServedLog } from '../../test/served-log.js';
import { TiledLog } from '../tiled-log.js';
import { watchOnce } from '../watch-ledger.js';
import { WatchedStateFile } from '../watched-state.js';

const URL_OF_LOG = 'https://log.example/log';
const key = noteKeyFromSeed('log.example/log', 'note', new Uint8Array(32).fill(3));
let cli: FakeCli;
let log: ServedLog;
let state: string;

beforeEach(async () => {
  cli = await FakeCli.create();
  state = join(cli.home, 'state.json');
  show(new ServedLog(key, entries(300)));
});

function entries(count: number, word = 'entry'): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => new Uint8Array(Buffer.from(`${word} ${i}`)));
}

function show(served: ServedLog): void {
  log = served;
  cli.network = served.network;
}

async function watch(...more: string[]) {
  const given = ['--vkey', key.vkey, '--state', state, '--once', '--json'];
  const { exit, out, err } = await cli.run(['ledger', 'watch', URL_OF_LOG, ...given, ...more]);
  return { exit, err, told: out === '' ? {} : (JSON.parse(out) as Record<string, unknown>) };
}

const codes = (told: Record<string, unknown>) => (told['problems'] as { code: string }[]).map(({ code }) => code);
const notesKept = async () => JSON.parse(await readFile(`${state}.evidence.json`, 'utf8')).notes as string[];

describe('comity ledger watch', () => {
  it('reads every entry once, and goes on from its state', async () => {
    expect(await watch()).toMatchObject({ exit: 0, told: { outcome: 'verified', size: 300, grown_by: 300 } });
    log.entries.push(...entries(700, 'more'));
    log.asked.length = 0;
    expect(await watch()).toMatchObject({ exit: 0, told: { size: 1000, grown_by: 700 } });
    expect(log.asked).toEqual(['checkpoint', 'tile/entries/001', 'tile/entries/002', 'tile/entries/003.p/232']);
    expect(await watch()).toMatchObject({ exit: 0, told: { grown_by: 0 } });
  });

  it('reads the full bundle where the partial one is gone', async () => {
    await watch();
    log.changed.set('tile/entries/001.p/144', undefined);
    log.entries.push(...entries(300, 'more'));
    const short = openCheckpoint(log.checkpoint(), key.vkey, []);
    expect(short.size).toBe(600);
    expect(await watch()).toMatchObject({ exit: 0, told: { size: 600 } });
  });

  it('B05: catches a log that shows fewer entries than before, and keeps both signed notes', async () => {
    await watch();
    const before = log.checkpoint();
    show(new ServedLog(key, entries(299)));
    const { exit, told } = await watch();
    expect([exit, codes(told)]).toEqual([6, ['rolled_back']]);
    expect(await notesKept()).toEqual([before, log.checkpoint()]);
  });

  it('B04: catches two trees of one size, and keeps both signed notes', async () => {
    await watch();
    const before = log.checkpoint();
    show(new ServedLog(key, entries(300, 'other')));
    expect(codes((await watch()).told)).toEqual(['split_view']);
    expect(await notesKept()).toEqual([before, log.checkpoint()]);
  });

  it('B03 B07 B09: catches an entry that was changed, left out or moved before those that are new', async () => {
    const change: ((of: Uint8Array[]) => Uint8Array[])[] = [
      (of) => of.with(5, new Uint8Array([1])),
      (of) => of.toSpliced(5, 1),
      (of) => of.with(5, of[6] ?? new Uint8Array()).with(6, of[5] ?? new Uint8Array()),
    ];
    await watch();
    for (const changed of change) {
      show(new ServedLog(key, changed(entries(400))));
      expect(codes((await watch()).told)).toEqual(['root_differs']);
    }
    show(new ServedLog(key, entries(400)));
    expect(await watch()).toMatchObject({ exit: 0, told: { size: 400, grown_by: 100 } });
  });

  it('B03: catches a log that signs entries and does not hand them out', async () => {
    log.changed.set('tile/entries/001.p/44', undefined);
    expect(codes((await watch()).told)).toEqual(['entries_missing']);
  });

  it('B12: believes no checkpoint of another key', async () => {
    const other = noteKeyFromSeed(key.name, 'note', new Uint8Array(32).fill(4));
    show(new ServedLog(other, entries(300)));
    expect(codes((await watch()).told)).toEqual(['checkpoint_invalid']);
  });

  it('B13: with a policy, believes no checkpoint that its witnesses have not cosigned', async () => {
    const witness = noteKeyFromSeed('oversight.example', 'cosignature', new Uint8Array(32).fill(5));
    const policy = await cli.textFile('p.txt', `log ${key.vkey}\nwitness w ${witness.vkey}\nquorum w\n`);
    const unwitnessed = await watch('--policy', policy);
    expect([unwitnessed.exit, codes(unwitnessed.told)]).toEqual([6, ['checkpoint_invalid']]);
    const note = log.checkpoint();
    const line = cosign(splitNote(note).text, witness, 1_795_305_600);
    log.changed.set('checkpoint', new Uint8Array(Buffer.from(note + line)));
    expect(await watch('--policy', policy)).toMatchObject({ exit: 0, told: { witnesses: ['oversight.example'] } });
  });

  it('concludes nothing from a log that is away, and keeps what it knew', async () => {
    await watch();
    const before = await readFile(state, 'utf8');
    log.isAway = true;
    expect(await watch()).toMatchObject({ exit: 7, told: { outcome: 'unreachable' } });
    expect(await readFile(state, 'utf8')).toBe(before);
  });

  it('begins with an empty log', async () => {
    show(new ServedLog(key, []));
    expect(await watch()).toMatchObject({ exit: 0, told: { size: 0 } });
    log.entries.push(...entries(1));
    expect(await watch()).toMatchObject({ exit: 0, told: { size: 1, grown_by: 1 } });
  });

  it('refuses a state that does not fit the note in it', async () => {
    await watch();
    const kept = JSON.parse(await readFile(state, 'utf8')) as { verified: { size: number; edge: string } };
    kept.verified.edge = kept.verified.edge.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'));
    await cli.file('state.json', kept);
    expect(await watch()).toMatchObject({ exit: 2 });
  });

  it('goes on after a stop in a long reading, and drops what was read where it does not lead to the root', async () => {
    const long = entries(256 * 70, 'l');
    show(new ServedLog(key, long));
    log.changed.set('tile/entries/069', undefined);
    expect(codes((await watch()).told)).toEqual(['entries_missing']);
    expect(JSON.parse(await readFile(state, 'utf8'))).toMatchObject({ ahead: { size: 256 * 64 } });
    log.changed.clear();
    log.asked.length = 0;
    expect(await watch()).toMatchObject({ exit: 0, told: { size: long.length } });
    expect(log.asked[1]).toBe('tile/entries/064');
  }, 60_000);
});

describe('a watched ledger of receipts', () => {
  it('B07: has every receipt signed by its keeper, numbered and naming the one before, also over two looks', async () => {
    const ledger = await ExampleLedger.of('https://node.example', seededRandomness('watch'));
    const keys = await keySetFrom({ keys: [ledger.signingKey.publicJwk] }, 'sig');
    const none = { accountability: {}, content: {} };
    const look = () => {
      const served = new ServedLog(
        ledger.noteKey,
        ledger.entries.map((entry) => Buffer.from(entry)),
      );
      return watchOnce({
        log: new TiledLog(served.network, URL_OF_LOG),
        state: new WatchedStateFile(state),
        open: (note) => openCheckpoint(note, ledger.noteKey.vkey, []),
        signer: { entityId: ledger.entityId, keys },
        onProgress: () => undefined,
      });
    };
    await ledger.add('granted', none, 1);
    expect(await look()).toMatchObject({ outcome: 'verified', grownBy: 2 });
    await ledger.add('granted', none, 2);
    expect(await look()).toMatchObject({ outcome: 'verified', grownBy: 1 });
    await ledger.add('granted', none, 3, { claims: { seq: 7 } });
    expect(await look()).toMatchObject({ outcome: 'broken', problems: [{ code: 'order_broken', index: 3 }] });
  });
});
