export { LedgerError, type LedgerErrorCode } from './ledger-error.js';
export { decodeBase64, encodeBase64 } from './base64.js';
export { HASH_BYTES, emptyRoot, equalHashes, leafHash, nodeHash } from './tree-hash.js';
export { EMPTY_RANGE, appendLeaf, decodeEdge, encodeEdge, rootOf, type CompactRange } from './compact-range.js';
export { verifyConsistency, verifyInclusion } from './verify-proof.js';
export {
  consistencyProof,
  consistencyRanges,
  hashRange,
  inclusionProof,
  inclusionRanges,
  nodesOver,
  rangeNodes,
  type LeafRange,
  type NodePosition,
  type NodeReader,
} from './prove.js';
export {
  EMPTY_TREE,
  edgeOf,
  growTree,
  nodesOfTree,
  placeOf,
  readTile,
  rootOfTree,
  tileBytes,
  tileRoot,
  treeFromBorder,
  type FullTile,
  type GrowingTree,
  type TileRows,
} from './growing-tree.js';
export { TILE_HEIGHT, TILE_WIDTH, entriesPath, entriesPathOf, indexPath, tilePath, tilesAt } from './tiles.js';
export { parseTilePath, type TileRequest } from './parse-tile-path.js';
export { MAX_ENTRY_BYTES, decodeBundle, encodeBundle } from './entry-bundle.js';
export {
  formatVkey,
  noteKeyFromJwk,
  noteKeyFromSeed,
  parseVkey,
  type Ed25519Jwk,
  type NoteKey,
  type NoteKeyType,
  type VerificationKey,
} from './note-key.js';
export {
  openNote,
  parseSignatureLine,
  signNote,
  splitNote,
  type OpenedNote,
  type SignatureLine,
  type VerifiedSignature,
} from './signed-note.js';
export {
  formatCheckpoint,
  openCheckpoint,
  parseCheckpoint,
  type Checkpoint,
  type VerifiedCheckpoint,
} from './checkpoint.js';
export { cosign, verifyCosignature } from './cosignature.js';
export { formatSubmission, parseSubmission, type SubmittedCheckpoint } from './submission.js';
export { isQuorum, parseTlogPolicy, type PolicyLog, type PolicyWitness, type TlogPolicy } from './tlog-policy.js';
export {
  formatTlogProof,
  openCheckpointUnderPolicy,
  parseTlogProof,
  verifyTlogProof,
  type TlogProof,
} from './tlog-proof.js';
export {
  followCheckpoint,
  type CheckpointEvidence,
  type FollowVerdict,
  type RememberedCheckpoint,
} from './follow-checkpoint.js';
export { canonicalValue, type LedgerValue } from './canonical-value.js';
export {
  FIELD_GROUPS,
  SALT_BYTES,
  commit,
  commitFields,
  verifyOpening,
  type Commitments,
  type FieldGroup,
  type FieldVerdict,
  type OpenedField,
  type Opening,
  type OpeningVerdict,
  type ReceiptFields,
} from './commitment.js';
export { RECEIPT_KINDS, type ReceiptKind } from './receipt-kind.js';
