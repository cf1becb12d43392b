import { expect, test, vi } from 'vitest';
import { append, connect, draft, ledgerOver, newLedger, useLedgers, verify } from '../test/ledgers.js';

useLedgers();

test('F20: a ledger reads no table whole for a proof, for the receipts of a transaction or for a start', async () => {
  const { ledger, database } = await newLedger();
  await append(ledger, database.dataSource, ...Array.from({ length: 300 }, (_, i) => draft(`r${i}`)));
  await ledger.integrated('r299', { timeoutMs: 20_000 });
  const dataSource = await connect(database.url);
  const spied = vi.spyOn(dataSource, 'query');
  const fresh = ledgerOver(dataSource);
  await fresh.start();
  await verify(await fresh.proofOf('r3'));
  await fresh.receipts({ txn: 'txn-r3' });
  await fresh.stop();
  const reads = spied.mock.calls.filter(([text]) => /^\s*(select|with)/i.test(text) && /\b(log_|receipt_)/.test(text));
  expect(reads.length).toBeGreaterThan(5);
  await database.dataSource.transaction(async (manager) => {
    // A table of a few rows is read whole because that is quickest; what matters is whether an index could serve it.
    await manager.query('set local enable_seqscan = off');
    for (const [text, values = []] of reads) {
      const plan = await manager.query<Record<string, string>[]>(`explain ${text}`, values);
      expect(plan.map((row) => row['QUERY PLAN']).join('\n'), text).not.toMatch(/Seq Scan/);
    }
  });
});
