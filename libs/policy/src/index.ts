export { PolicyError, type PolicyErrorCode } from './policy-error.js';
export type { Problem } from './problem.js';
export { narrativeSigns, type NarrativeSign, type NarrativeSignKind } from './narrative-signs.js';
export {
  AGREEMENT_MODELS,
  MAX_TRIED,
  REACH_TARGETS,
  federationReach,
  findOwner,
  findSideDoors,
  isReachTarget,
  namesRecipients,
  parseFederation,
  parseReviewedNames,
  parseSharingGraph,
  readAgreements,
  readRegisteredAgencies,
  sideDoorsDocument,
  sideDoorsSvg,
  vendorNetwork,
  vendorReach,
  type AgreementModel,
  type ChangeSet,
  type FederationDocument,
  type FederationReach,
  type NotClosable,
  type ReachGraph,
  type ReachTarget,
  type SideDoors,
  type TableRow,
  type UnsettledNames,
  type VendorNetwork,
  type VendorReach,
} from './reach/index.js';
export type { Level, Protection } from './scale.js';
export type { AgencyClass, Code, Declaration, Kind } from './codes.js';
export { hotListPermit, type SourcePermit, type SourceRefusal } from './hot-list-permit.js';
export type { HotListSource } from './hot-list-sources.js';
export type { Offence } from './offences.js';
export {
  VOCABULARIES,
  VOCABULARY,
  legalProcessProtection,
  levelOf,
  levelRank,
  meetsLevel,
  protectionsCovering,
  retentionSeconds,
  vocabularyByDigest,
  type Vocabulary,
} from './vocabulary.js';
export {
  ABSENT,
  SEALED,
  known,
  type AreaSize,
  type Attestation,
  type Beneficiary,
  type BudgetUse,
  type Fact,
  type Facts,
  type HotListEntry,
  type LegalProcessContent,
  type Party,
  type Reach,
  type RequestFacts,
  type SignedDeclaration,
  type TimeWindow,
} from './facts.js';
export { ACCESS_LISTS, type Access, type AccessBody } from './access.js';
export { areaProblem, boxOf, containsArea, isWellFormedArea, type Area, type Box, type Circle } from './area.js';
export { areaHasPoint, areaIsWithin, areaSquareKm } from './area-measures.js';
export { areaMeetsBox } from './area-meets-box.js';
export { EARTH_METRES, metresBetween, type Point } from './sphere.js';
export type { SearchedScope, Warrant } from './warrant.js';
export {
  narrowToWarrant,
  outsideWarrant,
  type Cut,
  type WarrantProblem,
  type WarrantProblemCode,
  type WarrantedQuery,
} from './warrant-scope.js';
export type { Duty } from './exceptions.js';
export { allowsNarrowing } from './narrowing.js';
export { parseFacts } from './parse-facts.js';
export {
  PATTERN_KINDS,
  QUERY_KINDS,
  RULE_SCHEMA,
  isQueryKind,
  ruleDigest,
  type QueryKind,
  type Rule,
  type RuleSide,
} from './rule.js';
export type {
  AfterwardsDuty,
  ApprovalCondition,
  AskConditions,
  AskTier,
  BeneficiaryCondition,
  BudgetCondition,
  CameraCondition,
  CaseNumberCondition,
  DeclarationCondition,
  ExceptionCondition,
  ForbidClause,
  ForbidMatch,
  HotListCondition,
  LegalProcessCondition,
  ObligationCondition,
  OffenceCondition,
  OfficerCondition,
  PurposeCondition,
  RecipientCondition,
  ReleaseConditions,
  ReleaseTier,
  Requirement,
  ScopeCondition,
  ScopeLimits,
  SoftenedConditions,
  TierTrigger,
  WitnessCondition,
} from './conditions.js';
export { parseRule, parseRuleFile, parseRuleText, parseRuleYaml, ruleFromClaims } from './parse-rule.js';
export { ruleJsonSchema } from './rule-schema.js';
export { matchesCaseNumber } from './case-number.js';
export { formatInstant, parseInstant } from './instant.js';
export type { Determination, Reason, ReasonCode, Undetermined } from './finding.js';
export { AS_SEEN, coarser, type Coarsening } from './coarsening.js';
export { RECALL_HOLD_BASES, recallHoldAllowed, type ShownHold } from './recall-hold.js';
export { obligationsFor, type Obligations, type ObligationsInput } from './obligations.js';
export {
  decide,
  denyUndetermined,
  type Decision,
  type Deny,
  type Permit,
  type RuleReference,
  type RuleSection,
  type UndeterminedOutcome,
} from './decide.js';
export { explainDecision } from './explain.js';
export { decideFromJson, type DecideFromJsonInput } from './decide-from-json.js';
export { AuditExportReader, type AuditExport } from './simulate/audit-export.js';
export type { AuditRecord, RowProblem, RowProblemCode } from './simulate/audit-row.js';
export { pastSearches, type PastSearch, type PastSearches } from './simulate/past-search.js';
export { classOfRole, type OrganisationList, type PastOrganisation } from './simulate/past-organisation.js';
export { offenceLabels } from './simulate/offence-label.js';
export type { HiddenBecause, PastNote } from './simulate/past-facts.js';
export {
  simulate,
  type PastReason,
  type PastVerdict,
  type ReasonGroup,
  type Simulation,
  type SimulationInput,
} from './simulate/simulate.js';
export { summarise, type SimulationSummary } from './simulate/simulation-summary.js';
export { summaryParts } from './simulate/summary-words.js';
export { explainRule, explainedLines, type ExplainedPart } from './explain/explain-rule.js';
export { lintRule, type LintContext } from './lint/lint-rule.js';
export type { LintCode, LintFinding, LintSeverity } from './lint/lint-finding.js';
export { sourcePositions, type SourcePosition } from './lint/source-position.js';
export {
  diffRules,
  type Change,
  type DiffInput,
  type NamedParty,
  type PartyChange,
  type RuleDiff,
} from './diff/diff-rules.js';
export { comparedParties, draftAuthority, draftParty } from './draft-parties.js';
export { diffParts } from './diff/diff-words.js';
export {
  PROFILE_SCHEMA,
  profileDigest,
  type Confidence,
  type LawStatement,
  type OwnerDemands,
  type Profile,
  type Remark,
  type UnverifiedNote,
} from './profile.js';
export { parseProfile } from './parse-profile.js';
export { profiles, statutesBehind, type StatuteBehind } from './profiles.js';
export { attestedLaw } from './attested-law.js';
export { bindsOf, draftAttestations, effectOf, lawInForce } from './law-in-force.js';
export { STARTING_VALUE, startingRule, type StartingRuleInput } from './starting-rule.js';
export { newestReading, parityTable } from './parity-table/parity-table.js';
export { vocabularyDocument } from './vocabulary-document.js';
