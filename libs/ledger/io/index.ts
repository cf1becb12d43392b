export { addCheckpoint, lastCosigned, type Witness, type WitnessAnswer, type WitnessedLog } from './add-checkpoint.js';
export { Ledger, type LedgerOptions, type ReceiptRecord } from './ledger.js';
export type { LedgerIdentity } from './batch.js';
export type { CosignedCheckpoint } from './cosignatures.js';
export type { ReceiptDraft } from './pending-receipts.js';
export type { ReceiptProof } from './receipt-proof.js';
export { SeenCheckpoints, type ShownCheckpoint, type SplitView } from './seen-checkpoints.js';
export { verifyReceipt, type ReceiptToVerify, type VerifiedReceipt } from './verify-receipt.js';
export { generateNoteKey } from './generate-note-key.js';
