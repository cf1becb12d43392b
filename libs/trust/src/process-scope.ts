import type { JsonObject, JsonValue } from '#protocol';
import { parseEntityId } from './entity-id.js';
import { StrictClaims } from './strict-claims.js';
import { TrustError } from './trust-error.js';

/** What an issuer of legal process can be. */
export const PROCESS_ROLES = ['court', 'prosecutor'] as const;
export type ProcessRole = (typeof PROCESS_ROLES)[number];

/** Of the classes of legal process, those that are a document with an issuer. */
export const PROCESS_CLASSES = ['sworn-statement', 'court-order', 'warrant'] as const;
export type ProcessClass = (typeof PROCESS_CLASSES)[number];

/** What a court or prosecutor may sign, as its superior states it (`process`, beside `role`). */
export interface ProcessScope {
  readonly role: ProcessRole;
  readonly classes: readonly ProcessClass[];
  /** For the agencies of these jurisdictions alone. */
  readonly jurisdictions: readonly string[];
  /** Public keys that sign process and nothing else. Stated by the superior, never by the court's own configuration. */
  readonly jwks: JsonObject;
}

const MAX_JURISDICTIONS = 64;

/**
 * @param role the superior's `role`, which stands beside `process`
 * @throws TrustError `stated_facts_malformed`
 */
export function readProcessScope(value: JsonValue, role: JsonValue | undefined): ProcessScope {
  const claims = new StrictClaims(value, 'stated_facts_malformed', '`process`');
  const scope = {
    role: oneOf(PROCESS_ROLES, role),
    classes: claims.texts('classes', PROCESS_CLASSES.length).map((name) => oneOf(PROCESS_CLASSES, name)),
    jurisdictions: claims.texts('jurisdictions', MAX_JURISDICTIONS).map((id) => parseEntityId(id).id),
    jwks: claims.object('jwks'),
  };
  claims.end();
  if (scope.classes.length === 0 || scope.jurisdictions.length === 0) throw malformed();
  // A prosecutor is no judge: what sets bounds to a search comes from a court (P08).
  if (scope.role === 'prosecutor' && scope.classes.some((name) => name !== 'sworn-statement')) throw malformed();
  return scope;
}

function oneOf<T extends string>(known: readonly T[], value: JsonValue | undefined): T {
  const found = known.find((each) => each === value);
  if (found === undefined) throw malformed();
  return found;
}

function malformed(): TrustError {
  return new TrustError('stated_facts_malformed', 'the superior states no acceptable `process`');
}
