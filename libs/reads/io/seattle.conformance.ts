import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { fakeClock } from '../../../test/support/fakes.js';
import { parseColumnMapping } from '../src/column-mapping.js';
import { importCsv, type ImportProgress, type ImportReport } from './import-csv.js';
import { ReadStore } from './read-store.js';
import { createReadsDatabase } from './reads-database.fixture.js';

const file = fileURLToPath(new URL('../../../../shared/data/seattle_reads_2021-10.csv.gz', import.meta.url));
const present = existsSync(file);
const why = present ? '' : ' (skipped: shared/data does not lie beside the checkout)';

const mapping = parseColumnMapping({
  plate: 'plate_id',
  seen_at: 'captured_local',
  time_zone: 'America/Los_Angeles',
  device: 'device',
  lat: 'lat',
  lon: 'lon',
  camera_owner_class: { constant: 'public' },
  source: 'seattle-pd',
});

/** The file taken apart by hand: it has no quotes. All of it lies in Pacific daylight time. */
function rowsByHand() {
  const [, ...lines] = gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const [, local = '', device = '', plate = '', lat = '', lon = ''] = line.split(',');
    const place = lat === '' ? undefined : { lat: Number(lat), lon: Number(lon) };
    return { plate, device, seenAt: Date.parse(`${local}-07:00`), place };
  });
}

describe.skipIf(!present)(`Seattle's published reads of October 2021${why}`, () => {
  let store: ReadStore;
  let report: ImportReport;
  let rejectedText = '';
  const told: ImportProgress[] = [];
  const rows = present ? rowsByHand() : [];

  const run = () =>
    importCsv({
      stream: createReadStream(file),
      mapping,
      store,
      rejected: new Writable({
        write(chunk, _encoding, done) {
          rejectedText += String(chunk);
          done();
        },
      }),
      onProgress: (progress) => told.push(progress),
    });

  beforeAll(async () => {
    const dataSource = await createReadsDatabase();
    store = new ReadStore({ dataSource, clock: fakeClock(Date.parse('2021-10-10T00:00:00Z')) });
    report = await run();
    return () => dataSource.destroy();
  });

  it('are stored row for row, a quarter of them without a place', async () => {
    expect(rows).toHaveLength(35_486);
    expect(report).toMatchObject({ rows: 35_486, accepted: 35_486, alreadyPresent: 0, rejected: 0, blank: 0 });
    expect(report).toMatchObject({ withoutLocation: 8_768, nonPlates: 0, ambiguousTimes: 0 });
    expect(report.withoutLocation).toBe(rows.filter((row) => row.place === undefined).length);
    expect(await store.count()).toBe(35_486);
    expect(rejectedText).toBe(
      '"line","reason","read_id","captured_local","device","plate_id","lat","lon","zipcode"\r\n',
    );
    const instants = rows.map((row) => row.seenAt).toSorted((a, b) => a - b);
    expect([report.firstSeenAt, report.lastSeenAt]).toEqual([instants[0], instants.at(-1)]);
    expect(told).toHaveLength(18);
    expect(told.at(-1)?.bytesRead).toBe(readFileSync(file).length);
  });

  it.each(['P015783', 'P025807', 'P006704', 'P056335'])('give for the plate %s what the file holds', async (plate) => {
    const query = { plates: [{ text: plate }], from: Date.UTC(2021, 8, 1), until: Date.UTC(2021, 10, 1) };
    const { reads, truncated } = await store.plateHistory(query, { limit: 1_000, retentionMs: undefined });
    const found = reads.map((read) => ({
      plate: read.plate,
      device: read.device,
      seenAt: read.seenAt,
      place: read.location,
    }));
    const order = (a: (typeof found)[number], b: (typeof found)[number]) =>
      b.seenAt - a.seenAt || (a.device < b.device ? -1 : 1);
    expect(found).toEqual(rows.filter((row) => row.plate === plate).toSorted(order));
    expect(found.length).toBeGreaterThan(0);
    expect(truncated).toBe(false);
  });

  it('give for the plates seen most what the file holds, in a window of one local day', async () => {
    const counted = Map.groupBy(rows, (row) => row.plate);
    const busiest = [...counted].toSorted(([, a], [, b]) => b.length - a.length).slice(0, 20);
    const [from, until] = [Date.parse('2021-10-03T00:00:00-07:00'), Date.parse('2021-10-04T00:00:00-07:00')];
    const plates = busiest.map(([text]) => ({ text }));
    const { reads } = await store.plateHistory({ plates, from, until }, { limit: 10_000, retentionMs: undefined });
    const asked = new Set(plates.map(({ text }) => text));
    const expected = rows.filter((row) => asked.has(row.plate) && row.seenAt >= from && row.seenAt < until);
    expect(reads).toHaveLength(expected.length);
    expect(new Set(reads.map((read) => `${read.plate} ${read.seenAt} ${read.device}`))).toEqual(
      new Set(expected.map((row) => `${row.plate} ${row.seenAt} ${row.device}`)),
    );
  });

  it('are not doubled by a second import', async () => {
    const again = await run();
    expect(again).toMatchObject({ accepted: 0, alreadyPresent: 35_486, repeats: report.importId });
    expect(await store.count()).toBe(35_486);
  });
});
