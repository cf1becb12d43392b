import {
  NO_AUDIENCE,
  readToken,
  verifyArchivedToken,
  verifyToken,
  type KeySet,
  type TokenKind,
  type UnverifiedToken,
} from '#protocol';
import { StrictClaims } from './strict-claims.js';
import { TrustError, type TrustErrorCode } from './trust-error.js';

/** How a kind of token is read: as which, by which name to a person, and refused with which code. */
export interface Grammar {
  readonly kind: TokenKind;
  readonly code: TrustErrorCode;
  readonly name: string;
}

/** Grammar only. @throws TrustError with the code of the grammar */
export function readClaims(grammar: Grammar, token: string): { read: UnverifiedToken; claims: StrictClaims } {
  const { kind, code, name } = grammar;
  try {
    const read = readToken(kind, token);
    return { read, claims: new StrictClaims(read.claims, code, `the ${name}`) };
  } catch (cause) {
    throw cause instanceof TrustError ? cause : new TrustError(code, `not a ${name}`, { cause });
  }
}

interface Signed {
  readonly token: string;
  readonly issuer: string;
  readonly keys: KeySet;
  /** Of whom the statement speaks, for the refusal. */
  readonly entityId: string | undefined;
}

/** The signature of a token for this moment. @throws TrustError `signature_invalid` */
export async function requireIssuer(
  grammar: Grammar,
  signed: Signed & { readonly audience: string | typeof NO_AUDIENCE; readonly now: number },
): Promise<void> {
  const { token, issuer, keys, audience, now, entityId } = signed;
  try {
    await verifyToken({ kind: grammar.kind, token, keys, issuer, audience, now });
  } catch (cause) {
    throw new TrustError('signature_invalid', `the ${grammar.name} is not signed by a key of its issuer`, {
      entityId,
      cause,
    });
  }
}

/** The signature alone, for a kind that does not expire. @throws TrustError `signature_invalid` */
export async function requireArchivedIssuer(grammar: Grammar, signed: Signed): Promise<void> {
  const { token, issuer, keys, entityId } = signed;
  try {
    await verifyArchivedToken({ kind: grammar.kind, token, keys, issuer });
  } catch (cause) {
    throw new TrustError('signature_invalid', `the ${grammar.name} is not signed by a key of its issuer`, {
      entityId,
      cause,
    });
  }
}

/** Whole seconds, as claims have them. */
export function secondsOf(milliseconds: number): number {
  return Math.floor(milliseconds / 1_000);
}
