import { expect, test, vi } from 'vitest';
import { createTestDatabase } from '../../../test/support/database.js';
import { seededRandomness } from '../../../test/support/fakes.js';
import { append, draft, ledgerOver, newLedger, useLedgers, verify } from '../test/ledgers.js';
import { sideRecordsOf } from '../test/side-records.js';
import { sealOpenings } from './erase-openings.js';
import { SideRecords } from './index.js';

useLedgers();

const tables = ['receipt_index', 'log_pending', 'log_batch', 'log_state', 'log_checkpoint'];

test('W14: after its content was erased nothing of it is in the tables, every proof stays valid, and the fields verify as erased', async () => {
  const { database, ledger } = await newLedger();
  const { dataSource } = database;
  await append(ledger, dataSource, draft('one', 'ZZZ999X'), draft('two', 'ABC123'));
  const proof = await ledger.integrated('one');
  const { salt } = proof.opening.content['plate'] ?? { salt: 'none' };
  expect(await ledger.eraseOpenings('content', { txn: 'txn-one' })).toBe(1);
  const after = await ledger.proofOf('one');
  expect(after.opening).toEqual({ accountability: proof.opening.accountability, content: {} });
  await expect(verify(await ledger.proofOf('one'))).rejects.toMatchObject({ code: 'opening_erased' });
  expect((await verify(await ledger.proofOf('two'))).fields.content).toEqual({ plate: 'matches' });
  await ledger.selfCheck();
  for (const table of tables) {
    const [row] = await dataSource.query<{ text: string }[]>(`select string_agg(t::text, '') as text from ${table} t`);
    for (const secret of ['ZZZ999X', salt]) expect(row?.text ?? '').not.toContain(secret);
  }
  // Not sealed again, by an earlier key or a later one: it is gone.
  const [stored] = await dataSource.query<{ opening: object }[]>(
    `select opening from receipt_index where txn = 'txn-one'`,
  );
  expect(Object.keys(stored?.opening ?? {})).toEqual(['accountability']);
  expect(await ledger.eraseOpenings('content', { before: Date.now() + 60_000, kept: ['txn-two'] })).toBe(0);
  expect(await ledger.keptOpenings('content', { before: Date.now() + 60_000, kept: ['txn-two', 'txn-one'] })).toBe(1);
  expect(await ledger.eraseOpenings('content', { before: Date.now() + 60_000, kept: ['txn-one'] })).toBe(1);
  expect(await ledger.eraseOpenings('accountability', { receiptIds: ['one', 'two'] })).toBe(2);
  expect((await ledger.receipts({ txn: 'txn-two' }))[0]?.opening).toEqual({ accountability: {}, content: {} });
});

test('a proof that was given a moment ago is given again without a look, and not with what was erased since (W14)', async () => {
  const { database, ledger } = await newLedger();
  const { dataSource } = database;
  await append(ledger, dataSource, draft('one', 'ZZZ999X'));
  const proof = await ledger.integrated('one');
  const statements = vi.spyOn(dataSource, 'query');
  expect(await ledger.integrated('one')).toEqual(proof);
  expect(statements).not.toHaveBeenCalled();
  statements.mockRestore();
  await ledger.eraseOpenings('content', { txn: 'txn-one' });
  const { opening } = await ledger.integrated('one');
  expect(opening).toEqual({ accountability: proof.opening.accountability, content: {} });
});

test('what an earlier version stored in clear, or an earlier key sealed, is sealed at the next start, once', async () => {
  const { database, ledger } = await newLedger();
  const { dataSource } = database;
  await append(ledger, dataSource, draft('one'), draft('two'));
  await Promise.all([ledger.integrated('one'), ledger.integrated('two')]);
  const clear = JSON.stringify((await ledger.receipts({ txn: 'txn-one' }))[0]?.opening);
  await dataSource.query(`update receipt_index set opening = $1::jsonb where receipt_id = 'one'`, [clear]);
  await ledger.stop();
  const next = new SideRecords(
    { current: new Uint8Array(32).fill(4), earlier: [new Uint8Array(32).fill(3)] },
    seededRandomness('next'),
  );
  expect(await sealOpenings(dataSource, next)).toBe(2);
  expect(await sealOpenings(dataSource, next)).toBe(0);
  // The first key is not needed any more.
  const only = new SideRecords({ current: new Uint8Array(32).fill(4), earlier: [] }, seededRandomness('only'));
  const rows = await dataSource.query<{ receipt_id: string; opening: object }[]>(
    `select receipt_id, opening from receipt_index`,
  );
  for (const { receipt_id: id, opening } of rows) {
    expect(only.open(id, opening).content['plate']?.value).toBe('ABC123');
    expect(() => sideRecordsOf().open(id, opening)).toThrow('cannot be opened');
  }
});

test('a node without the key of its side records does not start', async () => {
  const { dataSource } = await createTestDatabase('ledger');
  const ledger = ledgerOver(dataSource);
  await ledger.start();
  await append(ledger, dataSource, draft('one'));
  await ledger.integrated('one');
  await ledger.stop();
  const other = new SideRecords({ current: new Uint8Array(32).fill(9), earlier: [] }, seededRandomness('other'));
  await expect(sealOpenings(dataSource, other)).rejects.toMatchObject({ code: 'side_record_unreadable' });
});
