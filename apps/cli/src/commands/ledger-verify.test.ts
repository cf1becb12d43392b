import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { consistencyProof, encodeBase64, leafHash, nodesOver } from '#ledger';
import type { HttpRequest, JsonObject } from '#protocol';
import { seededRandomness } from '../../../../test/support/fakes.js';
import { ExampleLedger } from '../../../../libs/exchange/test/example-ledger.js';
import { FakeCli, type Routes } from '../../test/fake-cli.js';

const NODE = 'https://broker.example';
const nothing = { accountability: {}, content: {} };

let cli: FakeCli;
let ledger: ExampleLedger;
let state: string;
beforeEach(async () => {
  cli = await FakeCli.create();
  ledger = await ExampleLedger.of(NODE, seededRandomness('audit'));
  state = join(cli.home, 'ledgers.json');
});

async function grow(count: number, into = ledger): Promise<void> {
  for (let i = 0; i < count; i += 1) await into.add('granted', nothing, 1_000 + i);
}

const range = ({ url }: HttpRequest) => ['from', 'to'].map((name) => Number(new URL(url).searchParams.get(name)));

/** The public endpoints of a node over `shown`, as `LedgerController` answers. */
function served(
  shown = ledger,
  change: { entries?: (entries: string[]) => string[]; checkpoint?: string } = {},
): Routes {
  const [checkpoint, entries] = [change.checkpoint ?? shown.checkpoint(), shown.entries];
  return {
    'GET /ledger/checkpoint': { text: checkpoint },
    'GET /ledger/entries': (request) => {
      const [from = 0, to = 0] = range(request);
      if (to - from > 256) return { status: 400, body: { code: 'bad_range', title: 'too many' } };
      return { body: { entries: (change.entries ?? ((same) => same))(entries).slice(from, to) } };
    },
    'GET /ledger/consistency': (request) => {
      const [from = 0, to = 0] = range(request);
      const nodes = nodesOver(entries.map((entry) => leafHash(Buffer.from(entry))));
      return { body: { consistency: consistencyProof(from, to, nodes).map(encodeBase64) } };
    },
  };
}

const verify = (routes: Routes, ...more: string[]) =>
  cli.run(['ledger', 'verify', NODE, '--vkey', ledger.noteKey.vkey, ...more], routes);

const codes = (out: string): string[] => JSON.parse(out).problems.map(({ code }: { code: string }) => code);

describe('comity ledger verify', () => {
  it('reads every entry of a long ledger, at most 256 at once, and computes its tree anew', async () => {
    await grow(600);
    const { exit, out, progress, requests } = await verify(served());
    expect(exit).toBe(0);
    expect(out).toContain('entries     601, all read');
    expect(out).toContain('601: 600 granted, 1 started');
    expect(out).toContain('not checked: give --anchors to check them');
    expect(out).toContain('everything verifies');
    expect(progress).toEqual(['256 of 601 entries ...', '512 of 601 entries ...', '601 of 601 entries ...']);
    expect(requests).toHaveLength(4);
  });

  it('remembers what it saw, and demands that the ledger continues it', async () => {
    await grow(5);
    expect((await verify(served(), '--from-file', state)).exit).toBe(0);
    const { checkpoints } = JSON.parse(await readFile(state, 'utf8'));
    expect(checkpoints).toEqual({ [ledger.noteKey.name]: ledger.checkpoint() });
    await grow(4);
    const { exit, out } = await verify(served(), '--from-file', state);
    expect(exit).toBe(0);
    expect(out).toContain('continues the 6 entries seen before');
    const json = await verify(served(), '--from-file', state, '--json');
    expect(JSON.parse(json.out)).toMatchObject({ verdict: 'verified', size: 10, remembered_size: 10, problems: [] });
  });

  it('B09: names the root where an entry was changed after it was signed', async () => {
    await grow(3);
    const other = await ExampleLedger.of(NODE, seededRandomness('other'));
    await grow(3, other);
    const entries = (own: string[]) => [...own.slice(0, 3), other.entries[3] ?? ''];
    const { exit, out } = await verify(served(ledger, { entries }), '--json');
    expect(exit).toBe(6);
    expect(codes(out)).toEqual(['root_differs', 'order_broken']);
    expect(JSON.parse(out).problems[1]).toMatchObject({ index: 3 });
  });

  it('B05: refuses a ledger that has become shorter', async () => {
    await grow(5);
    await verify(served(), '--from-file', state);
    const shorter = await ExampleLedger.of(NODE, seededRandomness('audit'));
    Object.assign(shorter, { noteKey: ledger.noteKey });
    await grow(2, shorter);
    const before = await readFile(state, 'utf8');
    const { exit, out } = await verify(served(shorter), '--from-file', state, '--json');
    expect(exit).toBe(6);
    expect(codes(out)).toEqual(['rolled_back']);
    expect(await readFile(state, 'utf8')).toBe(before);
  });

  it.each([
    ['B04: of the same size', 5, 'split_view'],
    ['B03: of a larger size', 9, 'history_rewritten'],
  ])('refuses another history under the same key, %s', async (_, count, code) => {
    await grow(5);
    await verify(served(), '--from-file', state);
    const other = await ExampleLedger.of(NODE, seededRandomness('other'));
    Object.assign(other, { noteKey: ledger.noteKey });
    await grow(count, other);
    const { exit, out, err } = await verify(served(other), '--from-file', state);
    expect(exit).toBe(6);
    expect(out).toContain(code);
    expect(out).toContain('do not rely on this ledger');
    expect(err).toBe('');
  });

  it('B06: refuses a wrong consistency proof, also where the history is right', async () => {
    await grow(5);
    await verify(served(), '--from-file', state);
    await grow(3);
    const routes = { ...served(), 'GET /ledger/consistency': { body: { consistency: [] } } };
    const { exit, out } = await verify(routes, '--from-file', state, '--json');
    expect(exit).toBe(6);
    expect(codes(out)).toEqual(['consistency_invalid']);
  });

  it('refuses a checkpoint of another key, and a memory that the ledger never signed', async () => {
    const stranger = await ExampleLedger.of(NODE, seededRandomness('stranger'));
    const { exit, out } = await verify(served(ledger, { checkpoint: stranger.checkpoint() }), '--json');
    expect(exit).toBe(6);
    expect(codes(out)).toEqual(['checkpoint_invalid']);
    const memory: JsonObject = { v: 1, checkpoints: { [ledger.noteKey.name]: stranger.checkpoint() } };
    const file = await cli.file('memory.json', memory);
    const remembered = await verify(served(), '--from-file', file, '--json');
    expect(remembered.exit).toBe(6);
    expect(codes(remembered.out)).toEqual(['checkpoint_invalid']);
  });

  it('refuses a ledger that keeps entries back', async () => {
    await grow(3);
    const { exit, out } = await verify(served(ledger, { entries: (own) => own.slice(0, 2) }), '--json');
    expect(exit).toBe(6);
    expect(JSON.parse(out).problems).toMatchObject([{ code: 'entries_missing', index: 0 }]);
  });

  it.each([
    ['a gap in the numbers', { seq: 7 }, 'order_broken'],
    ['another receipt before', { prev: 'P'.repeat(43) }, 'order_broken'],
    ['another ledger', { ledger: 'elsewhere.example/ledger' }, 'receipt_invalid'],
    ['no kind', { kind: 3 }, 'receipt_invalid'],
  ])('B07: names the entry with %s', async (_, claims, code) => {
    await grow(2);
    await ledger.add('granted', nothing, 2_000, { claims });
    const { exit, out } = await verify(served(), '--json');
    expect(exit).toBe(6);
    expect(JSON.parse(out).problems).toMatchObject([{ code, index: 3 }]);
  });

  it('refuses what is no receipt at all', async () => {
    const { exit, out } = await verify(served(ledger, { entries: () => ['eyJhbGciOiJub25lIn0.e30.'] }), '--json');
    expect(exit).toBe(6);
    expect(codes(out)).toEqual(['root_differs', 'receipt_invalid']);
  });

  it('ends with 7 where nobody is there, and with 2 where the key is none', async () => {
    expect((await verify({})).exit).toBe(7);
    const { exit, err } = await cli.run(['ledger', 'verify', NODE, '--vkey', 'nonsense']);
    expect(exit).toBe(2);
    expect(err).toContain('--vkey is no key of a ledger');
    expect((await cli.run(['ledger', 'verify'])).err).toContain('which ledger?');
    expect((await cli.run(['ledger', 'verify', NODE])).err).toContain('without a trust anchor');
  });

  it('refuses a memory that is none', async () => {
    const { exit, err } = await verify(served(), '--from-file', await cli.file('other.json', { v: 2 }));
    expect(exit).toBe(2);
    expect(err).toContain('is no memory of ledgers');
  });
});
