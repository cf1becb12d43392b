import type { DataSource } from 'typeorm';
import { SALT_BYTES, commitFields } from '#ledger';
import { Ledger, generateNoteKey, verifyReceipt, type ReceiptProof } from '#ledger/io';
import { createDataSource, runMigrations } from '#postgres/io';
import { keySetFrom, signToken, type SigningKey } from '#protocol';
import { generateSigningKey, systemClock, systemRandomness } from '#protocol/io';
import { migrations } from '../../migrations/ledger/index.js';
import type { BenchServer } from './bench-server.js';
import { measureLedger, receiptDraft, type LedgerLevel } from './ledger-load.js';
import { spreadOf, type Spread } from './percentile.js';
import { sideRecordsOf } from '../../libs/ledger/test/side-records.js';

/** Figures of the ledger, and beside them what it cannot be faster than. */
export interface LedgerBench {
  /** The server's own name for itself. */
  readonly server: string;
  readonly levels: readonly LedgerLevel[];
  /** The same where each receipt comes inside a transaction of its caller's, with its own commit. */
  readonly inTransaction: readonly LedgerLevel[];
  /** The same bytes, a row each, inserted in batches as they come, without tree, signature or index. */
  readonly bareInsert: readonly LedgerLevel[];
  readonly signaturesPerSecond: number;
  readonly verificationsPerSecond: number;
  readonly bytesPerEntry: readonly { readonly of: string; readonly bytes: number }[];
  readonly large: LargeLog | undefined;
}

export interface LargeLog {
  readonly entries: number;
  readonly fillPerSecond: number;
  /** Milliseconds. */
  readonly proof: Spread;
  readonly startMs: number;
  readonly checkMs: number;
  /** Plans of the statements that a proof and an append make, where any of them reads a whole table. */
  readonly wholeTableReads: readonly string[];
}

const ORIGIN = 'bench.example/ledger';
const ISSUER = 'https://bench.example';
const CLIENTS = [1, 32, 64, 96, 256];

export async function measureLedgerAlone(
  server: BenchServer,
  options: { seconds: number; entries: number | undefined },
  say: (line: string) => void,
): Promise<LedgerBench> {
  const { seconds, entries } = options;
  say('append to proof, at 1, 32, 64, 96 and 256 clients');
  const levels = await measureLedger(server, 'direct', CLIENTS, seconds);
  say('the same, each receipt inside a transaction of its caller');
  const inTransaction = await measureLedger(server, 'transaction', CLIENTS, seconds);
  say('bare batched INSERT of as many bytes');
  const bareInsert = await measureBareInsert(server, CLIENTS, seconds);
  say('signatures alone');
  const signaturesPerSecond = await measureSignatures(seconds);
  say('offline verification, and size');
  const { verificationsPerSecond, bytesPerEntry } = await measureVerification(server, seconds);
  const large = entries === undefined ? undefined : await measureLargeLog(server, entries, say);
  return {
    server: server.name,
    levels,
    inTransaction,
    bareInsert,
    signaturesPerSecond,
    verificationsPerSecond,
    bytesPerEntry,
    large,
  };
}

interface OpenLedger {
  readonly ledger: Ledger;
  readonly dataSource: DataSource;
  readonly key: SigningKey;
  readonly reopen: () => Ledger;
}

async function openLedger(server: BenchServer, name: string): Promise<OpenLedger> {
  const url = await server.createDatabase(`${name}_${Date.now()}`);
  const dataSource = await createDataSource({ url, entities: [], migrations: [...migrations] }).initialize();
  await runMigrations(dataSource);
  const noteKey = generateNoteKey(ORIGIN, 'note', systemRandomness).key;
  const key = await generateSigningKey();
  const reopen = () =>
    new Ledger({
      dataSource,
      origin: ORIGIN,
      noteKey,
      receiptKey: key,
      issuer: ISSUER,
      clock: systemClock,
      randomness: systemRandomness,
      askWitnesses: () => Promise.resolve([]),
      sideRecords: sideRecordsOf(),
    });
  const ledger = reopen();
  await ledger.start();
  return { ledger, dataSource, key, reopen };
}

/** Natural group commit as the ledger has it: what comes in while one statement is under way goes into the next. */
async function measureBareInsert(
  server: BenchServer,
  clients: readonly number[],
  seconds: number,
): Promise<LedgerLevel[]> {
  const url = await server.createDatabase(`bench_bare_${Date.now()}`);
  const dataSource = await createDataSource({ url, entities: [], migrations: [] }).initialize();
  await dataSource.query('create table bare (id bigint generated always as identity primary key, body bytea not null)');
  const body = Buffer.alloc(1_200, 'x');
  let waiting: (() => void)[] = [];
  let isWriting = false;
  const write = async (): Promise<void> => {
    if (isWriting) return;
    isWriting = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, 512);
      await dataSource.query('insert into bare (body) select unnest($1::bytea[])', [batch.map(() => body)]);
      for (const done of batch) done();
    }
    isWriting = false;
  };
  const insert = () =>
    new Promise<void>((resolve) => {
      waiting.push(resolve);
      void write();
    });
  const measured: LedgerLevel[] = [];
  for (const count of clients) {
    const taken: number[] = [];
    const started = performance.now();
    const client = async (): Promise<void> => {
      while (performance.now() < started + seconds * 1_000) {
        const begun = performance.now();
        await insert();
        taken.push(performance.now() - begun);
      }
    };
    await Promise.all(Array.from({ length: count }, client));
    const perSecond = taken.length / ((performance.now() - started) / 1_000);
    measured.push({ clients: count, perSecond, latency: spreadOf(taken) });
  }
  waiting = [];
  await dataSource.destroy();
  return measured;
}

/** Receipts signed as a batch signs them, side by side on the thread pool. */
async function measureSignatures(seconds: number): Promise<number> {
  const key = await generateSigningKey();
  const claims = {
    iss: ISSUER,
    ledger: ORIGIN,
    seq: 1,
    prev: null,
    kind: 'granted',
    iat: 1_795_305_600,
    filling: 'x'.repeat(700),
  };
  let signed = 0;
  const started = performance.now();
  while (performance.now() < started + seconds * 1_000) {
    await Promise.all(Array.from({ length: 256 }, () => signToken({ kind: 'receipt', claims, key })));
    signed += 256;
  }
  return signed / ((performance.now() - started) / 1_000);
}

async function measureVerification(server: BenchServer, seconds: number) {
  const { ledger, dataSource, key } = await openLedger(server, 'bench_verify');
  const keys = await keySetFrom({ keys: [key.publicJwk] }, 'sig');
  const ids = await fill(ledger, dataSource, 2_000);
  const proofs: ReceiptProof[] = [];
  for (const id of ids.slice(0, 500)) proofs.push(await ledger.proofOf(id));
  const started = performance.now();
  let verified = 0;
  while (performance.now() < started + seconds * 1_000) {
    const proof = proofs[verified % proofs.length];
    if (proof === undefined) break;
    await verifyReceipt({
      ...proof,
      issuer: ISSUER,
      keys,
      ledgerOrigin: ORIGIN,
      logVkey: ledger.vkey,
      expect: { kind: 'granted', fields: {} },
    });
    verified += 1;
  }
  const verificationsPerSecond = verified / ((performance.now() - started) / 1_000);
  const { size } = await ledger.head();
  const [row] = await dataSource.query<Record<string, string>[]>(
    `select (select sum(length(bundle)) from log_batch) as "entries as logged", pg_total_relation_size('log_batch') as "bundles, stored",
       pg_total_relation_size('log_tile') as "tiles", pg_total_relation_size('log_checkpoint') as "checkpoints",
       pg_total_relation_size('receipt_index') as "index with openings"`,
  );
  await ledger.stop();
  await dataSource.destroy();
  const bytesPerEntry = Object.entries(row ?? {}).map(([of, bytes]) => ({ of, bytes: Number(bytes) / size }));
  return { verificationsPerSecond, bytesPerEntry };
}

let filled = 0;

const PART = 2_048;

/** As `append` does it, many receipts in one statement; what the sequencer does with them is the same. */
async function fill(
  ledger: Ledger,
  dataSource: DataSource,
  count: number,
  say?: (done: number) => void,
): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) {
    const part = Array.from({ length: Math.min(PART, count - ids.length) }, () => `fill/${(filled += 1)}`);
    const made = part.map((id) => commitFields(receiptDraft(id).fields, () => systemRandomness.bytes(SALT_BYTES)));
    await dataSource.query(
      `insert into log_pending (receipt_id, kind, txn, commitments, opening, created)
       select id, 'granted', id, commitments::jsonb, opening::jsonb, now()
       from unnest($1::text[], $2::text[], $3::text[]) as row (id, commitments, opening)`,
      [
        part,
        made.map(({ commitments }) => JSON.stringify(commitments)),
        made.map(({ opening }) => JSON.stringify(opening)),
      ],
    );
    ids.push(...part);
    // One part ahead: the sequencer writes while the next is prepared.
    await ledger.integrated(ids.at(-PART - 1) ?? ids[0] ?? '', { timeoutMs: 600_000 });
    say?.(ids.length);
  }
  await ledger.integrated(ids.at(-1) ?? '', { timeoutMs: 600_000 });
  return ids;
}

async function measureLargeLog(server: BenchServer, entries: number, say: (line: string) => void): Promise<LargeLog> {
  const { ledger, dataSource, reopen } = await openLedger(server, 'bench_large');
  const started = performance.now();
  const ids = await fill(ledger, dataSource, entries, (done) => {
    if (done % (PART * 20) === 0) say(`${done.toLocaleString('en')} of ${entries.toLocaleString('en')} entries`);
  });
  const fillPerSecond = entries / ((performance.now() - started) / 1_000);
  await dataSource.query('analyze');
  const taken: number[] = [];
  for (let i = 0; i < 1_000; i += 1) {
    const id = ids[Math.floor((i * 7919 * 131) % ids.length)] ?? '';
    const begun = performance.now();
    await ledger.proofOf(id);
    taken.push(performance.now() - begun);
  }
  await ledger.stop();
  const wholeTableReads = await plansThatReadAll(dataSource);
  const again = reopen();
  const startMs = await timeOf(() => again.start());
  say('hashing all of it again');
  const checkMs = await timeOf(() => again.selfCheck());
  await again.stop();
  await dataSource.destroy();
  return { entries, fillPerSecond, proof: spreadOf(taken), startMs, checkMs, wholeTableReads };
}

/** The statements behind a proof and a start, by their plans: none may read a whole table (F20). */
async function plansThatReadAll(dataSource: DataSource): Promise<string[]> {
  const statements = [
    `select * from receipt_index where receipt_id = any(array['fill/1'])`,
    `select first, n, bundle from log_batch where first >= coalesce((select max(first) from log_batch where first <= 500000), 500000) and first < 500001 order by first limit 10000`,
    `select n, data from log_tile where level = 0 and n = any(array[17]::bigint[])`,
    `select note from log_checkpoint where size = 77`,
    `select * from log_state where id = 1`,
    `select * from receipt_index where txn = 'fill/1' order by entry_index`,
  ];
  return dataSource.transaction(async (manager) => {
    // A table of a few rows is read whole because that is quickest; what matters is whether an index could serve it.
    await manager.query('set local enable_seqscan = off');
    const found: string[] = [];
    for (const statement of statements) {
      const plan = await manager.query<Record<string, string>[]>(`explain ${statement}`);
      const text = plan.map((row) => row['QUERY PLAN'] ?? '').join('\n');
      if (/Seq Scan/.test(text)) found.push(statement);
    }
    return found;
  });
}

async function timeOf(run: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await run();
  return performance.now() - begun;
}
