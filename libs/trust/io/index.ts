export type { CollectionReport } from './collect-federation.js';
export { FederationClient, type FederationAuthority } from './federation-client.js';
export type { CollectedEntity } from './federation-register.js';
export { OwnConfiguration, type OwnConfigurationOptions } from './own-configuration.js';
export {
  TrustDirectory,
  type AgencyView,
  type PublishedLedger,
  type TrustDirectoryOptions,
} from './trust-directory.js';
