export type { AgencyView } from './agency-views.js';
export type { CollectionReport } from './collect-federation.js';
export { FederationClient, type FederationAuthority } from './federation-client.js';
export type { CollectedEntity } from './federation-register.js';
export { OwnConfiguration, type OwnConfigurationOptions } from './own-configuration.js';
export { SEEN_NOTHING, seenStatementsIn, type SeenStatement, type SeenStatementsStore } from './seen-statements.js';
export { TrustDirectory, type PublishedLedger, type TrustDirectoryOptions } from './trust-directory.js';
