import type { DataSource } from 'typeorm';
import { createDataSource, runMigrations } from '#postgres/io';
import { systemClock } from '#protocol/io';
import type { UnstoredRead } from '#reads';
import { ReadStore, deleteExpiredReads, namesReads, type StoredReads } from '#reads/io';
import { migrations as agency } from '../../migrations/agency/index.js';
import { migrations as ledger } from '../../migrations/ledger/index.js';
import type { BenchServer } from './bench-server.js';
import { copyBare } from './copy-bare.js';
import { generatedReads, type GeneratedReads } from './generated-reads.js';
import { measureSearches, type MeasuredSearch } from './search-load.js';

const BATCH = 10_000;
const DAY_MS = 86_400_000;
/** Of the comparisons beside the whole: enough to be steady. */
const SAMPLE = 500_000;

export interface ReadsBench {
  readonly server: string;
  readonly reads: number;
  readonly days: number;
  /** Reads a second. */
  readonly ingest: number;
  readonly ingestAgain: number;
  readonly primaryKeyAlone: number;
  readonly rawCopy: number;
  readonly searches: readonly MeasuredSearch[];
  /** Bytes a read. */
  readonly sizes: readonly { readonly of: string; readonly bytes: number }[];
  readonly dropDayMs: number;
  readonly readsOfDroppedDay: number;
  /** Megabytes. */
  readonly nodeMemory: number;
  readonly databaseMegabytes: number;
}

/** Fills a store with generated reads and measures everything that an agency would wait for. */
export async function measureReads(
  server: BenchServer,
  count: number,
  say: (line: string) => void,
): Promise<ReadsBench> {
  const generated = generatedReads(count, Math.floor(Date.now() / 86_400_000));
  const sample = Math.min(count, SAMPLE);
  say('raw COPY into one table without index, of the same columns');
  const rawCopy = await inDatabase(server, 'bench_copy', (dataSource) => copyBare(dataSource, generated, sample));
  say('ingest with the primary key alone');
  const primaryKeyAlone = await inDatabase(server, 'bench_key', async (dataSource) => {
    await dataSource.query(`drop index plate_read_cell_time, plate_read_device_time, plate_read_time,
      plate_read_make_time, plate_read_reversed, plate_read_event_key, plate_read_no_cell`);
    return ingest(dataSource, generated, sample, () => undefined);
  });
  return inDatabase(server, 'bench_reads', async (dataSource) => {
    say('ingest with every index');
    const rate = await ingest(dataSource, generated, count, (done) => {
      if (done % 500_000 === 0) say(`${done.toLocaleString('en')} of ${count.toLocaleString('en')} reads`);
    });
    say('the first of them again, which changes nothing');
    const ingestAgain = await ingest(dataSource, generated, Math.min(count, 100_000), () => undefined);
    await analyse(dataSource);
    const searches = await measureSearches(dataSource, generated, say);
    const sizes = await sizesOf(dataSource, count);
    const nodeMemory = process.memoryUsage().rss / 2 ** 20;
    const [size] = await dataSource.query<{ bytes: string }[]>('select pg_database_size(current_database()) as bytes');
    say('the oldest day dropped');
    const dropped = await dropOldestDay(dataSource, generated.from);
    return {
      server: server.name,
      reads: count,
      days: generated.days,
      ingest: rate,
      ingestAgain,
      primaryKeyAlone,
      rawCopy,
      searches,
      sizes,
      ...dropped,
      nodeMemory,
      databaseMegabytes: Number(size?.bytes) / 2 ** 20,
    };
  });
}

async function inDatabase<T>(
  server: BenchServer,
  name: string,
  work: (dataSource: DataSource) => Promise<T>,
): Promise<T> {
  const url = await server.createDatabase(`${name}_${Date.now()}`);
  const dataSource = await createDataSource({
    url,
    entities: [],
    migrations: [...new Set([...ledger, ...agency])],
    isPlannedAnew: namesReads,
  }).initialize();
  await runMigrations(dataSource);
  try {
    return await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

/** Reads a second, from the making of the reads to their commit. */
async function ingest(
  dataSource: DataSource,
  generated: GeneratedReads,
  count: number,
  progress: (done: number) => void,
): Promise<number> {
  const store = new ReadStore({ dataSource, clock: systemClock });
  const started = performance.now();
  let stored: Promise<StoredReads> | undefined;
  for (let done = 0; done < count; done += BATCH) {
    const batch: UnstoredRead[] = [];
    for (let index = done; index < Math.min(done + BATCH, count); index += 1) batch.push(generated.read(index));
    // The next batch is made while one is stored.
    await stored;
    stored = store.insertMany(batch);
    progress(done + batch.length);
  }
  await stored;
  return count / ((performance.now() - started) / 1_000);
}

/** Of many reads it takes longer than a statement of the running program may. */
async function analyse(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query('set statement_timeout = 0');
    await runner.query('vacuum analyze plate_read');
    await runner.query('reset statement_timeout');
  } finally {
    await runner.release();
  }
}

async function sizesOf(dataSource: DataSource, count: number): Promise<{ of: string; bytes: number }[]> {
  const rows = await dataSource.query<{ of: string; bytes: string }[]>(
    `select of, sum(bytes) as bytes from (
       select 'table' as of, pg_relation_size(inhrelid) as bytes from pg_inherits where inhparent = 'plate_read'::regclass
       union all
       select p.relname, pg_relation_size(i.inhrelid) from pg_inherits i
       join pg_class p on p.oid = i.inhparent join pg_index x on x.indexrelid = p.oid
       where x.indrelid = 'plate_read'::regclass) sized
     group by of order by of`,
  );
  return rows.map(({ of, bytes }) => ({ of, bytes: Number(bytes) / count }));
}

/** As the retention job deletes it, counted by class, with a look for holds; without its certificate. */
async function dropOldestDay(
  dataSource: DataSource,
  first: number,
): Promise<{ dropDayMs: number; readsOfDroppedDay: number }> {
  const [oldest] = await dataSource.query<{ name: string }[]>(
    `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'plate_read'::regclass order by 1 limit 1`,
  );
  const name = oldest?.name ?? '';
  const [counted] = await dataSource.query<{ reads: string }[]>(`select count(*) as reads from ${name}`);
  const begun = performance.now();
  await deleteExpiredReads(
    dataSource,
    { cutoff: first + DAY_MS - 1, retentionMs: DAY_MS, now: Date.now() },
    async () => {},
  );
  return { dropDayMs: performance.now() - begun, readsOfDroppedDay: Number(counted?.reads) };
}
