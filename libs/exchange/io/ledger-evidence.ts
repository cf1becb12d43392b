import type { Ledger, ReceiptProof } from '#ledger/io';
import type { LedgerEvidenceBody, ReceiptProofBody } from '#protocol';

/**
 * Receipts of this node's ledger under one checkpoint, with the way to it from `fromSize`, the size that the reader
 * remembers (0 where it remembers none: then it looks up a witnessed checkpoint first). Content fields are opened to
 * nobody here: an evidence passes through other hands, and a count would tell a hit from a miss.
 */
export async function ledgerEvidence(
  ledger: Ledger,
  receiptIds: readonly string[],
  fromSize: number,
): Promise<LedgerEvidenceBody> {
  const durable = await Promise.all(receiptIds.map((receiptId) => ledger.integrated(receiptId)));
  const { size, checkpoint } = await ledger.headOf(Math.max(fromSize, ...durable.map(({ index }) => index + 1)));
  const receipts = await Promise.all(durable.map((proof) => proofAt(ledger, proof, size)));
  const known = fromSize > 0 && fromSize < size ? fromSize : 0;
  return {
    checkpoint,
    consistency_from: known,
    consistency: known === 0 ? [] : await ledger.consistency(known, size),
    receipts,
  };
}

/** Where the log has not grown since, the path that came with the receipt is the one that is wanted. */
async function proofAt(ledger: Ledger, durable: ReceiptProof, size: number): Promise<ReceiptProofBody> {
  const { entry, index, opening } = durable;
  const inclusion = durable.size === size ? durable.inclusion : await ledger.inclusion(index, size);
  return { entry, index, inclusion, opening: { accountability: { ...opening.accountability }, content: {} } };
}
