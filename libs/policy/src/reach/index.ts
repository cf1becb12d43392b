export {
  type Adjacency,
  type Certainty,
  type ReachChange,
  type ReachGraph,
  type ReachParty,
  type ReachStep,
  type StepKind,
} from './reach-graph.js';
export { smallestChanges, type ChangeChoice, type ChangeSet, type NotClosable } from './minimum-changes.js';
export { countWays, listWays, type Way, type WayCounts } from './ways.js';
export { REACH_TARGETS, isReachTarget, type OrganisationClass, type ReachTarget } from './organisation-class.js';
export { agencyKey, readAgencyName, stateCode, type AgencyName } from './agency-name.js';
export { parseSharingGraph, type SharingGraph } from './sharing-graph.js';
export {
  AGREEMENT_MODELS,
  readAgreements,
  readRegisteredAgencies,
  type AgencyRegister,
  type Agreement287g,
  type AgreementModel,
  type RegisteredAgency,
  type TableRow,
} from './agency-lists.js';
export { REVIEWED_NAMES_SCHEMA, parseReviewedNames, type ReviewedNames } from './reviewed-names.js';
export {
  findOwner,
  namesRecipients,
  vendorNetwork,
  type UnsettledNames,
  type VendorNetwork,
  type VendorOrganisation,
  type VendorSources,
} from './vendor-network.js';
export type { UnmatchedAgreement } from './match-agreements.js';
export { vendorReach, type VendorReach } from './vendor-reach.js';
export { federationReach, type FederationReach } from './federation-reach.js';
export { parseFederation, type FederationDocument } from './parse-federation.js';
export { MAX_TRIED, findSideDoors, type SideDoors } from './side-doors.js';
export { SIDE_DOORS_SCHEMA, sideDoorsDocument } from './side-doors-document.js';
export { sideDoorsSvg, type PictureTitle } from './picture-svg.js';
