import type { DataSource } from 'typeorm';
import { Ledger, generateNoteKey, type ReceiptProof } from '#ledger/io';
import { createDataSource, runMigrations } from '#postgres/io';
import { generateSigningKey, systemClock, systemRandomness } from '#protocol/io';
import { migrations } from '../../migrations/ledger/index.js';
import { sideRecordsOf } from '../../libs/ledger/test/side-records.js';

const ORIGIN = 'faults.example/ledger';

/** Keys of one ledger, for as often as it is opened. */
export async function ledgerKeys() {
  return {
    noteKey: generateNoteKey(ORIGIN, 'note', systemRandomness).key,
    receiptKey: await generateSigningKey(),
  };
}

export type LedgerKeys = Awaited<ReturnType<typeof ledgerKeys>>;

export interface OpenLedger {
  readonly ledger: Ledger;
  readonly dataSource: DataSource;
  close(): Promise<void>;
}

export async function openLedger(url: string, keys: LedgerKeys): Promise<OpenLedger> {
  const dataSource = await createDataSource({ url, entities: [], migrations: [...migrations] }).initialize();
  await runMigrations(dataSource);
  const ledger = new Ledger({
    ...keys,
    dataSource,
    origin: ORIGIN,
    issuer: 'https://faults.example',
    clock: systemClock,
    randomness: systemRandomness,
    askWitnesses: () => Promise.resolve([]),
    sideRecords: sideRecordsOf(),
  });
  await ledger.start();
  return {
    ledger,
    dataSource,
    close: async () => {
      await ledger.stop();
      await dataSource.destroy().catch(() => undefined);
    },
  };
}

/** Clients that record receipts, by themselves and in transactions, and keep every proof that they were given. */
export class Load {
  readonly acknowledged = new Map<string, ReceiptProof>();
  readonly failures: unknown[] = [];
  #running = true;
  readonly #clients: Promise<unknown>;
  #made = 0;

  constructor(
    private readonly open: OpenLedger,
    private readonly name: string,
    clients: number,
  ) {
    this.#clients = Promise.all(Array.from({ length: clients }, (_, i) => this.#client(i % 2 === 0)));
  }

  async stop(): Promise<void> {
    this.#running = false;
    await this.#clients;
  }

  async #client(direct: boolean): Promise<void> {
    while (this.#running) {
      const receiptId = `${this.name}/${(this.#made += 1)}`;
      try {
        const proof = await this.#write(receiptId, direct);
        // What was promised, at the moment it was: nothing stands between the answer and this line.
        this.acknowledged.set(receiptId, proof);
      } catch (error) {
        this.failures.push(error);
        await systemClock.sleep(50);
      }
    }
  }

  async #write(receiptId: string, direct: boolean): Promise<ReceiptProof> {
    const { ledger, dataSource } = this.open;
    if (direct) return ledger.record(draftOf(receiptId), { timeoutMs: 1_500 });
    await dataSource.transaction((manager) => ledger.append(manager, draftOf(receiptId)));
    return ledger.integrated(receiptId, { timeoutMs: 1_500 });
  }
}

export function draftOf(receiptId: string) {
  const fields = { accountability: { txn: receiptId, filling: 'x'.repeat(300) }, content: {} };
  return { receiptId, kind: 'granted', txn: receiptId, fields } as const;
}

/** What of the promised is not there any more, or is there otherwise; and what the ledger finds wrong with itself. */
export async function lostOf(ledger: Ledger, promised: ReadonlyMap<string, ReceiptProof>): Promise<string[]> {
  const lost: string[] = [];
  await ledger.selfCheck().catch((error: unknown) => lost.push(`self-check: ${String(error)}`));
  const { size } = await ledger.head();
  for (const [receiptId, proof] of promised) {
    if (proof.size > size) {
      lost.push(`${receiptId}: a checkpoint of ${proof.size} was shown, and the log has ${size}`);
      continue;
    }
    const found = await ledger.proofOf(receiptId, { size: proof.size }).catch((error: unknown) => String(error));
    const isSame =
      typeof found !== 'string' &&
      found.entry === proof.entry &&
      found.index === proof.index &&
      found.checkpoint === proof.checkpoint;
    if (!isSame) lost.push(`${receiptId}: ${typeof found === 'string' ? found : 'another entry or checkpoint'}`);
  }
  return lost;
}
