export { PolicyError, type PolicyErrorCode } from './policy-error.js';
export type { Problem } from './problem.js';
export type { Level, Protection } from './scale.js';
export type { AgencyClass, Code, Declaration, Kind } from './codes.js';
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
  type Attestation,
  type Beneficiary,
  type Fact,
  type Facts,
  type LegalProcessContent,
  type Party,
  type Reach,
  type RequestFacts,
  type TimeWindow,
} from './facts.js';
export { parseFacts } from './parse-facts.js';
export {
  RULE_SCHEMA,
  ruleDigest,
  type ApprovalCondition,
  type AskConditions,
  type BeneficiaryCondition,
  type CaseNumberCondition,
  type ExceptionCondition,
  type LegalProcessCondition,
  type ObligationCondition,
  type OffenceCondition,
  type OfficerCondition,
  type PurposeCondition,
  type RecipientCondition,
  type ReleaseConditions,
  type Requirement,
  type Rule,
  type RuleSide,
  type ScopeCondition,
} from './rule.js';
export { parseRule, parseRuleText, ruleFromClaims } from './parse-rule.js';
export { matchesCaseNumber } from './case-number.js';
export { formatInstant, parseInstant } from './instant.js';
export type { Determination, Reason, ReasonCode, Undetermined } from './finding.js';
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
export { LAW_SCHEMA, parseLaw, type AgencyStatement, type LawOfJurisdiction, type LawStatement } from './parse-law.js';
export { AuditExportReader, type AuditExport } from './simulate/audit-export.js';
export type { AuditRecord, RowProblem, RowProblemCode } from './simulate/audit-row.js';
export { pastSearches, type PastSearch, type PastSearches } from './simulate/past-search.js';
export { classOfRole, type OrganisationList, type PastOrganisation } from './simulate/past-organisation.js';
export { offenceLabels } from './simulate/offence-label.js';
export {
  PROFILE_SCHEMA,
  profileDigest,
  type Confidence,
  type OwnerDemands,
  type Profile,
  type Remark,
  type UnverifiedNote,
} from './profile.js';
export { parseProfile } from './parse-profile.js';
export { profiles, statutesBehind, type StatuteBehind } from './profiles.js';
export { bindsOf, draftAttestations, effectOf, lawInForce } from './law-in-force.js';
