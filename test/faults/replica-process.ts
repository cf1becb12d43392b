// One of several sequencers over one database, to be killed at any moment. It says every receipt on standard output before it
// appends it (`try ID`) and after it is durable (`ack ID INDEX SIZE ROOT`), so that whoever reads knows what was promised.
import 'reflect-metadata';
import { Ledger, type ReceiptDraft, type ReceiptProof } from '#ledger/io';
import { noteKeyFromSeed, parseCheckpoint, splitNote } from '#ledger';
import { createDataSource } from '#postgres/io';
import { readSigningKeyFile, systemClock, systemRandomness } from '#protocol/io';
import { REPLICA_ORIGIN } from './replica-child.js';
import { sideRecordsOf } from '../../libs/ledger/test/side-records.js';

const CLIENTS = 8;
const environment = (name: string): string => process.env[name] ?? '';
const dataSource = await createDataSource({
  url: environment('DATABASE_URL'),
  entities: [],
  migrations: [],
  poolSize: 4,
}).initialize();
const ledger = new Ledger({
  dataSource,
  origin: REPLICA_ORIGIN,
  issuer: 'https://replicas.example',
  noteKey: noteKeyFromSeed(REPLICA_ORIGIN, 'note', new Uint8Array(32).fill(7)),
  receiptKey: await readSigningKeyFile(environment('TEST_RECEIPT_KEY')),
  clock: systemClock,
  randomness: systemRandomness,
  askWitnesses: () => Promise.resolve([]),
  sideRecords: sideRecordsOf(),
});
await ledger.start();

let next = 0;
/** What an earlier life had begun and not seen the end of comes first: the same id has to give the same entry. */
const again = environment('TEST_AGAIN')
  .split(',')
  .filter((id) => id !== '');

/** Half of them with their batch, half inside a transaction; the id says which, so that a retry goes the same way. */
async function write(draft: ReceiptDraft): Promise<ReceiptProof> {
  if (/[02468]$/.test(draft.receiptId)) return ledger.record(draft, { timeoutMs: 60_000 });
  await dataSource.transaction((manager) => ledger.append(manager, draft));
  return ledger.integrated(draft.receiptId, { timeoutMs: 60_000 });
}

async function client(): Promise<void> {
  for (;;) {
    const receiptId = again.shift() ?? `${environment('TEST_LIFE')}/${(next += 1)}`;
    process.stdout.write(`try ${receiptId}\n`);
    const fields = { accountability: { id: receiptId }, content: {} };
    const { index, checkpoint } = await write({ receiptId, kind: 'granted', fields });
    const { size, root } = parseCheckpoint(splitNote(checkpoint).text);
    process.stdout.write(`ack ${receiptId} ${index} ${size} ${Buffer.from(root).toString('hex')}\n`);
  }
}

process.on('disconnect', () => process.exit(1));
await Promise.all(Array.from({ length: CLIENTS }, client));
