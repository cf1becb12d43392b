import type { DataSource } from 'typeorm';
import { grantedFields } from '#exchange';
import { Ledger, generateNoteKey } from '#ledger/io';
import { createDataSource, runMigrations } from '#postgres/io';
import { generateSigningKey, systemClock, systemRandomness } from '#protocol/io';
import { migrations } from '../../migrations/ledger/index.js';
import type { BenchServer } from './bench-server.js';
import { spreadOf, type Spread } from './percentile.js';
import { sideRecordsOf } from '../../libs/ledger/test/side-records.js';

export interface LedgerLevel {
  readonly clients: number;
  readonly perSecond: number;
  /** From the beginning, with the transaction where there is one, to the proof under a signed checkpoint. Milliseconds. */
  readonly latency: Spread;
}

const ORIGIN = 'bench.example/ledger';
const DIGEST = 'A'.repeat(43);

/** `direct`: receipts that come alone and share their commits. `transaction`: each inside a transaction of its caller's. */
export type AppendPath = 'direct' | 'transaction';

/** A ledger on a database of its own; every client appends one receipt and waits for its proof, again and again. */
export async function measureLedger(
  server: Pick<BenchServer, 'createDatabase'>,
  path: AppendPath,
  clients: readonly number[],
  seconds: number,
): Promise<LedgerLevel[]> {
  const url = await server.createDatabase(`bench_ledger_${Date.now()}`);
  const dataSource = await createDataSource({ url, entities: [], migrations: [...migrations] }).initialize();
  await runMigrations(dataSource);
  const noteKey = generateNoteKey(ORIGIN, 'note', systemRandomness).key;
  const ledger = new Ledger({
    dataSource,
    origin: ORIGIN,
    noteKey,
    receiptKey: await generateSigningKey(),
    issuer: 'https://bench.example',
    clock: systemClock,
    randomness: systemRandomness,
    askWitnesses: () => Promise.resolve([]),
    sideRecords: sideRecordsOf(),
  });
  await ledger.start();
  try {
    await load(ledger, dataSource, path, 8, 1);
    const measured: LedgerLevel[] = [];
    for (const count of clients) measured.push(await load(ledger, dataSource, path, count, seconds));
    return measured;
  } finally {
    await ledger.stop();
    await dataSource.destroy();
  }
}

let appended = 0;

async function load(
  ledger: Ledger,
  dataSource: DataSource,
  path: AppendPath,
  clients: number,
  seconds: number,
): Promise<LedgerLevel> {
  const taken: number[] = [];
  const started = performance.now();
  const until = started + seconds * 1_000;
  const client = async (): Promise<void> => {
    while (performance.now() < until) {
      const begun = performance.now();
      const receiptId = `bench/${(appended += 1)}`;
      if (path === 'direct') await ledger.record(receiptDraft(receiptId));
      else {
        await dataSource.transaction((manager) => ledger.append(manager, receiptDraft(receiptId)));
        await ledger.integrated(receiptId);
      }
      taken.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return { clients, perSecond: taken.length / ((performance.now() - started) / 1_000), latency: spreadOf(taken) };
}

/** A receipt as a broker writes it for every request. */
export function receiptDraft(receiptId: string) {
  return {
    receiptId,
    kind: 'granted',
    txn: receiptId,
    fields: grantedFields({
      txn: receiptId,
      trace: '00-00000000000000000000000000000001-0000000000000001-00',
      request: DIGEST,
      requester: 'https://asks.example',
      owner: 'https://holds.example',
      rule: DIGEST,
      undetermined: ['case_number'],
    }),
  } as const;
}
