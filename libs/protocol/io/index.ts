export { BackgroundRounds } from './background-rounds.js';
export { systemClock, systemRandomness } from './system-ports.js';
export { egressRule, LOOPBACK_TOO, networkList, OFFICE_TOO, PUBLIC_ONLY, type Egress } from './egress.js';
export { undiciNetwork, type ClosableNetwork, type UndiciNetworkOptions } from './undici-network.js';
export {
  generateDecryptionKey,
  generatePrivateJwk,
  generateSigningKey,
  readDecryptionKeyFile,
  readPrivateText,
  readSigningKeyFile,
  writeKeyFile,
  writeSecretFile,
  shredFile,
} from './key-files.js';
export { createHttpApp, type HttpAppOptions } from './http-app.js';
export { ProblemFilter } from './problem-filter.js';
export type { ProblemOf } from './problem-of-failure.js';
