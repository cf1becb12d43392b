import type { Opening, ReceiptKind } from '../src/index.js';

/** A receipt as the owner of the ledger finds it again. */
export interface ReceiptRecord {
  readonly receiptId: string;
  readonly index: number;
  readonly kind: ReceiptKind;
  readonly txn: string | null;
  readonly atMs: number;
  readonly opening: Opening;
  readonly digest: string;
}
