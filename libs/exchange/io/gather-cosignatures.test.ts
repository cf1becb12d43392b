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
  parseSubmission,
  signNote,
  splitNote,
} from '#ledger';
import { ProtocolError, type HttpRequest, type Network } from '#protocol';
import { systemClock } from '#protocol/io';
import { CosignatureGatherer } from './index.js';

const origin = 'broker.example/ledger';
const noteKey = noteKeyFromSeed(origin, 'note', new Uint8Array(32).fill(1));
const of = {
  ledger: { keeper: 'https://broker.example', origin, vkey: noteKey.vkey, receiptKeys: new Map() },
  endpoint: 'https://broker.example',
};
const nodes = nodesOver(Array.from({ length: 32 }, (_, nth) => leafHash(Buffer.from(`entry ${nth}`))));
const others = nodesOver(Array.from({ length: 32 }, (_, nth) => leafHash(Buffer.from(`other ${nth}`))));
const noteOf = (size: number, tree = nodes) =>
  signNote(formatCheckpoint({ origin, size, root: hashRange({ begin: 0, end: size }, tree) }), [noteKey]);
const keyOf = (name: string, seed: number) => noteKeyFromSeed(name, 'cosignature', new Uint8Array(32).fill(seed));
const TIME = 1_800_000_000;

type Answer = { status: number; body: string } | 'away' | 'silent';

/** A witness by what it answers; the broker proves whatever is asked. */
function gatherFrom(witnesses: Record<string, (request: HttpRequest) => Answer>) {
  const calls: string[] = [];
  const network: Network = {
    async request(request) {
      const { host, pathname, searchParams } = new URL(request.url);
      calls.push(`${host}${pathname}`);
      if (host === 'broker.example') {
        const proof = consistencyProof(Number(searchParams.get('from')), Number(searchParams.get('to')), nodes);
        return { status: 200, headers: {}, body: JSON.stringify({ consistency: proof.map(encodeBase64) }) };
      }
      const answer = witnesses[host]?.(request) ?? 'away';
      if (answer === 'away') throw new ProtocolError('network_failed', 'away');
      if (answer === 'silent') return new Promise(() => undefined);
      return { headers: {}, ...answer };
    },
  };
  const known = Object.keys(witnesses).map((host, nth) => ({
    id: host,
    url: `https://${host}/witness`,
    vkeys: [keyOf(`${host}/witness`, 10 + nth).vkey],
    controllers: [host],
  }));
  const gatherer = new CosignatureGatherer(network, systemClock);
  return { calls, gather: (size: number) => gatherer.gather(of, noteOf(size), known) };
}

const honest =
  (host: string, seed: number, remembered = 0) =>
  (request: HttpRequest): Answer => {
    const { old, note } = parseSubmission(Buffer.from(request.body as string));
    if (old !== remembered) return { status: 409, body: `${remembered}\n` };
    return { status: 200, body: cosign(splitNote(note).text, keyOf(`${host}/witness`, seed), TIME) };
  };

test('a witness that remembers nothing cosigns in one call, one that remembers a smaller tree gets the proof from there', async () => {
  const { calls, gather } = gatherFrom({ a: honest('a', 10), b: honest('b', 11, 5) });
  const cosigned = await gather(16);
  expect(cosigned.map(({ id }) => id)).toEqual(['a', 'b']);
  expect(calls.filter((call) => call.startsWith('a/'))).toHaveLength(1);
  expect(calls.filter((call) => call === 'broker.example/ledger/consistency')).toHaveLength(1);
});

test('one that has gone further counts by a later tree, which the log has to prove to continue this one', async () => {
  const later = (tree: typeof nodes) => (request: HttpRequest) =>
    request.method === 'POST'
      ? { status: 409, body: '24\n' }
      : {
          status: 200,
          body: noteOf(24, tree) + cosign(splitNote(noteOf(24, tree)).text, keyOf('a/witness', 10), TIME),
        };
  expect(await gatherFrom({ a: later(nodes) }).gather(16)).toHaveLength(1);
  // B04: a later tree of another history, signed by the broker itself, is no word about this one.
  expect(await gatherFrom({ a: later(others) }).gather(16)).toEqual([]);
});

test('B13: who is away, silent, colluding or lying is not counted, and keeps nobody else', async () => {
  const text = splitNote(noteOf(16)).text;
  const started = Date.now();
  const { gather } = gatherFrom({
    away: () => 'away',
    silent: () => 'silent',
    refuses: () => ({ status: 422, body: '' }),
    // Another witness’s line, its own line over another tree, no line at all, and no note.
    borrows: () => ({ status: 200, body: cosign(text, keyOf('good/witness', 99), TIME) }),
    forges: () => ({ status: 200, body: cosign(splitNote(noteOf(15)).text, keyOf('forges/witness', 14), TIME) }),
    empty: () => ({ status: 200, body: '' }),
    babbles: () => ({ status: 200, body: 'cosigned\n' }),
    good: honest('good', 17),
  });
  expect((await gather(16)).map(({ id }) => id)).toEqual(['good']);
  expect(Date.now() - started).toBeLessThan(2_500);
});
