import { digestOfText, NO_AUDIENCE, signToken, type JsonObject, type KeySet, type SigningKey } from '#protocol';
import { parseEntityId } from './entity-id.js';
import { readClaims, requireIssuer, secondsOf, type Grammar } from './signed-claims.js';
import { parseStatusClaim, statusClaim, type StatusReference } from './status-list.js';
import { StrictClaims } from './strict-claims.js';
import { TrustError } from './trust-error.js';
import { MAX_STATEMENT_SECONDS, requireLifetime } from './validity.js';

/** Who stands behind a declaration, by name and office: what a statute asks for, and what an auditor reads. */
export interface DeclaringOfficer {
  readonly name: string;
  readonly title: string;
}

/** A declaration as it was read: every member is attacker-controlled. Instants in milliseconds. */
export interface UnverifiedDeclaration {
  readonly token: string;
  readonly digest: string;
  /** The agency that declares. */
  readonly issuer: string;
  readonly jti: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Code of what is declared, as a rule names it. */
  readonly declaration: string;
  /** The words as they were signed. */
  readonly wording: string;
  /** base64url SHA-256 of the words: a rule may pin them. */
  readonly wordingDigest: string;
  readonly officer: DeclaringOfficer;
  /** The statute under which it was sworn; `undefined` where it was written and not sworn. */
  readonly sworn: { readonly statute: string } | undefined;
  /** Where its withdrawal stands; `undefined` for one of a day at most, which ends by itself. */
  readonly status: StatusReference | undefined;
}

declare const verified: unique symbol;

/** Made only by `verifyDeclaration`. */
export interface VerifiedDeclaration extends UnverifiedDeclaration {
  readonly [verified]: 'declaration';
}

export interface DeclarationContent {
  readonly issuer: string;
  readonly jti: string;
  readonly declaration: string;
  readonly wording: string;
  readonly officer: DeclaringOfficer;
  readonly sworn: { readonly statute: string } | undefined;
  /** Milliseconds. */
  readonly issuedAt: number;
  /** At most 400 days. */
  readonly lifetimeSeconds: number;
  /** In the declaring agency's own status list; needed for one that lives longer than a day. */
  readonly statusIndex: number | undefined;
  /** Federation key of the agency: a declaration is a statement about itself, no message. */
  readonly key: SigningKey;
}

const GRAMMAR: Grammar = { kind: 'declaration', code: 'declaration_malformed', name: 'declaration' };
const CODE = /^[a-z0-9]+(?:[-.][a-z0-9]+)*$/;
const IDENTIFIER = /^[A-Za-z0-9_-]{16,64}$/;
/** A written declaration stands for a year, and a little, as a yearly one is renewed before it ends. */
export const MAX_DECLARATION_SECONDS = 400 * 24 * 60 * 60;
const MAX_WORDING = 8_192;
const MAX_NAME = 200;

/** @returns compact `comity-declaration+jwt` */
export function signDeclaration(content: DeclarationContent): Promise<string> {
  const { issuer, jti, declaration, wording, officer, sworn, issuedAt, lifetimeSeconds, statusIndex, key } = content;
  const iat = secondsOf(issuedAt);
  const claims: JsonObject = {
    iss: issuer,
    jti,
    iat,
    exp: iat + lifetimeSeconds,
    declaration,
    wording,
    officer: { name: officer.name, title: officer.title },
  };
  if (sworn) claims['sworn'] = { statute: sworn.statute };
  if (statusIndex !== undefined) claims['status'] = statusClaim(issuer, statusIndex);
  return signToken({ kind: 'declaration', claims, key });
}

/** Grammar only. @throws TrustError `declaration_malformed`, `status_missing` and what a status claim is refused for */
export function parseDeclaration(token: string): UnverifiedDeclaration {
  const { read, claims } = readClaims(GRAMMAR, token);
  const issuer = parseEntityId(claims.text('iss')).id;
  const wording = claims.prose('wording', MAX_WORDING);
  const declaration = {
    token,
    digest: read.digest,
    issuer,
    jti: claims.text('jti', IDENTIFIER),
    issuedAt: claims.instant('iat'),
    expiresAt: claims.instant('exp'),
    declaration: claims.text('declaration', CODE),
    wording,
    wordingDigest: digestOfText(wording),
    officer: readOfficer(claims.object('officer')),
    sworn: claims.has('sworn') ? readOath(claims.object('sworn')) : undefined,
    status: claims.has('status') ? parseStatusClaim(claims.object('status'), issuer) : undefined,
  };
  claims.end();
  // What lives long has to be one that can be taken back; what ends within a day ends soon enough.
  if (!declaration.status && declaration.expiresAt - declaration.issuedAt > MAX_STATEMENT_SECONDS * 1_000) {
    throw new TrustError('status_missing', 'a declaration for more than a day has a status', { entityId: issuer });
  }
  return declaration;
}

function readOfficer(value: JsonObject): DeclaringOfficer {
  const claims = new StrictClaims(value, 'declaration_malformed', '`officer`');
  const officer = { name: claims.prose('name', MAX_NAME), title: claims.prose('title', MAX_NAME) };
  claims.end();
  return officer;
}

function readOath(value: JsonObject): { statute: string } {
  const claims = new StrictClaims(value, 'declaration_malformed', '`sworn`');
  const oath = { statute: claims.prose('statute', MAX_NAME) };
  claims.end();
  return oath;
}

/**
 * Verifies a declaration of `issuer` for this moment. Its status, where it has one, is for the caller to check against the
 * agency's list (`requireValidStatus`), at the decision and again at release.
 *
 * @param input.keys federation keys of the agency, of its verified chain
 * @param input.now milliseconds
 * @throws TrustError `declaration_malformed`, `link_broken` (another agency's), `expired`, `not_yet_valid`,
 *   `lifetime_too_long`, `status_missing`, `signature_invalid`
 */
export async function verifyDeclaration(input: {
  readonly token: string;
  readonly issuer: string;
  readonly keys: KeySet;
  readonly now: number;
}): Promise<VerifiedDeclaration> {
  const { token, issuer, keys, now } = input;
  const declaration = parseDeclaration(token);
  if (declaration.issuer !== issuer) {
    throw new TrustError('link_broken', 'the declaration of another agency', { entityId: declaration.issuer });
  }
  requireLifetime(declaration, now, MAX_DECLARATION_SECONDS);
  await requireIssuer(GRAMMAR, { token, issuer, keys, audience: NO_AUDIENCE, now, entityId: issuer });
  return declaration as VerifiedDeclaration;
}
