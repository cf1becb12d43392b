export { TrustError, type TrustErrorCode, type TrustEvidence } from './trust-error.js';
export { configurationUrl, parseEntityId, type EntityId } from './entity-id.js';
export { MAX_STATEMENT_SECONDS, type Validity } from './validity.js';
export { parseConstraints, type Constraints } from './constraints.js';
export { COMITY_ENTITY_TYPES, type ComityEntityType, type EntityMetadata, type LeafEntityType } from './metadata.js';
export {
  parseEntityConfiguration,
  parseSubordinateStatement,
  type ShownTrustMark,
  type UnverifiedEntityConfiguration,
  type UnverifiedSubordinateStatement,
} from './entity-statement.js';
export { verifyAnchorConfiguration, type PinnedAnchor, type VerifiedAnchor } from './trust-anchor.js';
export { requireStillInForce, verifyTrustChain, type VerifiedChain, type VerifiedLink } from './trust-chain.js';
export { AGREEMENT_287G, parseProtectionMarkType, protectionMarkType, type ProtectionType } from './protection-type.js';
export {
  BASES,
  parseTrustMark,
  verifyTrustMark,
  type Basis,
  type MarkIssuer,
  type MarkSubject,
  type UnverifiedTrustMark,
  type VerifiedTrustMark,
} from './trust-mark.js';
export {
  attestationsInForce,
  reconciledInForce,
  type Attestation,
  type AttestationProof,
  type JurisdictionMarks,
} from './attestations.js';
export type { Contradiction } from './contradictions.js';
export {
  signEntityConfiguration,
  signSubordinateStatement,
  signTrustMark,
  type EntityConfigurationContent,
  type SubordinateStatementContent,
  type TrustMarkContent,
} from './sign-statement.js';
export {
  parseStatusClaim,
  parseStatusList,
  requireFreshStatusList,
  requireValidStatus,
  signStatusList,
  STATUS_MAX_AGE_SECONDS,
  STATUS_MAX_ENTRIES,
  STATUS_TTL_SECONDS,
  statusAt,
  STATUSES,
  statusListUri,
  verifyStatusList,
  type Status,
  type StatusReference,
  type UnverifiedStatusList,
  type VerifiedStatusList,
} from './status-list.js';
export { compressStatuses, inflateStatuses, packStatuses, statusValue, type StatusBits } from './status-bits.js';
export {
  EVENT_KINDS,
  parseEvent,
  requireNextEvent,
  signEvent,
  verifyEvent,
  verifyEventFeed,
  type EventContent,
  type FederationEventKind,
  type FeedPosition,
  type UnverifiedEvent,
  type VerifiedEvent,
} from './federation-event.js';
export {
  MAX_DECLARATION_SECONDS,
  parseDeclaration,
  signDeclaration,
  verifyDeclaration,
  type DeclarationContent,
  type DeclaringOfficer,
  type UnverifiedDeclaration,
  type VerifiedDeclaration,
} from './declaration.js';
export {
  PROCESS_CLASSES,
  PROCESS_ROLES,
  type ProcessClass,
  type ProcessRole,
  type ProcessScope,
} from './process-scope.js';
export { boundsClaims, parseBounds, type ProcessArea, type ProcessBounds } from './process-bounds.js';
export { parseWarrant, signWarrant, verifyWarrant, type UnverifiedWarrant, type VerifiedWarrant } from './warrant.js';
export {
  parseWarrantAttestation,
  signWarrantAttestation,
  verifyWarrantAttestation,
  type UnverifiedAttestation,
  type VerifiedAttestation,
} from './warrant-attestation.js';
export { MARK_STATUSES, signTrustMarkStatus, verifyTrustMarkStatus, type MarkStatus } from './trust-mark-status.js';
export {
  resolvedMetadata,
  signResolveResponse,
  verifyResolveResponse,
  type ResolvedEntity,
} from './resolve-response.js';
export {
  KEY_REVOCATION_REASONS,
  keysInForceAt,
  requireVouchedFor,
  signHistoricalKeys,
  verifyHistoricalKeys,
  type HistoricalKey,
  type KeyLife,
  type KeyRevocationReason,
  type SignedStatement,
  type VerifiedKeyHistory,
} from './historical-keys.js';
export { signPossession, verifyPossession } from './possession.js';
export { KEY_JOBS, KeyRegister, type KeyCustody, type KeyJob } from './key-custody.js';
export {
  RECALL_OUTCOMES,
  RECALL_REASONS,
  signRecall,
  signRecallAnswer,
  verifyRecall,
  verifyRecallAnswer,
  type RecallOutcome,
  type RecallReason,
  type VerifiedRecall,
  type VerifiedRecallAnswer,
} from './recall.js';
export { signMarkDelegation, verifyMarkDelegation, type MarkOwner } from './mark-delegation.js';
export {
  AGREEMENT_MODELS,
  isWithinScope,
  partiesWithAccess,
  readStatedFacts,
  UNSTATED_ACCESS,
  type AccessParty,
  type AgencyAccess,
  type AgreementModel,
  type AuditedRecord,
  type AuditorScope,
  type JointAccess,
  type PartiesWithAccess,
  type Stated,
  type StatedFacts,
} from './stated-facts.js';
export { attestationsOfRecord, type AttestationsOfRecord, type TrustRecord } from './attestations-of-record.js';
export {
  examineTrustChain,
  type ChainExamination,
  type ExaminedCheck,
  type ExaminedStatement,
} from './examine-chain.js';
