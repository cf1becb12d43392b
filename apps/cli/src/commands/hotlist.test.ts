import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeCli, type Routes } from '../../test/fake-cli.js';

const AT = ['--compiled-at', '2026-11-22T06:00:00-08:00'];
const HEAD = 'record,plate,plate_state,source,legal_basis,reason,expires_at';
const rejecting = (at: number[]): Routes => ({
  'GET /hot-lists/sources': { body: { sources: [{ source: 'ncic-vehicle', permitted: true }] } },
  'POST /hot-lists/imports': { body: { import: 'i-1' } },
  'POST /hot-lists/imports/i-1/entries': {
    body: { staged: 2 - at.length, rejected: at.map((place) => ({ at: place, reason: 'plate_wildcard' })) },
  },
  'POST /hot-lists/imports/i-1/completion': {
    body: { by_source: { 'ncic-vehicle': 1 }, gone: 5, alerts_withdrawn: 0, refused: {} },
  },
});

let cli: FakeCli;
beforeEach(async () => {
  cli = await FakeCli.create();
  await cli.signIn({ roles: ['supervisor'] });
});
const bring = (file: string, routes: Routes, ...more: string[]) =>
  cli.run(['hotlist', 'import', file, '--list', 'ncic', ...AT, ...more], routes);
const rows = (...plates: string[]) =>
  cli.textFile(
    'list.csv',
    [HEAD, ...plates.map((plate, n) => `V-${n},${plate},OR,ncic-vehicle,theft,stolen-vehicle,`)].join('\n'),
  );

describe('comity hotlist import', () => {
  it('replaces the list by what could be taken, and says how much could not', async () => {
    const { exit, out } = await bring(await rows('ABC123', 'A%'), rejecting([1]));
    expect(exit).toBe(0);
    expect(out).toContain('taken off        5');
    expect(out).toContain('rejected         1; see');
  });

  it('N05: leaves the list as it was where no line of a full file can be taken: a broken file takes nothing off', async () => {
    const { exit, err, requests } = await bring(await rows('A%', 'B%'), rejecting([0, 1]));
    expect(exit).toBe(2);
    expect(err).toContain('`ncic` stays as it was');
    expect(requests.map(({ url }) => url).filter((url) => url.endsWith('/completion'))).toEqual([]);
    const changes = await bring(await rows('A%', 'B%'), rejecting([0, 1]), '--incremental');
    expect(changes.exit).toBe(0);
    // A file with a header alone is a list on which nothing stands, and says so.
    expect((await bring(await rows(), rejecting([]))).exit).toBe(0);
  });

  it('says in words why a file cannot be read', async () => {
    await mkdir(join(cli.home, 'folder'));
    for (const [name, why] of [
      ['none.csv', 'there is no such file'],
      ['folder', 'it is a directory'],
    ] as const) {
      for (const format of ['comity-csv', 'comity-json']) {
        const { exit, err } = await bring(join(cli.home, name), rejecting([]), '--format', format);
        expect([format, exit]).toEqual([format, 2]);
        expect(err).toContain(`the file cannot be read: ${why}`);
      }
    }
  });

  it('asks nothing of the node for a name or an instant that is none', async () => {
    const file = await rows('ABC123');
    for (const wrong of [
      ['--list', 'NC IC!', ...AT],
      ['--list', 'ncic', '--compiled-at', 'yesterday'],
    ]) {
      expect(await cli.run(['hotlist', 'import', file, ...wrong])).toMatchObject({ exit: 2, requests: [] });
    }
  });
});

describe('comity hotlist show', () => {
  it('tells an empty list from one that there is not', async () => {
    const lists = { body: { lists: [{ list: 'ncic' }] } };
    const routes = {
      'GET /hot-lists': lists,
      'GET /hot-lists/ncic/entries': { body: { entries: [] } },
      'GET /hot-lists/none/entries': { body: { entries: [] } },
    };
    expect(await cli.run(['hotlist', 'show', 'ncic'], routes)).toMatchObject({ exit: 0, out: 'nothing stands on it' });
    const none = await cli.run(['hotlist', 'show', 'none'], routes);
    expect(none).toMatchObject({ exit: 1, err: expect.stringContaining('there is no list `none`') });
  });
});
