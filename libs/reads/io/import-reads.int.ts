import { Readable, Writable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import type { DataSource } from 'typeorm';
import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonValue } from '#protocol';
import { fakeClock } from '../../../test/support/fakes.js';
import type { FormatName } from '../src/formats/format-names.js';
import {
  anAlert,
  anAxisEvent,
  aRekorGroup,
  aRekorResults,
  aSharpVFile,
  aStreamRow,
  NOW,
} from '../src/formats/records.fixture.js';
import { importReads, type ImportProgress } from './import-reads.js';
import { ReadStore } from './read-store.js';
import { createReadsDatabase } from './reads-database.fixture.js';

let dataSource: DataSource;
let store: ReadStore;
beforeAll(async () => {
  dataSource = await createReadsDatabase();
  store = new ReadStore({ dataSource, clock: fakeClock(NOW) });
  return () => dataSource.destroy();
});

/** A file of rejected sightings that can be cut back and written on, as the command's is. */
class RejectedText {
  text = '';
  readonly kept: number[] = [];

  readonly open = (keepBytes: number) => {
    this.kept.push(keepBytes);
    this.text = this.text.slice(0, keepBytes);
    const keptBytes = this.text.length === keepBytes ? keepBytes : 0;
    const stream = new Writable({
      write: (chunk, _encoding, done) => {
        this.text += String(chunk);
        done();
      },
    });
    return Promise.resolve({ stream, keptBytes });
  };

  rows(): string[][] {
    return parse(this.text, { relax_column_count: true });
  }
}

interface Change {
  readonly rejected?: RejectedText;
  readonly open?: () => Readable;
  readonly onProgress?: (progress: ImportProgress) => void;
  readonly source?: string;
}

const bytes = (content: string | Buffer) => Readable.from([Buffer.from(content)], { objectMode: false });

async function run(format: FormatName, content: string | Buffer, change: Change = {}) {
  const { rejected = new RejectedText(), open = () => bytes(content), onProgress, source = format } = change;
  const report = await importReads({
    open,
    canReopen: true,
    file: { format, timeZone: 'America/Los_Angeles', facts: { cameraOwnerClass: 'business', source } },
    store,
    batchRows: 100,
    rejected: rejected.open,
    ...(onProgress && { onProgress }),
  });
  return { report, rejected };
}

const stored = (source: string): Promise<{ plate: string; camera_owner_class: string }[]> =>
  dataSource.query('select plate, camera_owner_class from plate_read where source = $1 order by plate, seen_at', [
    source,
  ]);
const plates = async (source: string) => (await stored(source)).map(({ plate }) => plate);
const lines = (...records: JsonValue[]) => records.map((record) => JSON.stringify(record)).join('\n');
const numbered = (count: number, from = 0) =>
  Array.from({ length: count }, (_, n) =>
    aRekorGroup({ best_plate_number: `R${String(from + n).padStart(6, '0')}`, candidates: [] }),
  );

const part = (name: string, content: string) =>
  `--B\r\nContent-Disposition: form-data; name="${name}"; filename="${name}"\r\n\r\n${content}\r\n`;
const at = (ms: number) => ({ capture_timestamp: String(NOW - 60_000 + ms) });

/** The file, which breaks off after a share of it; the process dies with it. */
const cut = (text: string, at: number) => () =>
  Readable.from(
    (async function* () {
      yield Buffer.from(text.slice(0, at));
      throw Object.assign(new Error('killed'), { code: 'EKILLED' });
    })(),
    { objectMode: false },
  );

describe('an import of a camera’s file', () => {
  it('stores every sighting, writes out what it could not take, and counts what is none', async () => {
    const broken = aRekorGroup({ best_plate_number: '=cmd' });
    const content = `${lines(aRekorGroup(), aRekorResults({ results: [{ plate: 'P1' }, { plate: 'P%' }] }), broken, aRekorGroup({ is_preview: true }))}\n{"data_type":`;
    const { report, rejected } = await run('rekor', gzipSync(content));
    expect(report).toMatchObject({ rows: 6, accepted: 2, rejected: 3, passedOver: 1, blank: 0, resumed: undefined });
    expect(report.rejectedByReason).toEqual({ plate_wildcard: 1, plate_character: 1, record_malformed: 1 });
    expect(report.passedOverByReason).toEqual({ preview: 1 });
    expect(rejected.rows().map((row) => row.slice(0, 3))).toEqual([
      ['line', 'reason', 'place'],
      ['2', 'plate_wildcard', 'results[1].plate'],
      ['3', 'plate_character', 'best_plate_number'],
      ['5', 'record_malformed', ''],
    ]);
    expect(await stored('rekor')).toEqual([
      { plate: '7BHM482', camera_owner_class: 'business' },
      { plate: 'P1', camera_owner_class: 'business' },
    ]);
    expect((await run('rekor', gzipSync(content))).report).toMatchObject({ accepted: 0, alreadyPresent: 2 });
  });

  it('takes a table with Python in its cells, several XML documents, and a captured multipart body', async () => {
    const row = Object.values(aStreamRow()).map((cell) => `"${(cell as string).replaceAll('"', '""')}"`);
    const table = `${Object.keys(aStreamRow()).join(',')}\n${row.join(',')}\n1,2\n`;
    expect((await run('plate-recognizer-csv', table)).report).toMatchObject({
      accepted: 1,
      rejectedByReason: { column_count: 1 },
    });
    const files = aSharpVFile() + aSharpVFile({ Plate: 'B2' }) + aSharpVFile({ Plate: '' });
    const xml = await run('genetec', files);
    expect(xml.report).toMatchObject({ accepted: 2, rejectedByReason: { plate_empty: 1 } });
    expect(xml.rejected.rows()[1]?.[0]).toBe('5');
    const capture = `${part('anpr.xml', anAlert())}${part('plate.jpg', 'image')}--B--\r\n`;
    expect((await run('hikvision', capture)).report).toMatchObject({ rows: 1, accepted: 1 });
  });

  it.each<[FormatName, string, RegExp]>([
    ['axis', lines(aRekorGroup()), /not `axis`: it looks like `rekor`/],
    ['rekor', 'plate,seen\nA1,2026\n', /neither JSON nor XML/],
    ['rekor', '{"a":1}', /no record of it has the members/],
  ])('%s, named for a file that is none, is refused by what the file looks like', async (format, content, message) => {
    await expect(run(format, content, { source: 'wrong' })).rejects.toMatchObject({ code: 'format_mismatch', message });
    expect(await plates('wrong')).toEqual([]);
  });

  it('keeps the last of what a camera says of one car', async () => {
    const events = [
      anAxisEvent('new', { ...at(0), plateUTF8: 'AA7690EQ' }),
      anAxisEvent('update', { ...at(400), plateUTF8: 'AA7690EO' }),
      anAxisEvent('new', { ...at(500), carID: '18', plateUTF8: 'OTHER1' }),
      anAxisEvent('lost', { ...at(900), plateUTF8: 'AA7690EO' }),
    ];
    await run('axis', lines(...events.slice(0, 2)));
    expect(await plates('axis')).toEqual(['AA7690EO']);
    const { report } = await run('axis', lines(...events.slice(2), events[0] ?? null));
    expect(report).toMatchObject({ superseded: 1 });
    expect(await plates('axis')).toEqual(['AA7690EO', 'OTHER1']);
  });
});

describe('an import that was interrupted', () => {
  const content = lines(...numbered(100), aRekorGroup({ best_plate_number: '%' }), ...numbered(150, 100));

  it('goes on where it stopped: nothing is taken in or written out twice', async () => {
    const rejected = new RejectedText();
    const broken = run('rekor', content, {
      source: 'cut',
      rejected,
      open: openings(() => bytes(content), cut(content, content.length - 200)),
    });
    await expect(broken).rejects.toMatchObject({ code: 'file_unreadable' });
    expect(await plates('cut')).toHaveLength(199);
    // Written, but not known to be: as when the process dies between the two.
    rejected.text += '"9","plate_empty","",""\r\n';
    const told: number[] = [];
    const { report } = await run('rekor', content, {
      source: 'cut',
      rejected,
      onProgress: ({ rows }) => told.push(rows),
    });
    expect(report).toMatchObject({
      rows: 251,
      accepted: 250,
      alreadyPresent: 0,
      rejected: 1,
      resumed: { rows: 200 },
    });
    expect(told).toEqual([251]);
    expect(rejected.rows()).toHaveLength(2);
    expect(await plates('cut')).toHaveLength(250);
    const again = await run('rekor', content, { source: 'cut' });
    expect(again.report).toMatchObject({ accepted: 0, alreadyPresent: 250, resumed: undefined });
    expect(again.report.repeats).toBe(report.importId);
  });

  it('begins anew where the file has changed since, or what it had rejected is gone', async () => {
    const broken = run('rekor', content, {
      source: 'changed',
      open: openings(() => bytes(content), cut(content, content.length - 200)),
    });
    await expect(broken).rejects.toMatchObject({ code: 'file_unreadable' });
    const other = content.replace('R000150', 'X000150');
    const rejected = new RejectedText();
    const { report } = await run('rekor', other, { source: 'changed', rejected });
    expect(report).toMatchObject({
      rows: 251,
      accepted: 52,
      alreadyPresent: 198,
      rejected: 1,
      resumed: undefined,
    });
    expect(rejected.rows()).toHaveLength(2);
  });
});

/** One way of opening the file after the other. */
function openings(...ways: readonly (() => Readable)[]): () => Readable {
  const left = [...ways];
  return () => (left.shift() ?? (() => bytes('')))();
}
