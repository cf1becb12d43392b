// Long because the import is tested on one store, row kind by row kind.
import { Readable, Writable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import type { DataSource } from 'typeorm';
import { beforeEach, describe, expect, it } from 'vitest';
import { fakeClock } from '../../../test/support/fakes.js';
import { parseColumnMapping } from '../src/column-mapping.js';
import { importCsv, type ImportProgress } from './import-csv.js';
import { ReadStore } from './read-store.js';
import { createReadsDatabase } from './reads-database.fixture.js';

const mapping = parseColumnMapping({
  plate: 'plate',
  seen_at: 'at',
  time_zone: 'America/Los_Angeles',
  device: 'device',
  lat: 'lat',
  lon: 'lon',
  camera_owner_class: { constant: 'public' },
  source: 'test',
});
const HEADER = 'plate,at,device,lat,lon,note';
const fileOf = (...rows: string[]) => `${[HEADER, ...rows].join('\n')}\n`;
const good = (n: number) => `P${String(n).padStart(6, '0')},2021-10-03T03:53:03,M1,47.5,-122.5,`;

let dataSource: DataSource;
let store: ReadStore;
beforeEach(async () => {
  dataSource = await createReadsDatabase();
  store = new ReadStore({ dataSource, clock: fakeClock(Date.UTC(2021, 9, 10)) });
  return () => dataSource.destroy();
});

function sink(): { writable: Writable; rows: () => string[][]; text: () => string } {
  let text = '';
  const writable = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  return { writable, text: () => text, rows: () => parse(text, { relax_column_count: true }) };
}

async function importText(content: string | Buffer, options: { timeZone?: string } = {}) {
  const rejected = sink();
  const report = await importCsv({
    stream: Readable.from([Buffer.from(content)], { objectMode: false }),
    mapping,
    store,
    rejected: rejected.writable,
    ...options,
  });
  return { report, rejected };
}

const importsNoted = () => dataSource.query<object[]>('select * from read_import order by id');

describe('an import of a CSV file', () => {
  it('stores the good rows and writes out the others with line, reason and cells', async () => {
    const { report, rejected } = await importText(
      fileOf(
        good(1),
        'A%,2021-10-03T03:53:03,M1,,,=HYPERLINK("http://x")'.replaceAll('"', "'"),
        '',
        'P2,2021-03-14T02:30:00,M1,,,',
        'P3,2021-10-03T03:53:03,M1,47.5,,',
        'P4,2021-10-03T03:53:03',
        'DETOUR,2021-11-07T01:30:00-07:00,M1,,,',
      ).replace('2021-11-07T01:30:00-07:00', '2021-10-07 01:30:00'),
    );
    expect(report).toMatchObject({ rows: 7, accepted: 2, alreadyPresent: 0, rejected: 4, blank: 1 });
    expect(report).toMatchObject({ withoutLocation: 1, nonPlates: 1, repeats: undefined });
    expect(report.rejectedByReason).toEqual({
      plate_wildcard: 1,
      local_time_nonexistent: 1,
      location_half_set: 1,
      column_count: 1,
    });
    expect([report.firstSeenAt, report.lastSeenAt]).toEqual([
      Date.parse('2021-10-03T03:53:03-07:00'),
      Date.parse('2021-10-07T01:30:00-07:00'),
    ]);
    expect(rejected.rows()).toEqual([
      ['line', 'reason', 'plate', 'at', 'device', 'lat', 'lon', 'note'],
      ['3', 'plate_wildcard', 'A%', '2021-10-03T03:53:03', 'M1', '', '', `'=HYPERLINK('http://x')`],
      ['5', 'local_time_nonexistent', 'P2', '2021-03-14T02:30:00', 'M1', '', '', ''],
      ['6', 'location_half_set', 'P3', '2021-10-03T03:53:03', 'M1', '47.5', '', ''],
      ['7', 'column_count', 'P4', '2021-10-03T03:53:03'],
    ]);
    expect(await importsNoted()).toMatchObject([
      { source: 'test', outcome: 'completed', rows: '7', accepted: '2', rejected: '4', blank: '1' },
    ]);
  });

  it('that is run again does not double, and says that it repeats', async () => {
    const content = fileOf(good(1), good(2), good(2), 'A%,x,M1,,,');
    const first = await importText(content);
    expect(first.report).toMatchObject({ rows: 4, accepted: 2, alreadyPresent: 1, rejected: 1 });
    const second = await importText(content);
    expect(second.report).toMatchObject({ rows: 4, accepted: 0, alreadyPresent: 3, rejected: 1 });
    expect(second.report.repeats).toBe(first.report.importId);
    expect(second.report.fileDigest).toBe(createHash('sha256').update(content).digest('base64url'));
    expect(await store.count()).toBe(2);
  });

  it('reads gzip, a byte order mark, and every kind of line end', async () => {
    const mixed = `\ufeff${HEADER.replace('plate', '"plate"')}\r\n${good(1)}\r\n${good(2)}\n${good(3)}\r${good(4)}`;
    const { report } = await importText(gzipSync(mixed));
    expect(report).toMatchObject({ rows: 4, accepted: 4, bytesRead: gzipSync(mixed).length });
  });

  it('takes the zone that is given over the one of the mapping, and flags the hour that a clock showed twice', async () => {
    store = new ReadStore({ dataSource, clock: fakeClock(Date.UTC(2022, 0, 1)) });
    const content = fileOf('P1,2021-11-07T01:30:00,M1,,,');
    const { report } = await importText(content, { timeZone: 'America/Chicago' });
    expect(report).toMatchObject({ ambiguousTimes: 1, firstSeenAt: Date.parse('2021-11-07T01:30:00-05:00') });
    await expect(importText(content, { timeZone: 'Mars/Olympus' })).rejects.toMatchObject({
      code: 'time_zone_unknown',
    });
  });

  it('tells of its progress after every batch', async () => {
    const told: ImportProgress[] = [];
    const content = fileOf(...Array.from({ length: 4_500 }, (_, n) => good(n)));
    await importCsv({
      stream: Readable.from([Buffer.from(content)]),
      mapping,
      store,
      rejected: sink().writable,
      onProgress: (progress) => told.push(progress),
    });
    expect(told.map(({ rows }) => rows)).toEqual([2_000, 4_000, 4_500]);
    expect(told.at(-1)).toEqual({
      rows: 4_500,
      accepted: 4_500,
      alreadyPresent: 0,
      superseded: 0,
      rejected: 0,
      passedOver: 0,
      blank: 0,
      bytesRead: content.length,
    });
  });

  it('does not let a stray quote swallow the rows behind it', async () => {
    const { report, rejected } = await importText(
      fileOf(good(1), 'P2"x,2021-10-03T03:53:03,M1,,,', '"P"3,2021-10-03T03:53:03,M1,,,', good(4)),
    );
    expect(report).toMatchObject({ rows: 4, accepted: 2, rejected: 2, rejectedByReason: { plate_character: 2 } });
    expect(rejected.rows().map((row) => row[0])).toEqual(['line', '3', '4']);
  });

  it('rejects a row that spans lines, with everything it swallowed', async () => {
    const { report, rejected } = await importText(
      fileOf(good(1), `${good(2)}"begun`, good(3), `${good(4)}ended"`, good(5)),
    );
    expect(report).toMatchObject({ accepted: 2, rejectedByReason: { row_spans_lines: 1 } });
    expect(rejected.rows()[1]?.[0]).toBe('3');
    expect(rejected.text()).toContain('P000003');
    expect(rejected.text()).toContain('P000004');
  });

  it.each([
    ['csv_malformed', 'a quote that never closes', fileOf(good(1), `${good(2)}"`, good(3))],
    ['csv_malformed', 'a record without end', fileOf(good(1), 'x'.repeat(70_000))],
    ['csv_unreadable', 'a gzip file cut short', gzipSync(fileOf(good(1), good(2))).subarray(0, 60)],
    [
      'csv_unreadable',
      'rows behind the end of a gzip file',
      Buffer.concat([gzipSync(fileOf(good(1))), Buffer.from(good(2))]),
    ],
    ['csv_empty', 'nothing at all', ''],
    ['mapping_column_missing', 'another header', 'a,b\n1,2\n'],
    ['mapping_column_ambiguous', 'a column twice', `${HEADER},lat\n`],
  ])('fails aloud with `%s` on %s, and is noted', async (code, _, content) => {
    await expect(importText(content)).rejects.toMatchObject({ name: 'ReadsError', code });
    expect(await importsNoted()).toMatchObject([{ outcome: 'failed', failure_code: code, file_digest: null }]);
  });

  it('names the line of what it cannot read, and repeats no cell of it', async () => {
    const failed = importText(fileOf(good(1), `CANARY7,"2021`));
    await expect(failed).rejects.toMatchObject({
      code: 'csv_malformed',
      evidence: { line: 3, at: 'CSV_QUOTE_NOT_CLOSED' },
    });
    await expect(failed).rejects.toMatchObject({ message: expect.not.stringContaining('CANARY') });
    await expect(failed).rejects.not.toHaveProperty('cause');
  });

  it('lets go of a file whose header it refuses', async () => {
    const stream = Readable.from(endless());
    const unmapped = { ...mapping, plate: 'kennzeichen' };
    const failed = importCsv({ stream, mapping: unmapped, store, rejected: sink().writable });
    await expect(failed).rejects.toMatchObject({ code: 'mapping_column_missing', evidence: { at: 'kennzeichen' } });
    expect(stream.destroyed).toBe(true);
  });

  it('of an empty file with a header is no failure', async () => {
    const { report, rejected } = await importText(`${HEADER}\n`);
    expect(report).toMatchObject({ rows: 0, accepted: 0, firstSeenAt: undefined });
    expect(rejected.rows()).toHaveLength(1);
  });

  it('fails where rejected rows cannot be written, and lets go of the file', async () => {
    const stream = Readable.from(endless());
    const full = new Writable({ write: (_chunk, _encoding, done) => done(new Error('no space left')) });
    const failed = importCsv({ stream, mapping, store, rejected: full });
    await expect(failed).rejects.toMatchObject({ code: 'rejected_unwritable' });
    expect(stream.destroyed).toBe(true);
    expect(await store.count()).toBe(0);
    const broken = new Writable({ write: (_chunk, _encoding, done) => done() });
    broken.destroy(new Error('cannot open'));
    const early = importCsv({ stream: Readable.from([fileOf(good(1))]), mapping, store, rejected: broken });
    await expect(early).rejects.toMatchObject({ code: 'rejected_unwritable' });
  });

  it('goes on where it was cut: the same file again stores the rest', async () => {
    const rows = Array.from({ length: 12_000 }, (_, n) => good(n));
    const cut = Readable.from(
      (async function* () {
        yield Buffer.from(`${HEADER}\n`);
        for (let n = 0; n < rows.length; n += 100) yield Buffer.from(`${rows.slice(n, n + 100).join('\n')}\n`);
        throw Object.assign(new Error('connection reset'), { code: 'ECONNRESET' });
      })(),
    );
    const failed = importCsv({ stream: cut, mapping, store, rejected: sink().writable });
    await expect(failed).rejects.toMatchObject({ code: 'csv_unreadable', evidence: { at: 'ECONNRESET' } });
    const before = await store.count();
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(rows.length);
    expect(await importsNoted()).toMatchObject([{ outcome: 'failed', rows: String(before), accepted: String(before) }]);
    const { report } = await importText(fileOf(...rows));
    expect(report).toMatchObject({ accepted: rows.length - before, alreadyPresent: before });
  });

  it('leaves no row without an end: each is stored, counted as present, written out or blank', async () => {
    const cell = fc.constantFrom(
      'P1',
      'P2',
      'A%',
      '',
      '2021-10-03T03:53:03',
      '47.5',
      '"',
      'x"y',
      '"a,b"',
      "'",
      '=1',
      '\u0000',
    );
    const row = fc.oneof(
      fc.array(cell, { minLength: 1, maxLength: 7 }).map((cells) => cells.join(',')),
      fc.integer({ min: 0, max: 50 }).map(good),
      fc.constant(''),
    );
    const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 20 }), lineEnd, async (rows, end) => {
        const before = await store.count();
        const content = [HEADER, ...rows].join(end);
        const { report, rejected } = await importText(content).catch((error: unknown) => {
          // A quote that never closes fails the whole file, aloud.
          expect(error).toMatchObject({ code: 'csv_malformed' });
          return { report: undefined, rejected: undefined };
        });
        if (!report || !rejected) return;
        expect(report.rows).toBe(report.accepted + report.alreadyPresent + report.rejected + report.blank);
        expect((await store.count()) - before).toBe(report.accepted);
        const out = rejected.rows().slice(1);
        expect(out).toHaveLength(report.rejected);
        // Every line of the file is some row's: those that span lines name how far by what they hold.
        const spanned = out.filter((cells) => cells[1] === 'row_spans_lines');
        const extra = spanned.reduce((sum, cells) => sum + cells.join('').split(/\r\n|\n|\r/).length - 1, 0);
        const lines =
          rows.length === 0 || rows.at(-1) === '' ? rows.length - (rows.at(-1) === '' ? 1 : 0) : rows.length;
        expect(report.rows + extra).toBe(lines);
      }),
      { numRuns: 150 },
    );
  });
});

/** A file of bad rows that never ends. */
async function* endless(): AsyncGenerator<Buffer> {
  yield Buffer.from(`${HEADER}\n`);
  for (;;) yield Buffer.from('A%,x,M1,,,\n');
}
