import type { DataSource } from 'typeorm';
import { readSideRecordKeys } from '#exchange/io';
import type { Opening, ReceiptKind } from '#ledger';
import { SideRecords, type SealedOpening } from '#ledger/io';
import { systemRandomness } from '#protocol/io';

export interface OpenedReceipt {
  readonly kind: ReceiptKind;
  readonly txn: string | null;
  readonly at: Date;
  readonly digest: string;
  readonly opening: Opening;
}

/** Receipts as they lie in a party's database, opened with the key of its folder: for whoever looks from beside the party. */
export async function openedReceipts(
  database: DataSource,
  environment: Readonly<Record<string, string | undefined>>,
  where: string,
  parameters: readonly unknown[] = [],
): Promise<OpenedReceipt[]> {
  const side = new SideRecords(await readSideRecordKeys(environment['COMITY_KEYS'] ?? ''), systemRandomness);
  const rows = await database.query<
    (Omit<OpenedReceipt, 'opening'> & { receipt_id: string; opening: SealedOpening })[]
  >(`select receipt_id, kind, txn, at, digest, opening from receipt_index where ${where} order by entry_index`, [
    ...parameters,
  ]);
  return rows.map(({ receipt_id: id, ...row }) => ({ ...row, opening: side.open(id, row.opening) }));
}
