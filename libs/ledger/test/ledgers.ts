import type { DataSource } from 'typeorm';
import { afterEach, beforeAll, expect } from 'vitest';
import { createDataSource } from '#postgres/io';
import { keySetFrom, readToken, type KeySet, type SigningKey } from '#protocol';
import { generateSigningKey, systemClock } from '#protocol/io';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { seededRandomness } from '../../../test/support/fakes.js';
import {
  Ledger,
  verifyReceipt,
  type AskWitnesses,
  type ReceiptDraft,
  type ReceiptProof,
  type VerifiedReceipt,
} from '../io/index.js';
import { sideRecordsOf } from './side-records.js';
import { noteKeyFromSeed, type LedgerError, type LedgerErrorCode } from '../src/index.js';

export const origin = 'ledger.example/node';
export const issuer = 'https://node.example';
export const noteKey = noteKeyFromSeed(origin, 'note', new Uint8Array(32).fill(1));

let receiptKey: SigningKey;
let keys: KeySet;
let seeds = 0;
const running: { stop(): Promise<unknown> }[] = [];

/** Makes the keys before the tests of a file and stops after each test what it started. To be called once a file. */
export function useLedgers(): void {
  beforeAll(async () => {
    receiptKey = await generateSigningKey();
    keys = await keySetFrom({ keys: [receiptKey.publicJwk] }, 'sig');
  });
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop();
  });
}

/** A ledger that is not started. */
export function ledgerOver(
  dataSource: DataSource,
  of = { origin, noteKey },
  askWitnesses: AskWitnesses = () => Promise.resolve([]),
): Ledger {
  const randomness = seededRandomness(`ledger ${(seeds += 1)}`);
  const sideRecords = sideRecordsOf(randomness);
  const common = { dataSource, issuer, receiptKey, clock: systemClock, randomness, sideRecords, askWitnesses };
  const ledger = new Ledger({ ...of, ...common });
  running.unshift(ledger);
  return ledger;
}

export async function startLedger(dataSource: DataSource): Promise<Ledger> {
  const ledger = ledgerOver(dataSource);
  await ledger.start();
  return ledger;
}

export async function newLedger(): Promise<{ database: TestDatabase; ledger: Ledger }> {
  const database = await createTestDatabase('ledger');
  return { database, ledger: await startLedger(database.dataSource) };
}

/** Another process: its own connections to the same database. */
export async function connect(url: string, applicationName = 'other'): Promise<DataSource> {
  const dataSource = createDataSource({ url, entities: [], migrations: [], poolSize: 4, applicationName });
  await dataSource.initialize();
  running.push({ stop: () => dataSource.destroy() });
  return dataSource;
}

export function draft(receiptId: string, plate = 'ABC123'): ReceiptDraft {
  const txn = `txn-${receiptId}`;
  const accountability = { txn, parties: ['a', 'b'] };
  return { receiptId, kind: 'granted', txn, fields: { accountability, content: { plate } } };
}

export async function append(ledger: Ledger, dataSource: DataSource, ...receipts: ReceiptDraft[]): Promise<void> {
  await dataSource.transaction(async (manager) => {
    for (const receipt of receipts) await ledger.append(manager, receipt);
  });
}

/** As the other side verifies it, of a receipt that `draft` made. */
export function verify(proof: ReceiptProof): Promise<VerifiedReceipt> {
  const { entry, index, inclusion, checkpoint, opening } = proof;
  const fields = { accountability: { txn: `txn-${proof.receiptId}` }, content: { plate: 'ABC123' } };
  const from = { issuer, keys, ledgerOrigin: origin, logVkey: noteKey.vkey };
  return verifyReceipt({ ...from, entry, index, inclusion, checkpoint, opening, expect: { kind: 'granted', fields } });
}

/** Every receipt that was promised verifies, has a place of its own, and one chain runs through all of them. */
export async function expectOneHistory(ledger: Ledger, proofs: readonly ReceiptProof[]): Promise<void> {
  for (const proof of proofs) await verify(proof);
  const { size } = await ledger.head();
  expect(size).toBe(proofs.length);
  expect(new Set(proofs.map((proof) => proof.index)).size).toBe(size);
  const entries = await ledger.entries(0, size);
  for (const proof of proofs) expect(entries[proof.index]).toBe(proof.entry);
  let prev: string | null = null;
  for (const [seq, entry] of entries.entries()) {
    const { claims, digest } = readToken('receipt', entry);
    expect(claims).toMatchObject({ seq, prev, iss: issuer, ledger: origin });
    prev = digest;
  }
  await ledger.selfCheck();
}

/** Matches a LedgerError by its code, by what its evidence holds, and where given by what it says. */
export function failure(code: LedgerErrorCode, evidence: Record<string, unknown> = {}, message?: string): LedgerError {
  const says = message === undefined ? {} : { message };
  return expect.objectContaining({ code, evidence: expect.objectContaining(evidence), ...says }) as LedgerError;
}
