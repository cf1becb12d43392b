import type { SignedDeclaration } from '#policy';
import type { KeySet } from '#protocol';
import { TrustError, verifyDeclaration, type UnverifiedDeclaration } from '#trust';

/**
 * The declarations that came sealed with a request, verified as those of the requesting agency. One that is not good is as if
 * it were not there: then the requirement is not met.
 *
 * @param input.keys federation keys of the agency: a declaration is its word about itself, no message
 * @param input.now milliseconds
 */
export async function verifiedDeclarations(input: {
  readonly tokens: readonly string[];
  readonly issuer: string;
  readonly keys: KeySet;
  readonly now: number;
}): Promise<SignedDeclaration[]> {
  const { tokens, issuer, keys, now } = input;
  const declarations: SignedDeclaration[] = [];
  for (const token of tokens) {
    try {
      const declaration = await verifyDeclaration({ token, issuer, keys, now });
      // Nobody could say whether a longer one was taken back: its list is the agency's own, and is not followed yet.
      if (declaration.status === undefined) declarations.push(declarationFact(declaration));
    } catch (error) {
      if (!(error instanceof TrustError)) throw error;
    }
  }
  return declarations;
}

/** As a rule reads it; who signed it for the agency is no part of a decision. */
export function declarationFact(declaration: UnverifiedDeclaration): SignedDeclaration {
  const { declaration: code, wordingDigest, sworn, issuer, issuedAt, expiresAt, digest } = declaration;
  return {
    declaration: code,
    wording: wordingDigest,
    sworn: sworn !== undefined,
    issuer,
    signedAtMs: issuedAt,
    untilMs: expiresAt,
    digest,
  };
}
