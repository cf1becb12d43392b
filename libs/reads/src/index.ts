export { ReadsError, type InstantRefusal, type PlateRefusal, type ReadsErrorCode } from './reads-error.js';
export { PLATE_MAX_LENGTH, normalisePlate, normalisePlateState } from './plate.js';
export { isNonPlate, markNonPlate } from './non-plate.js';
export { confusables } from './confusables.js';
export { misreadWarning, type MisreadWarning } from './misread.js';
export {
  CAMERA_OWNER_CLASSES,
  isCameraOwnerClass,
  type Candidate,
  isName,
  type CameraOwnerClass,
  type Location,
  type Read,
  type UnstoredRead,
} from './read.js';
export { formatInstant, parseInstant } from './instant.js';
export { capturedAt, checkTimeZone, instantOf, type LocalInstant } from './local-time.js';
export {
  coarseFacts,
  parsePlateHistoryQuery,
  plateHistoryQueryJson,
  windowLengthMs,
  type CoarseFacts,
  type PlateHistoryQuery,
} from './plate-history.js';
export { PLATES_MAX, type AskedPlate, type QueryWindow } from './query-members.js';
export {
  CLOSED_KINDS,
  QUERY_KINDS,
  areasOf,
  platesOf,
  readsQueryJson,
  searchedScope,
  type CompanionReveal,
  type LatestSighting,
  type NearScene,
  type PartialPlate,
  type PlateHistory,
  type QueryKind,
  type ReadsQuery,
  type TravellingTogether,
  type VehicleDescription,
} from './reads-query.js';
export { kindOfMembers, parseReadsQuery } from './parse-reads-query.js';
export {
  coarseFactDifferences,
  coarseFactsOf,
  type ClaimedQueryFacts,
  type CoarseFactDifference,
  type CoarseQueryFacts,
} from './coarse-facts.js';
export { AREAS_MAX, areaJson, parseArea, parseAreas, type CoarseArea } from './query-areas.js';
export type { Companion, PassedBy } from './companions.js';
export { fitsPattern, knownCharacters, type PlatePattern } from './plate-pattern.js';
export { isVehicle, normaliseVehicleWord, type Vehicle } from './vehicle.js';
export { minimise, type ReadField, type Telling, type ToldCompanion } from './minimise.js';
export { exceedsQuery, keepWithinQuery, type DroppedReads, type QueryExcess } from './within-query.js';
export { isExpired, obligationExpiry, receivedExpiry, retentionCutoff } from './retention.js';
export { retentionUnderLaw, type RetentionLimits } from './retention-limits.js';
export {
  HOLD_BASES,
  HOLD_STATUTES,
  isHoldBasis,
  parseHoldStatutes,
  type HoldBasis,
  type HoldStatute,
} from './hold-statute.js';
export { confirmedEnd, provisionalEnd, readsToHold, statuteFor, type HoldScope, type StatedHold } from './hold.js';
export { parseColumnMapping, type ColumnMapping, type ColumnOrConstant } from './column-mapping.js';
export type { RejectionReason } from './rejection.js';
export { readRow, rowReader, type RowOutcome, type RowReader } from './row.js';
export { csvCell, rejectedHeaderLine, rejectedLine } from './rejected-row.js';
export { MANUAL_LIST, isListName, type ActiveEntry, type ListedPlate, type ListedVehicle } from './hot-list/entry.js';
export { readEntry, type EntryOutcome, type EntryRejection } from './hot-list/read-entry.js';
export { NCIC_COLUMNS, OWN_COLUMNS, rowToEntry, type HotListFormat, type RowToEntry } from './hot-list/formats.js';
export { matchRead, platesToLookUp, type Match, type MatchKind, type MatchedRead } from './hot-list/match-read.js';
export { ageText, isFresh } from './hot-list/freshness.js';
export { LONGEST_SHIFT_MS, parseShifts, shiftEndAfter, type Shifts } from './hot-list/shifts.js';
export {
  ACTIONS,
  CONFIRMED_FOR_MS,
  OUTCOMES,
  VERIFICATION_RESULTS,
  actRefusals,
  checkSeen,
  isFalseHit,
  judge,
  misreadPairs,
  type ActRefusal,
  type ActSituation,
  type AlertAction,
  type AlertOutcome,
  type Claimed,
  type MisreadPair,
  type Seen,
  type Verification,
  type VerificationResult,
} from './hot-list/verification.js';
export { FORMAT_NAMES, FORMAT_TITLES, isFormatName, recogniseFormat, type FormatName } from './formats/format-names.js';
export { readDocument, readRecord } from './formats/read-document.js';
export type {
  CapturedRead,
  CaptureContext,
  FormatRecord,
  ImagePart,
  PassedOver,
  PlateCandidate,
  RecordOutcome,
} from './formats/captured-read.js';
export { unstored, withFacts, type SightingOutcome, type SourceFacts } from './formats/file-record.js';
