export { OfficerGuard, CurrentOfficer, Roles } from './officer.guard.js';
export type { OfficerProviderConfig } from './officer-provider.js';
export { officerPseudonym } from './officer-pseudonym.js';
export {
  OfficerSessions,
  type FinishedLogin,
  type OfficerSessionsOptions,
  type StartedLogin,
} from './officer-sessions.js';
export type { OfficerProviderEntry } from './provider-keys.js';
export {
  FinishSessionBody,
  StartSessionBody,
  type FinishSessionAnswer,
  type StartSessionAnswer,
} from './session.controller.js';
export { SessionError, type SessionErrorCode } from './session-error.js';
export { SessionModule } from './session.module.js';
export type { EndReason, OfficerSession } from './session-store.js';
export {
  OFFICER_ROLES,
  OfficerTokenError,
  verifyOfficerIdToken,
  type OfficerRole,
  type OfficerTokenErrorCode,
  type VerifiedOfficer,
  type VerifyOfficerIdTokenInput,
} from './verify-id-token.js';
