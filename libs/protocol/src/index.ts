export type { Clock, HttpRequest, HttpResponse, Network, Randomness } from './ports.js';
export { ProtocolError, tokenInvalid, type ProtocolErrorCode } from './errors.js';
export { decodeBase64url, encodeBase64url } from './base64url.js';
export {
  isJsonObject,
  parseStrictJson,
  parseStrictObject,
  type JsonLimits,
  type JsonObject,
  type JsonValue,
} from './strict-json.js';
export { canonicalJson, digestOf, digestOfText, saltedDigest, sha256 } from './canonical.js';
export { newIdentifier, newSalt, newTransactionId } from './identifiers.js';
export {
  importDecryptionKey,
  importSigningKey,
  keySetFrom,
  publicKeyFrom,
  type DecryptionKey,
  type KeySet,
  type KeyUse,
  type PublicKey,
  type SignatureAlgorithm,
  type SigningKey,
} from './keys.js';
export { TOKEN_PROFILES, type TokenKind, type TokenProfile } from './token-kinds.js';
export {
  CLOCK_TOLERANCE_SECONDS,
  NO_AUDIENCE,
  messageDigest,
  readToken,
  signToken,
  verifyArchivedToken,
  verifyToken,
  type UnverifiedToken,
  type VerifiedToken,
  type VerifyTokenInput,
} from './token.js';
export { foreignSignatureHolds, readForeignToken, type ForeignToken } from './foreign-signature.js';
export { sealedTo, encryptionTargetFrom, open, seal, type EncryptionTarget, type SealKind } from './seal.js';
export { PROBLEM_MEDIA_TYPE, ProblemError, problem, type Problem } from './problem.js';
export { IsCompactToken, IsRecord, isInstant } from './messages/field-rules.js';
export { parseMessage } from './messages/parse-message.js';
export {
  Ask,
  AskStatement,
  LEGAL_PROCESS_CLASSES,
  LegalProcess,
  OwnersCommitment,
  Provenance,
} from './messages/ask.js';
export { AREAS_MAX, POLYGON_POINTS_MAX, type QueryArea } from './messages/area.js';
export {
  CLOSED_KINDS,
  ClosedKindQuery,
  HotListAlertQuery,
  LatestSightingQuery,
  NearSceneQuery,
  PartialPlateQuery,
  PlateHistoryQuery,
  PlateTarget,
  TravellingTogetherQuery,
  VehicleDescriptionQuery,
  platesOf,
  type AskQuery,
  type AskedKind,
} from './messages/query.js';
export { ClearArea, QueryFacts } from './messages/query-facts.js';
export { CursorClaims } from './messages/cursor.js';
export {
  AnswerKey,
  ApprovalClaims,
  ClearFacts,
  ClearLegalProcess,
  ClearOfficer,
  LEGAL_PROCESS_DOCUMENTS_MAX,
  LEGAL_PROCESS_DOCUMENT_BYTES,
  OwnerOpening,
  RequestClaims,
  SealedPart,
} from './messages/request.js';
export {
  DUTIES,
  DutyClaims,
  DutyReportBody,
  DutyReportClaims,
  DutyReportedBody,
  LateApproval,
} from './messages/duty.js';
export { GrantClaims, HopClaims, ReleaseNoticeClaims, TraceQueryClaims } from './messages/hop-claims.js';
export {
  AnswerClaims,
  BROKER_END_STATES,
  DenialClaims,
  EndStateClaims,
  ObligationClaims,
  READ_FIELDS,
  ReasonClaims,
  ReleasedCandidate,
  ReleasedLocation,
  ReleasedRead,
  ReleasedVehicle,
} from './messages/outcome.js';
export {
  BrokerOutcomeBody,
  GrantBody,
  LedgerEvidenceBody,
  OpeningBody,
  OwnerOutcomeBody,
  REQUEST_STATES,
  ReceiptProofBody,
  ReleaseLoggedBody,
  ReleaseNoticeBody,
  SEALED_ANSWER_MAX,
  SubmitRequestBody,
  RecallAnsweredBody,
  RecallBody,
  TraceQueryBody,
  type RequestState,
} from './messages/evidence.js';
export {
  ActOnAlertBody,
  AlertDeliveryBody,
  AlertOutcomeBody,
  AlertPassedBody,
  BeginHotListImportBody,
  CompleteHotListImportBody,
  HotListEntriesBody,
  PassAlertBody,
  RemoveEntryBody,
  SeenInImage,
  TypeInEntryBody,
  VerifyAlertBody,
} from './messages/hot-list.js';
export { DeclareBody } from './messages/declare.js';
export { ExportReadsBody, FoundMark, FoundRow, TraceMarkBody } from './messages/export.js';
export { PlaceHoldBody, ReadHoldBody, RenewHoldBody } from './messages/hold.js';
