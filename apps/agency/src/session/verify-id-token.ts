import { compactVerify } from 'jose';
import {
  CLOCK_TOLERANCE_SECONDS,
  decodeBase64url,
  messageDigest,
  parseStrictObject,
  type JsonObject,
  type JsonValue,
} from '#protocol';
import { officerKey, type IdTokenAlgorithm } from './provider-keys.js';

export const OFFICER_ROLES = ['officer', 'supervisor', 'rule_admin'] as const;
export type OfficerRole = (typeof OFFICER_ROLES)[number];

export type OfficerTokenErrorCode =
  | 'malformed'
  | 'algorithm_refused'
  | 'key_unknown'
  | 'signature_invalid'
  | 'issuer_mismatch'
  | 'audience_mismatch'
  | 'acr_refused'
  | 'second_factor_missing'
  | 'auth_time_refused'
  | 'not_valid_at_approval'
  | 'approval_in_future'
  | 'role_missing';

/** `code` is for receipts, logs and tests; the message is the same for every one of them. */
export class OfficerTokenError extends Error {
  override readonly name = 'OfficerTokenError';

  constructor(
    readonly code: OfficerTokenErrorCode,
    options?: { cause?: unknown },
  ) {
    super('the identity token of a person is not acceptable', options);
  }
}

export interface VerifyOfficerIdTokenInput {
  readonly idToken: string;
  /** The entry of the requesting agency's metadata, taken from its verified entity configuration. */
  readonly provider: {
    readonly issuer: string;
    readonly client_id: string;
    readonly jwks: JsonValue;
    readonly acr_values: readonly string[];
  };
  /** Milliseconds. */
  readonly now: number;
  /** Milliseconds: the instant at which this person approved or, for the officer, stated the ask. */
  readonly approvedAt: number;
}

export interface VerifiedOfficer {
  readonly sub: string;
  readonly roles: readonly OfficerRole[];
  readonly acr: string;
  /** base64url SHA-256 of `header.payload`: the token's identity, as receipts commit to it. */
  readonly digest: string;
  readonly authTimeMs: number;
  readonly expiresAtMs: number;
}

const MAX_TOKEN_LENGTH = 8 * 1024;
const MAX_AUTH_AGE_SECONDS = 12 * 60 * 60;
const ALGORITHMS: readonly IdTokenAlgorithm[] = ['Ed25519', 'EdDSA', 'ES256', 'RS256'];
/** A header member beside these names another key, another encoding or a duty that we do not know (J04, J05, J06). */
const HEADER_MEMBERS: ReadonlySet<string> = new Set(['alg', 'kid', 'typ', 'x5t', 'x5t#S256']);
/**
 * RFC 8176 values that name a factor beside a password. `sms` and `tel` are left out because both can be taken over from
 * afar (N04), and `mfa` because it does not say which factor it was.
 */
const SECOND_FACTORS: ReadonlySet<string> = new Set([
  'otp',
  'hwk',
  'swk',
  'sc',
  'pop',
  'fpt',
  'face',
  'iris',
  'retina',
]);

/**
 * Verifies the sealed ID token of an officer or a supervisor against the provider keys of that person's agency: signature,
 * issuer, audience, level and factors of the sign-in, and that it was valid and at most 12 h old when the person acted.
 * Whether it has expired *since* does not matter: it is evidence of that moment.
 *
 * @throws OfficerTokenError
 */
export async function verifyOfficerIdToken(input: VerifyOfficerIdTokenInput): Promise<VerifiedOfficer> {
  const { header, claims } = readIdToken(input.idToken);
  await verifySignature(input, header);
  refuseUnless(claims['iss'] === input.provider.issuer, 'issuer_mismatch');
  verifyAudience(claims, input.provider.client_id);
  const acr = verifyLevel(claims, input.provider.acr_values);
  const times = verifyTimes(claims, input);
  const roles = knownRoles(claims['roles']);
  refuseUnless(roles.length > 0, 'role_missing');
  const { sub } = claims;
  refuseUnless(typeof sub === 'string' && /^[\x21-\x7e]{1,255}$/.test(sub), 'malformed');
  return { sub, roles, acr, digest: messageDigest(input.idToken), ...times };
}

interface ReadIdToken {
  readonly header: { readonly alg: IdTokenAlgorithm; readonly kid: string };
  readonly claims: JsonObject;
}

function readIdToken(token: string): ReadIdToken {
  const parts = token.split('.');
  const [header, payload, signature] = parts;
  refuseUnless(token.length <= MAX_TOKEN_LENGTH && parts.length === 3, 'malformed');
  refuseUnless(header !== undefined && payload !== undefined && signature !== undefined, 'malformed');
  try {
    decodeBase64url(signature);
    return { header: readHeader(parseStrictObject(decodeBase64url(header))), claims: readClaims(payload) };
  } catch (cause) {
    throw cause instanceof OfficerTokenError ? cause : new OfficerTokenError('malformed', { cause });
  }
}

function readClaims(payload: string): JsonObject {
  return parseStrictObject(decodeBase64url(payload));
}

function readHeader(header: JsonObject): ReadIdToken['header'] {
  const { alg: named, kid, typ } = header;
  const alg = ALGORITHMS.find((allowed) => allowed === named);
  refuseUnless(alg !== undefined, 'algorithm_refused');
  refuseUnless(
    Object.keys(header).every((member) => HEADER_MEMBERS.has(member)),
    'malformed',
  );
  refuseUnless(typ === undefined || typ === 'JWT', 'malformed');
  refuseUnless(typeof kid === 'string', 'malformed');
  return { alg, kid };
}

async function verifySignature(input: VerifyOfficerIdTokenInput, header: ReadIdToken['header']): Promise<void> {
  const key = await officerKey(input.provider.jwks, header.kid, header.alg).catch((cause: unknown) => {
    throw new OfficerTokenError('key_unknown', { cause });
  });
  refuseUnless(key !== undefined, 'key_unknown');
  await compactVerify(input.idToken, key, { algorithms: [header.alg] }).catch((cause: unknown) => {
    throw new OfficerTokenError('signature_invalid', { cause });
  });
}

/** One string: with several audiences another client could have obtained the token (J17). */
function verifyAudience(claims: JsonObject, clientId: string): void {
  refuseUnless(claims['aud'] === clientId, 'audience_mismatch');
  refuseUnless(claims['azp'] === undefined || claims['azp'] === clientId, 'audience_mismatch');
}

/** N04, W20: the level has to be one of the agency's, and the factors have to show it. */
function verifyLevel(claims: JsonObject, accepted: readonly string[]): string {
  const { acr, amr } = claims;
  refuseUnless(typeof acr === 'string' && accepted.includes(acr), 'acr_refused');
  refuseUnless(Array.isArray(amr) && amr.every((method) => typeof method === 'string'), 'second_factor_missing');
  refuseUnless(
    amr.some((method) => SECOND_FACTORS.has(method)),
    'second_factor_missing',
  );
  return acr;
}

/** Claims are whole seconds; `now` and `approvedAt` are milliseconds. */
function verifyTimes(
  claims: JsonObject,
  input: VerifyOfficerIdTokenInput,
): Pick<VerifiedOfficer, 'authTimeMs' | 'expiresAtMs'> {
  const { iat, exp, nbf, auth_time: authTime } = claims;
  const [now, approvedAt] = [input.now / 1000, input.approvedAt / 1000];
  refuseUnless(isSeconds(iat) && isSeconds(exp) && (nbf === undefined || isSeconds(nbf)), 'malformed');
  refuseUnless(isSeconds(authTime), 'auth_time_refused');
  refuseUnless(approvedAt <= now + CLOCK_TOLERANCE_SECONDS, 'approval_in_future');
  const latest = approvedAt + CLOCK_TOLERANCE_SECONDS;
  refuseUnless(iat <= latest && (nbf ?? 0) <= latest && exp > approvedAt, 'not_valid_at_approval');
  refuseUnless(authTime <= latest && authTime <= iat + CLOCK_TOLERANCE_SECONDS, 'auth_time_refused');
  refuseUnless(approvedAt - authTime <= MAX_AUTH_AGE_SECONDS, 'auth_time_refused');
  return { authTimeMs: authTime * 1000, expiresAtMs: exp * 1000 };
}

/** Roles that this protocol does not know give nothing; a claim that is no list of texts is refused. */
function knownRoles(claim: JsonValue | undefined): OfficerRole[] {
  refuseUnless(Array.isArray(claim) && claim.every((role) => typeof role === 'string'), 'role_missing');
  return OFFICER_ROLES.filter((role) => claim.includes(role));
}

function isSeconds(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 9_999_999_999;
}

function refuseUnless(condition: boolean, code: OfficerTokenErrorCode): asserts condition {
  if (!condition) throw new OfficerTokenError(code);
}
