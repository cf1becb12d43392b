import { CompactSign, compactVerify } from 'jose';
import { decodeBase64url } from './base64url.js';
import { digestOfText } from './canonical.js';
import { ProtocolError, tokenInvalid } from './errors.js';
import type { KeySet, PublicKey, SigningKey } from './keys.js';
import { parseStrictObject, type JsonObject, type JsonValue } from './strict-json.js';
import { TOKEN_PROFILES, type TokenKind, type TokenProfile } from './token-kinds.js';

/** For the kinds that are addressed to nobody in particular (approvals, receipts, rules, federation statements). */
export const NO_AUDIENCE = Symbol('no audience');

/** Read but not verified: every member is attacker-controlled. */
export interface UnverifiedToken {
  readonly kind: TokenKind;
  readonly token: string;
  readonly header: { readonly alg: string; readonly kid: string; readonly typ: string; readonly trustChain?: string[] };
  readonly claims: JsonObject;
  /** Identity of the message: SHA-256 of `header.payload`. Never its text, which has many forms (J12). */
  readonly digest: string;
}

export interface VerifiedToken extends UnverifiedToken {
  readonly verified: true;
}

export interface VerifyTokenInput {
  readonly kind: TokenKind;
  readonly token: string;
  /** Enrolled keys of `issuer` for this purpose. */
  readonly keys: KeySet;
  readonly issuer: string;
  readonly audience: string | typeof NO_AUDIENCE;
  /** Milliseconds. */
  readonly now: number;
}

/** A message may be dated this far ahead of our clock (FAPI 2.0: 10 s must be accepted, 60 s refused). */
export const CLOCK_TOLERANCE_SECONDS = 10;
const MAX_CHAIN = 8;

/**
 * Grammar only: compact form, canonical base64url, strict JSON, exactly the header of the kind.
 *
 * @throws ProtocolError `token_invalid`
 */
export function readToken(kind: TokenKind, token: string): UnverifiedToken {
  const profile: TokenProfile = TOKEN_PROFILES[kind];
  if (Buffer.byteLength(token) > profile.maxBytes) {
    throw new ProtocolError('too_large', `a message is larger than ${profile.maxBytes} bytes`);
  }
  const parts = token.split('.');
  const [header, payload, signature] = parts;
  if (parts.length !== 3 || !header || !payload || !signature) throw tokenInvalid('not a compact JWS');
  try {
    decodeBase64url(signature);
    return {
      kind,
      token,
      header: readHeader(parseStrictObject(decodeBase64url(header)), profile),
      claims: parseStrictObject(decodeBase64url(payload), { maxBytes: profile.maxBytes }),
      digest: digestOfText(`${header}.${payload}`),
    };
  } catch (cause) {
    throw cause instanceof ProtocolError && cause.code === 'token_invalid' ? cause : tokenInvalid('grammar', cause);
  }
}

/** Exactly the members of the profile: `crit`, `b64`, `zip`, `jwk`, `jku`, `x5c` and all others are refused (J04-J06). */
function readHeader(header: JsonObject, profile: TokenProfile): UnverifiedToken['header'] {
  const expected = profile.carriesTrustChain ? ['alg', 'kid', 'trust_chain', 'typ'] : ['alg', 'kid', 'typ'];
  if (Object.keys(header).toSorted().join() !== expected.join()) throw tokenInvalid('header members');
  const { alg, kid, typ, trust_chain: trustChain } = header;
  if (typeof alg !== 'string' || typeof kid !== 'string' || typ !== profile.typ) throw tokenInvalid('header values');
  if (!profile.carriesTrustChain) return { alg, kid, typ };
  if (!isTextList(trustChain) || trustChain.length > MAX_CHAIN) throw tokenInvalid('trust chain');
  return { alg, kid, typ, trustChain };
}

function isTextList(value: JsonValue | undefined): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((member) => typeof member === 'string');
}

/**
 * Verifies a message against everything it claims. No input is optional: a forgotten argument must not skip a check.
 *
 * @throws ProtocolError `token_invalid`, the same public text for every failure; `detail` names the check
 */
export async function verifyToken(input: VerifyTokenInput): Promise<VerifiedToken> {
  const unverified = readToken(input.kind, input.token);
  const profile: TokenProfile = TOKEN_PROFILES[input.kind];
  const key = enrolledKey(unverified, input.keys);
  checkParties(unverified.claims, profile, input);
  checkTimes(unverified.claims, profile, input.now);
  await checkSignature(unverified, key);
  return { ...unverified, verified: true };
}

/**
 * The signature, issuer and kind alone, for evidence whose time has passed: a stored request, an archived receipt. A flow
 * that acts on a message uses `verifyToken`.
 */
export async function verifyArchivedToken(
  input: Pick<VerifyTokenInput, 'kind' | 'token' | 'keys' | 'issuer'>,
): Promise<VerifiedToken> {
  const unverified = readToken(input.kind, input.token);
  const key = enrolledKey(unverified, input.keys);
  if (unverified.claims['iss'] !== input.issuer) throw tokenInvalid('issuer');
  await checkSignature(unverified, key);
  return { ...unverified, verified: true };
}

function enrolledKey(token: UnverifiedToken, keys: KeySet): PublicKey {
  const key = keys.get(token.header.kid);
  if (!key) throw tokenInvalid('kid is not enrolled for the issuer');
  if (key.use !== 'sig' || key.alg !== token.header.alg) throw tokenInvalid('alg is not that of the enrolled key');
  return key;
}

function checkParties(claims: JsonObject, profile: TokenProfile, input: VerifyTokenInput): void {
  if (claims['iss'] !== input.issuer) throw tokenInvalid('issuer');
  // One string, equal code point by code point; an array, even of one, is refused (J17, RFC 10070).
  if (profile.addressed ? claims['aud'] !== input.audience : 'aud' in claims || input.audience !== NO_AUDIENCE) {
    throw tokenInvalid('audience');
  }
  // Between nodes `iss` is the only subject: a second one would name another agency (J18).
  if (profile.addressed && 'sub' in claims) throw tokenInvalid('sub has no place');
  if (profile.requiresJti && !isIdentifier(claims['jti'])) throw tokenInvalid('jti');
}

function isIdentifier(value: JsonValue | undefined): boolean {
  return typeof value === 'string' && /^[A-Za-z0-9_-]{16,64}$/.test(value);
}

function checkTimes(claims: JsonObject, profile: TokenProfile, nowMs: number): void {
  const nowSeconds = nowMs / 1000;
  const { iat, exp } = claims;
  if (!isSeconds(iat)) throw tokenInvalid('iat');
  if (iat > nowSeconds + CLOCK_TOLERANCE_SECONDS) throw tokenInvalid('issued in the future');
  if ('nbf' in claims) throw tokenInvalid('nbf has no place');
  if (profile.maxLifetimeSeconds === undefined) {
    if ('exp' in claims) throw tokenInvalid('exp has no place');
    return;
  }
  if (!isSeconds(exp)) throw tokenInvalid('exp');
  if (exp <= iat || exp - iat > profile.maxLifetimeSeconds) throw tokenInvalid('lifetime');
  if (exp <= nowSeconds) throw tokenInvalid('expired');
}

/** Whole seconds since 1970, before the year 2286: a value in milliseconds is refused. */
function isSeconds(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 10_000_000_000;
}

async function checkSignature(token: UnverifiedToken, key: PublicKey): Promise<void> {
  try {
    await compactVerify(token.token, key.key, { algorithms: [key.alg] });
  } catch (cause) {
    throw tokenInvalid('signature', cause);
  }
}

/** Signs `claims` as they are: the caller states `iss`, `aud`, `iat`, `exp`, `jti` as its kind requires. */
export async function signToken(input: {
  kind: TokenKind;
  claims: JsonObject;
  key: SigningKey;
  trustChain?: readonly string[];
}): Promise<string> {
  const profile: TokenProfile = TOKEN_PROFILES[input.kind];
  if (profile.carriesTrustChain !== (input.trustChain !== undefined)) {
    throw new TypeError(`a ${input.kind} ${profile.carriesTrustChain ? 'needs' : 'has no'} trust chain`);
  }
  const header = { alg: input.key.alg, kid: input.key.kid, typ: profile.typ };
  return new CompactSign(Buffer.from(JSON.stringify(input.claims)))
    .setProtectedHeader(input.trustChain ? { ...header, trust_chain: [...input.trustChain] } : header)
    .sign(input.key.privateKey);
}

/** Identity of a message: base64url SHA-256 of `header.payload`. */
export function messageDigest(token: string): string {
  const end = token.lastIndexOf('.');
  if (end < 0) throw tokenInvalid('not a compact JWS');
  return digestOfText(token.slice(0, end));
}
