export { ARCHIVE_NOTHING, memberArchiveIn, type FormerMember, type MemberArchive } from './member-archive.js';
export type { RefusedMark } from './refused-marks.js';
export {
  REFUSED_NOTHING,
  refusedMarksIn,
  type RecordedRefusal,
  type RefusedMarksStore,
} from './refused-marks.store.js';
export type { AgencyView } from './agency-views.js';
export type { CollectionReport } from './collect-federation.js';
export { feedPositionsIn, FOLLOWED_NOTHING, type FeedPositionsStore } from './followed-feeds.js';
export { MAX_STAPLED, StatusLists, type StatusIssuer } from './status-lists.js';
export { CLIENT_LIMITS, FederationClient, type FederationAuthority } from './federation-client.js';
export type { CollectedEntity } from './federation-register.js';
export { OwnConfiguration, type OwnConfigurationOptions } from './own-configuration.js';
export { SEEN_NOTHING, seenStatementsIn, type SeenStatement, type SeenStatementsStore } from './seen-statements.js';
export { TrustDirectory, type TrustDirectoryOptions } from './trust-directory.js';
export type { PublishedLedger } from './published-logs.js';
export { ChainResolver, RESOLVER_LIMITS, type ResolvedChain, type ResolverLimits } from './chain-resolver.js';
