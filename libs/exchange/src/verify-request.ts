import {
  ProtocolError,
  RequestClaims,
  TOKEN_PROFILES,
  parseMessage,
  readToken,
  verifyArchivedToken,
  verifyToken,
  type KeySet,
  type UnverifiedToken,
} from '#protocol';
import { ExchangeError } from './exchange-error.js';

/** A request as it arrived: every member is the sender's claim until `verifyRequest`. */
export interface UnverifiedRequest {
  readonly token: UnverifiedToken;
  readonly claims: RequestClaims;
  /** Leaf first, as in the header. */
  readonly trustChain: readonly string[];
}

export interface VerifiedRequest {
  readonly verified: true;
  readonly token: string;
  /** Message digest: what receipts, grants and answers bind. */
  readonly digest: string;
  readonly claims: RequestClaims;
}

/** At most this long after `iat` an answer may still be given. */
export const MAX_RESPOND_SECONDS = 15 * 60;
const MAX_ENVELOPE_SECONDS = TOKEN_PROFILES.request.maxLifetimeSeconds;

/** @throws ProtocolError `token_invalid` or `malformed_body` */
export function readRequest(token: string): UnverifiedRequest {
  const read = readToken('request', token);
  const claims = parseMessage(RequestClaims, read.claims);
  return { token: read, claims, trustChain: read.header.trustChain ?? [] };
}

/**
 * Verifies a request that arrives for the first time.
 *
 * @param keys protocol signing keys of the requester, from its chain verified to *our* anchor
 * @param audience the broker that the request is addressed to
 * @throws ProtocolError `token_invalid`; ExchangeError where the claims contradict each other
 */
export async function verifyRequest(
  request: UnverifiedRequest,
  input: { keys: KeySet; requester: string; audience: string; now: number },
): Promise<VerifiedRequest> {
  await verifyToken({
    kind: 'request',
    token: request.token.token,
    keys: input.keys,
    issuer: input.requester,
    audience: input.audience,
    now: input.now,
  });
  return checkedRequest(request, input.audience);
}

/**
 * Verifies a request whose outcome is stored already, or whose time has passed: everything but its time. Used to hand out
 * a stored outcome again, and to state that a request has expired; never to decide anew.
 */
export async function verifyLateRequest(
  request: UnverifiedRequest,
  input: { keys: KeySet; requester: string; audience: string },
): Promise<VerifiedRequest> {
  await verifyArchivedToken({
    kind: 'request',
    token: request.token.token,
    keys: input.keys,
    issuer: input.requester,
  });
  if (request.claims.aud !== input.audience) {
    throw new ProtocolError('token_invalid', 'the message could not be authenticated', 'audience');
  }
  return checkedRequest(request, input.audience);
}

/** Claims that have to agree with each other, whoever signed them. */
function checkedRequest(request: UnverifiedRequest, broker: string): VerifiedRequest {
  const { claims } = request;
  const refuse = (message: string) => new ExchangeError('request_malformed', message, claims.iss);
  if (claims.via[0] !== broker) throw refuse('`via` does not begin with the broker that is addressed');
  if (claims.owner === claims.iss) throw refuse('an agency does not ask itself through a broker');
  // Checked here as well, because a late request is verified without its times.
  if (claims.exp <= claims.iat || claims.exp - claims.iat > MAX_ENVELOPE_SECONDS) {
    throw refuse(`\`exp\` must lie within ${MAX_ENVELOPE_SECONDS} seconds of \`iat\``);
  }
  if (claims.respond_by <= claims.iat || claims.respond_by - claims.iat > MAX_RESPOND_SECONDS) {
    throw refuse(`\`respond_by\` must lie within ${MAX_RESPOND_SECONDS} seconds of \`iat\``);
  }
  if (Date.parse(claims.clear.from) >= Date.parse(claims.clear.until)) throw refuse('the window is empty or inverted');
  return { verified: true, token: request.token.token, digest: request.token.digest, claims };
}
