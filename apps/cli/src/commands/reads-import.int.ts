import { access, readFile, stat, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { FakeCli } from '../../test/fake-cli.js';

const MAPPING = {
  plate: 'plate',
  seen_at: 'seen',
  device: 'camera',
  camera_owner_class: { constant: 'public' },
  source: 'our-cameras',
};
const ROWS = [
  'plate,seen,camera',
  '7ABC123,2026-11-20T09:30:00-08:00,north',
  'CANARY%1,2026-11-20T09:31:00-08:00,north',
  '',
  '7ABC124,2026-11-20T09:32:00,north',
  '7ABC125,2026-11-20T09:33:00-08:00,south',
].join('\n');

let cli: FakeCli;
let database: TestDatabase;
let argv: string[];
beforeEach(async () => {
  cli = await FakeCli.create();
  database = await createTestDatabase('agency');
  const file = await cli.textFile('reads.csv', `${ROWS}\n`);
  argv = ['reads', 'import', file, '--mapping', await cli.file('map.json', MAPPING), '--database-url', database.url];
});

async function stored(): Promise<string[]> {
  const rows: { plate: string }[] = await database.dataSource.query('select plate from plate_read order by plate');
  return rows.map(({ plate }) => plate);
}

/** The command for the file of events, with its options. */
const ofFormat = (format: string, ...more: string[]) =>
  ['reads', 'import', join(cli.home, 'events.json'), '--database-url', database.url, '--format', format].concat(
    ['--camera-owner-class', 'business', '--source', 'yard'],
    more,
  );

describe('comity reads import', () => {
  it('stores reads, counts every row, and writes out what it could not take', async () => {
    const { exit, out, progress } = await cli.run(argv);
    expect(exit).toBe(0);
    expect(await stored()).toEqual(['7ABC123', '7ABC125']);
    expect(out).toMatch(/reads\.csv {2}5 rows/);
    expect(out).toMatch(/accepted +2$/m);
    expect(out).toMatch(/rejected +2: .*see .*reads\.csv\.rejected\.csv$/m);
    expect(out).toMatch(/blank +1$/m);
    expect(progress.at(-1)).toMatch(/^100 % {2}5 rows, 2 accepted, 2 rejected/);
    const rejected = join(cli.home, 'reads.csv.rejected.csv');
    expect((await stat(rejected)).mode & 0o777).toBe(0o600);
    expect(await readFile(rejected, 'utf8')).toContain('CANARY%1');
  });

  it('law 10: shows no plate', async () => {
    const { out, err, progress } = await cli.run(argv);
    expect([out, err, ...progress].join('\n')).not.toMatch(/7ABC12|CANARY/);
  });

  it('takes a zone for times without an offset, and says when a file was imported before', async () => {
    const zoned = [...argv, '--time-zone', 'America/Los_Angeles', '--rejected', join(cli.home, 'bad.csv'), '--json'];
    const first = JSON.parse((await cli.run(zoned)).out);
    expect(first).toMatchObject({ rows: 5, accepted: 3, rejected: 1, already_present: 0, repeats: null });
    expect(first.rejected_file).toBe(join(cli.home, 'bad.csv'));
    const second = JSON.parse((await cli.run(zoned)).out);
    expect(second).toMatchObject({ accepted: 0, already_present: 3, repeats: first.import_id });
    expect(await stored()).toHaveLength(3);
  });

  it('reads a compressed file, and leaves no empty file of rejected rows behind', async () => {
    const file = join(cli.home, 'good.csv.gz');
    await writeFile(file, gzipSync('plate,seen,camera\n7ABC126,2026-11-20T09:33:00-08:00,south\n'));
    const { exit } = await cli.run([...argv.slice(0, 2), file, ...argv.slice(3)]);
    expect(exit).toBe(0);
    expect(await stored()).toEqual(['7ABC126']);
    await expect(access(`${file}.rejected.csv`)).rejects.toThrow('ENOENT');
  });

  it.each([
    ['a column that is not there', { ...MAPPING, plate: 'number' }, 'mapping_column_missing'],
    ['a mapping with an unknown member', { ...MAPPING, colour: 'x' }, 'mapping_invalid'],
  ])('refuses %s with 2, and stores nothing', async (_, mapping, code) => {
    const map = await cli.file('map.json', mapping);
    const { exit, err } = await cli.run(argv.map((word) => (word.endsWith('map.json') ? map : word)));
    expect(exit).toBe(2);
    expect(err).toContain(`(${code})`);
    expect(await stored()).toEqual([]);
    await expect(access(join(cli.home, 'reads.csv.rejected.csv'))).rejects.toThrow('ENOENT');
  });

  it('ends with 7 where the database is away, 2 where the file is, and 1 where its tables are', async () => {
    const other = (url: string) => argv.map((word) => (word === database.url ? url : word));
    const away = await cli.run(other('postgres://nobody@127.0.0.1:1/nothing'));
    expect(away).toMatchObject({ exit: 7, out: '' });
    expect((await cli.run(argv.map((word) => (word.endsWith('reads.csv') ? '/nowhere.csv' : word)))).exit).toBe(2);
    const { url } = await createTestDatabase('empty');
    const empty = await cli.run(other(url));
    expect(empty.exit).toBe(1);
    expect(empty.err).toContain('start the agency’s node once');
  });

  it('wants a database: an option or DATABASE_URL', async () => {
    const { exit, err } = await cli.run(argv.slice(0, 5));
    expect(exit).toBe(2);
    expect(err).toContain('which database?');
    cli.environment['DATABASE_URL'] = database.url;
    expect((await cli.run(argv.slice(0, 5))).exit).toBe(0);
  });

  const FRIGATE = { type: 'new', after: { id: '1795339815.25-q7f3ab', camera: 'yard', start_time: 1_795_339_815.25 } };
  const event = (plate: string) =>
    JSON.stringify({ ...FRIGATE, after: { ...FRIGATE.after, recognized_license_plate: plate } });
  it('reads the format of a camera, whose owner the options name', async () => {
    cli.clock.set(Date.parse('2026-11-22T12:00:00Z'));
    await cli.textFile('events.json', `${event('7ABC127')}\n${event('')}\n${event('CANARY%1')}\n`);
    const { exit, out } = await cli.run([...ofFormat('frigate'), '--json']);
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      accepted: 1,
      rejected: 1,
      passed_over: 1,
      passed_over_by_reason: { no_plate: 1 },
    });
    expect(await database.dataSource.query('select plate, device, camera_owner_class from plate_read')).toEqual([
      { plate: '7ABC127', device: 'yard', camera_owner_class: 'business' },
    ]);
    const rejected = await readFile(join(cli.home, 'events.json.rejected.csv'), 'utf8');
    expect(rejected).toMatch(/^"3","plate_wildcard","after.recognized_license_plate",/m);
  });

  it('takes several files, each by itself, and one that is wrong holds up no other', async () => {
    cli.clock.set(Date.parse('2026-11-22T12:00:00Z'));
    const later = event('7ABC129').replace('q7f3ab', 'q7f3ac');
    await cli.textFile('events.json', event('7ABC128'));
    const second = await cli.textFile('more.json', `${later}\n${event('CANARY%2')}`);
    const third = await cli.textFile('wrong.json', 'plate,seen');
    const argv = ofFormat('frigate');
    const { exit, out, err } = await cli.run([...argv.slice(0, 3), second, third, ...argv.slice(3)]);
    expect(exit).toBe(2);
    expect(err).toMatch(/wrong\.json: .*neither JSON nor XML.*\(format_mismatch\)/);
    expect(out).toMatch(/more\.json +1 rejected; see .*more\.json\.rejected\.csv/);
    expect(out).toMatch(/2 files +3 rows[^]*accepted +2/);
    expect(await stored()).toEqual(['7ABC128', '7ABC129']);
    await expect(access(`${third}.rejected.csv`)).rejects.toThrow('ENOENT');
    const json = await cli.run([...argv.slice(0, 3), second, ...argv.slice(3), '--json']);
    expect(JSON.parse(json.out)).toMatchObject({
      imports: [{ already_present: 1 }, { already_present: 1 }],
      failed: [],
    });
  });

  it('says what a file looks like that is not of the format, and lists the formats', async () => {
    await cli.textFile('events.json', event('7ABC127'));
    const { exit, err } = await cli.run(ofFormat('rekor'));
    expect([exit, err]).toEqual([2, expect.stringContaining('is not `rekor`: it looks like `frigate`')]);
    expect((await cli.run(ofFormat('vhs'))).err).toContain('plate-recognizer-csv');
    expect((await cli.run(['reads', 'import', '--help'])).out).toMatch(/^ +hikvision +Hikvision: XML/m);
    expect(await stored()).toEqual([]);
  });

  it.each([
    ['no owner class', ['--format', 'rekor', '--source', 'x'], 'whose cameras are they?'],
    ['no source', ['--format', 'rekor', '--camera-owner-class', 'public'], 'which system'],
    ['a mapping', ['--format', 'rekor', '--mapping', 'map.json'], '--mapping is for CSV'],
    [
      'no place',
      ['--format', 'rekor', '--camera-owner-class', 'public', '--source', 'x', '--location', '91,0'],
      'LAT,LON',
    ],
    ['a CSV file without a mapping', [], 'wants --mapping'],
  ])('refuses %s with 2', async (_, options, message) => {
    await cli.textFile('events.json', '{}');
    const { exit, err } = await cli.run([...ofFormat('rekor').slice(0, 5), ...options]);
    expect([exit, err]).toEqual([2, expect.stringContaining(message)]);
  });
});
