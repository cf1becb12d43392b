import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  consistencyProof,
  emptyRoot,
  encodeBase64,
  formatCheckpoint,
  hashRange,
  leafHash,
  nodesOver,
  signNote,
  verifyCosignature,
  type NoteKey,
} from '#ledger';
import { generateNoteKey, SeenCheckpoints } from '#ledger/io';
import { systemRandomness } from '#protocol/io';
import { fakeClock } from '../../../test/support/fakes.js';
import { LOG_ORIGIN, type ExampleAuthority } from '../test/example-authority.js';
import { runningAuthority, type RunningAuthority } from '../test/running-authority.js';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const clock = fakeClock(NOW);
const leaves = Array.from({ length: 40 }, (_, index) => leafHash(Buffer.from(`receipt ${index}`)));

let example: ExampleAuthority;
let dataSource: DataSource;
let app: NestFastifyApplication;
let witnessVkey: string;
let running: RunningAuthority;

beforeAll(async () => {
  running = await runningAuthority();
  ({ example, dataSource, app } = running);
  witnessVkey = running.node.witness.key.vkey;
});
beforeEach(async () => {
  await dataSource.query('delete from seen_checkpoint');
  await dataSource.query('delete from split_view');
});
afterAll(() => running.close());

function text(size: number, of = leaves, origin = LOG_ORIGIN): string {
  const root = size === 0 ? emptyRoot() : hashRange({ begin: 0, end: size }, nodesOver(of.slice(0, size)));
  return formatCheckpoint({ origin, size, root });
}

function note(size: number, of = leaves, key: NoteKey = example.logKey): string {
  return signNote(text(size, of, key.name), [key]);
}

function proof(from: number, to: number, of = leaves): string[] {
  return consistencyProof(from, to, nodesOver(of.slice(0, to))).map(encodeBase64);
}

function submission(old: number, hashes: readonly string[], checkpoint: string): string {
  return `old ${old}\n${hashes.map((hash) => `${hash}\n`).join('')}\n${checkpoint}`;
}

/** `text` in bytes, the first one of `at` replaced. */
function withByte(text: string, at: string, byte: number): Buffer {
  const bytes = Buffer.from(text);
  bytes.writeUInt8(byte, bytes.indexOf(at));
  return bytes;
}

async function submit(payload: string | Buffer) {
  const answer = await app.inject({
    method: 'POST',
    url: '/witness/add-checkpoint',
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    payload,
  });
  return { status: answer.statusCode, type: answer.headers['content-type'], body: answer.body };
}

describe('the oversight witness', () => {
  it('remembers and cosigns what it sees first, and what continues it', async () => {
    const first = await submit(submission(0, [], note(5)));
    expect(first).toMatchObject({ status: 200, type: 'text/plain; charset=utf-8' });
    expect(first.body.split('\n')).toHaveLength(2);
    expect(verifyCosignature(text(5), first.body, witnessVkey)).toEqual({ timeSeconds: NOW / 1_000 });
    const second = await submit(submission(5, proof(5, 23), note(23)));
    expect(second.status).toBe(200);
    expect(verifyCosignature(text(23), second.body, witnessVkey)).toBeDefined();
    expect(await new SeenCheckpoints({ dataSource, clock }).get(LOG_ORIGIN)).toMatchObject({ size: 23 });
  });

  it('cosigns the same head again, and an empty log', async () => {
    expect((await submit(submission(0, [], note(0)))).status).toBe(200);
    expect((await submit(submission(0, [], note(0)))).status).toBe(200);
    expect((await submit(submission(0, [], note(7)))).status).toBe(200);
    expect((await submit(submission(7, [], note(7)))).status).toBe(200);
  });

  it('answers with the size it remembers where the submission begins elsewhere', async () => {
    await submit(submission(0, [], note(9)));
    for (const [old, hashes, size] of [
      [0, [], 12],
      [8, proof(8, 12), 12],
      [5, [], 5],
      [5, proof(5, 9), 9],
    ] as const) {
      const answer = await submit(submission(old, hashes, note(size)));
      expect(answer).toEqual({ status: 409, type: 'text/x.tlog.size', body: '9\n' });
    }
  });

  it('B04: refuses another tree of the same size, and keeps both as evidence', async () => {
    await submit(submission(0, [], note(9)));
    const fork = [...leaves.slice(0, 8), leafHash(Buffer.from('another receipt'))];
    expect((await submit(submission(9, [], note(9, fork)))).status).toBe(422);
    expect(await new SeenCheckpoints({ dataSource, clock }).splitViews(LOG_ORIGIN)).toHaveLength(1);
  });

  it('refuses a tree that is not proven to continue what it remembers', async () => {
    await submit(submission(0, [], note(9)));
    const fork = [...leaves.slice(0, 8), ...leaves.slice(20, 30)];
    expect((await submit(submission(9, proof(9, 12, fork), note(12, fork)))).status).toBe(422);
    expect((await submit(submission(9, [], note(12)))).status).toBe(422);
    expect((await submit(submission(9, [...proof(9, 12), encodeBase64(emptyRoot())], note(12)))).status).toBe(422);
    expect((await submit(submission(9, proof(9, 12), note(12)))).status).toBe(200);
  });

  it('refuses an empty log that has the root of another', async () => {
    const checkpoint = formatCheckpoint({ origin: LOG_ORIGIN, size: 0, root: leaves[0] ?? emptyRoot() });
    expect((await submit(submission(0, [], signNote(checkpoint, [example.logKey])))).status).toBe(422);
  });

  it('refuses a proof where none is due', async () => {
    expect((await submit(submission(0, [encodeBase64(emptyRoot())], note(9)))).status).toBe(422);
    await submit(submission(0, [], note(9)));
    expect((await submit(submission(9, [encodeBase64(emptyRoot())], note(9)))).status).toBe(422);
  });

  it('knows no log that is not enrolled, and no key but the enrolled one', async () => {
    const foreign = generateNoteKey('elsewhere/ledger', 'note', systemRandomness).key;
    expect((await submit(submission(0, [], note(5, leaves, foreign)))).status).toBe(404);
    const impostor = generateNoteKey(LOG_ORIGIN, 'note', systemRandomness).key;
    expect((await submit(submission(0, [], note(5, leaves, impostor)))).status).toBe(403);
    const broken = note(5).replace(/.{12}\n$/, 'AAAAAAAAAAA=\n');
    expect((await submit(submission(0, [], broken))).status).toBe(403);
    expect(await new SeenCheckpoints({ dataSource, clock }).get(LOG_ORIGIN)).toBeUndefined();
  });

  it('lets one of two submissions that race through, and tells the other the size', async () => {
    await submit(submission(0, [], note(9)));
    const answers = await Promise.all(
      [12, 15, 21, 30].map((size) => submit(submission(9, proof(9, size), note(size)))),
    );
    const accepted = answers.filter(({ status }) => status === 200);
    expect(accepted.length).toBeGreaterThanOrEqual(1);
    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
  });

  it.each([
    ['nothing', () => ''],
    ['no old size', () => `\n${note(5)}`],
    ['a negative size', () => submission(-1, [], note(5))],
    ['a size with a leading zero', () => `old 00\n\n${note(5)}`],
    ['a hash that is too short', () => submission(0, ['AAAA'], note(5))],
    ['a hash in the alphabet of URLs', () => submission(0, ['_'.repeat(43) + '='], note(5))],
    [
      '64 hashes',
      () =>
        submission(
          0,
          Array.from({ length: 64 }, () => encodeBase64(emptyRoot())),
          note(5),
        ),
    ],
    ['no note', () => 'old 0\n\n'],
    ['a note without a signature', () => submission(0, [], text(5))],
    ['an old size above the checkpoint’s', () => submission(6, [], note(5))],
    ['an extension line', () => submission(0, [], signNote(`${text(5)}more\n`, [example.logKey]))],
    ['bytes that are not UTF-8', () => withByte(submission(0, [], note(5)), '4300', 0xff)],
  ])('refuses %s as malformed', async (_, payload) => {
    expect((await submit(payload())).status).toBe(400);
  });

  it('takes text only, and no more than a submission can be long', async () => {
    const url = '/witness/add-checkpoint';
    const other = await app.inject({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/octet-stream' },
      payload: 'x',
    });
    expect(other.statusCode).toBe(415);
    expect((await submit('old 0\n'.padEnd(70_000, 'A'))).status).toBe(413);
    const json = await app.inject({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json' },
      payload: '{}',
    });
    expect(json.statusCode).toBe(400);
  });
});
