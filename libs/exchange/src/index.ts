export { ExchangeError, type ExchangeErrorCode } from './exchange-error.js';
export {
  askDigest,
  clearFactsDigest,
  clearFactsOf,
  commitToOwners,
  legalProcessCommitment,
  ownerIsCommitted,
  type SaltedOwner,
} from './ask.js';
export {
  MAX_RESPOND_SECONDS,
  readRequest,
  verifyLateRequest,
  verifyRequest,
  type UnverifiedRequest,
  type VerifiedRequest,
} from './verify-request.js';
export { answerKeyThumbprint, openSealedPart, type OpenedRequest } from './sealed-part.js';
export {
  factsAtBroker,
  factsAtOwner,
  factsAtRequester,
  partyOf,
  type BeneficiaryView,
  type CountedFacts,
  type OpenedFacts,
  type Parties,
  type ProcessFacts,
  type PartyView,
  type VerifiedPersons,
} from './decision-facts.js';
export {
  readProcess,
  verifiedProcess,
  warrantFact,
  type BelievedProcess,
  type ReadProcess,
  type ShownBy,
} from './legal-process/process-document.js';
export { narrowedDecision, type NarrowedDecision } from './legal-process/narrow-to-warrant.js';
export { decideByAll, decideFinally, rulesToSatisfy, type PublishedRule } from './rules-in-force.js';
export { verifyGrant } from './verify-grant.js';
export { openAnswer, verifyDenial, verifyEndState } from './verify-outcome.js';
export { protocolReason, reasonClaims } from './reasons.js';
export { withKindOffered } from './offered-kinds.js';
export {
  openLedgerCheckpoint,
  verifyEvidence,
  verifyReceiptProof,
  type ExpectedReceipt,
  type LedgerIdentity,
  type VerifiedReceipt,
} from './verify-evidence.js';
export {
  approvedFields,
  disapprovedFields,
  askedFields,
  provenanceField,
  auditReadFields,
  declaredFields,
  deletedFields,
  deliveredFields,
  endedFields,
  excessFields,
  grantedFields,
  opensTo,
  pageAskedFields,
  peerCheckpointFields,
  dutyFields,
  recallAnsweredFields,
  recalledFields,
  refusedFields,
  releaseFields,
  releaseLoggedFields,
  ruleFields,
  sentFields,
  splitViewFields,
  startedFields,
  unwitnessedFields,
  witnessedAgainFields,
  witnessedFields,
  type Hop,
  type ReceiptFields,
} from './receipt-fields.js';
export {
  alertedFields,
  deletionFields,
  exportFields,
  exportRefusedFields,
  holdEndedFields,
  holdPlacedFields,
  holdReadFields,
  keyDestroyedFields,
  keyTurnedFields,
  recallHeldFields,
  hotListImportedFields,
  outcomeFields,
  standingAlertFields,
  standingAlertLoggedFields,
  subscribedFields,
  actedFields,
  verifiedFields,
  cameraFields,
} from './receipt-fields-of-data.js';
export {
  countedWitnesses,
  independentWitnesses,
  type Cosigned,
  type Dependent,
  type KnownWitness,
} from './independent-witnesses.js';
export { encryptionKeyOf, nodeMetadataOf, type NodeMetadata, type ProviderMetadata } from './node-metadata.js';
export { declarationFact, verifiedDeclarations } from './declarations.js';
export { signRule, verifySignedRule, type SignedRule } from './signed-rule.js';
export {
  readTrace,
  verifyTrace,
  type TraceHop,
  type TraceReport,
  type TracedLedger,
  type UnverifiedTrace,
  type UnverifiedTraceLedger,
} from './trace/verify-trace.js';
export type { TraceCheck, TraceCheckCode, TraceCheckState } from './trace/trace-check.js';
export { unmatchedIn, type ReconciledSide, type Unmatched } from './trace/unmatched.js';
export type { TracedRequest } from './trace/reconcile-request.js';
export type { RequestEnd } from './trace/request-hops.js';
export {
  DISCLOSURE_LEVELS,
  MAX_EVIDENCE_BYTES,
  parseEvidenceDocuments,
  type DisclosureLevel,
  type EvidenceDocuments,
  ruleDigestsIn,
} from './evidence/evidence-documents.js';
export { disclose } from './evidence/disclose.js';
export { isUndisclosed, verifyEvidenceDocuments, type EvidenceReport } from './evidence/verify-evidence-bundle.js';
export type { EvidenceCheck, EvidenceCheckState } from './evidence/evidence-check.js';
export { evidenceHtml } from './evidence/evidence-html.js';
export { notProvenBy, provenBy } from './evidence/proofs-and-limits.js';
export {
  EVIDENCE_FILE,
  MANIFEST_FILE,
  REPORT_FILE,
  evidenceBytes,
  evidenceFiles,
  isEvidenceFile,
  type EvidenceFiles,
} from './evidence/evidence-files.js';
