import { NO_AUDIENCE, signToken, type JsonObject, type KeySet, type SigningKey } from '#protocol';
import { parseEntityId } from './entity-id.js';
import { boundsClaims, readBounds, type ProcessBounds } from './process-bounds.js';
import { readClaims, requireIssuer, secondsOf, type Grammar } from './signed-claims.js';
import { readStatus, statusClaim, type StatusReference } from './status-list.js';
import type { VerifiedChain } from './trust-chain.js';
import { TrustError } from './trust-error.js';

/** Legal process as its issuer signed it, read and not verified: every member is attacker-controlled. */
export interface UnverifiedWarrant {
  readonly token: string;
  readonly digest: string;
  /** Entity id of the court. */
  readonly issuer: string;
  readonly jti: string;
  readonly issuedAt: number;
  /** The agency that it was issued to; nobody else may use it. */
  readonly agency: string;
  readonly bounds: ProcessBounds;
  /** Where its issuer says whether it was taken back. */
  readonly status: StatusReference;
}

declare const verified: unique symbol;

/** Made only by `verifyWarrant`. */
export interface VerifiedWarrant extends UnverifiedWarrant {
  readonly [verified]: 'warrant';
}

export interface WarrantContent {
  readonly issuer: string;
  readonly jti: string;
  readonly agency: string;
  readonly bounds: ProcessBounds;
  /** Milliseconds. */
  readonly issuedAt: number;
  /** In the issuer's own status list: one that was never given out before. */
  readonly statusIndex: number;
  /** For legal process alone, as the issuer's superior states it. */
  readonly key: SigningKey;
}

const GRAMMAR: Grammar = { kind: 'warrant', code: 'warrant_malformed', name: 'warrant' };
const IDENTIFIER = /^[A-Za-z0-9_-]{16,64}$/;

/** @returns compact `comity-warrant+jwt` */
export function signWarrant(content: WarrantContent): Promise<string> {
  const { issuer, jti, agency, bounds, issuedAt, statusIndex, key } = content;
  const claims: JsonObject = {
    iss: issuer,
    jti,
    iat: secondsOf(issuedAt),
    agency,
    ...boundsClaims(bounds),
    status: statusClaim(issuer, statusIndex),
  };
  return signToken({ kind: 'warrant', claims, key });
}

/** Grammar only. @throws TrustError `warrant_malformed`, `status_missing` and what a status claim is refused for */
export function parseWarrant(token: string): UnverifiedWarrant {
  const { read, claims } = readClaims(GRAMMAR, token);
  const issuer = parseEntityId(claims.text('iss')).id;
  const warrant = {
    token,
    digest: read.digest,
    issuer,
    jti: claims.text('jti', IDENTIFIER),
    issuedAt: claims.instant('iat'),
    agency: parseEntityId(claims.text('agency')).id,
    bounds: readBounds(claims),
    status: readStatus(claims, issuer),
  };
  claims.end();
  return warrant;
}

/**
 * Verifies that an enrolled court signed this, for this agency, within what its superior lets it sign. Its time, its status
 * and whether a query lies inside it are for the caller, at the decision and again at release.
 *
 * @param input.court of which every statement is known to hold now
 * @param input.agency who shows it
 * @param input.jurisdictions every jurisdiction of that agency
 * @param input.now milliseconds
 * @throws TrustError `warrant_malformed`, `link_broken` (another court's or another agency's), `signature_invalid`,
 *   `process_foreign` (a class or a jurisdiction that is not the court's)
 */
export async function verifyWarrant(input: {
  readonly token: string;
  readonly court: Pick<VerifiedChain, 'entityId' | 'process' | 'protocolKeys'>;
  readonly agency: string;
  readonly jurisdictions: readonly string[];
  readonly now: number;
}): Promise<VerifiedWarrant> {
  const { token, court, agency, jurisdictions, now } = input;
  const warrant = parseWarrant(token);
  const { entityId } = court;
  if (warrant.issuer !== entityId) throw new TrustError('link_broken', 'the warrant of another court', { entityId });
  if (warrant.agency !== agency) throw new TrustError('link_broken', 'it was issued to another agency', { entityId });
  const scope = court.process;
  const allowed = scope?.classes.includes(warrant.bounds.class) === true;
  if (!allowed || !scope.jurisdictions.some((id) => jurisdictions.includes(id))) {
    throw new TrustError('process_foreign', 'its superior does not let the court issue this', { entityId });
  }
  const keys: KeySet = court.protocolKeys.signing;
  await requireIssuer(GRAMMAR, { token, issuer: entityId, keys, audience: NO_AUDIENCE, now, entityId });
  return warrant as VerifiedWarrant;
}
