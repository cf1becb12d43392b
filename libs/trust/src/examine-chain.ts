import { foreignSignatureHolds, isJsonObject, readForeignToken, type JsonObject } from '#protocol';
import {
  linksOf,
  parseChain,
  requireConstraints,
  requireLinks,
  requireNames,
  requireStatedType,
  type UnverifiedChain,
} from './chain-links.js';
import { parseEntityConfiguration, parseSubordinateStatement } from './entity-statement.js';
import type { PinnedAnchor } from './trust-anchor.js';
import { verifyTrustChain, type VerifiedChain } from './trust-chain.js';
import { TrustError } from './trust-error.js';
import { requireInForce } from './validity.js';

/** One check of one link, and what came of it. */
export interface ExaminedCheck {
  /** Whose rule it is: of OpenID Federation 1.0, or of the closed profile in front of it. */
  readonly of: 'standard' | 'profile';
  readonly check:
    'grammar' | 'link' | 'hint' | 'times' | 'signature' | 'anchor' | 'statement' | 'names' | 'constraints' | 'type';
  /** Index in the chain; `undefined` for a check of the whole. */
  readonly link: number | undefined;
  readonly holds: boolean;
  /** Why it does not hold. */
  readonly refusal: TrustError | undefined;
}

/** A statement as far as it can be read. */
export interface ExaminedStatement {
  readonly issuer: string | undefined;
  readonly subject: string | undefined;
  readonly kid: string | undefined;
  /** Milliseconds. */
  readonly issuedAt: number | undefined;
  readonly expiresAt: number | undefined;
}

export interface ChainExamination {
  readonly statements: readonly ExaminedStatement[];
  readonly checks: readonly ExaminedCheck[];
  /** Whether OpenID Federation 1.0, "Validating a Trust Chain", is satisfied; nothing is trusted for that alone. */
  readonly standardHolds: boolean;
  /** What `verifyTrustChain` says, which is what counts. */
  readonly verified: VerifiedChain | undefined;
  readonly refusal: TrustError | undefined;
}

/**
 * Looks at a chain as a person would: every check on every link, also behind the first that fails, those of the standard
 * apart from those of the profile. So it can be seen of any federation's chain whether it is broken or only refused here.
 * It decides nothing; what decides is `verifyTrustChain`, whose answer is among the findings.
 */
export async function examineTrustChain(input: {
  readonly chain: readonly string[];
  readonly anchors: readonly PinnedAnchor[];
  /** Milliseconds. */
  readonly now: number;
}): Promise<ChainExamination> {
  const { chain, anchors, now } = input;
  const read = chain.map(readLoosely);
  const standard = await standardChecks(chain, read, anchors, now);
  const outcome = await verifyTrustChain(input).catch((error: unknown) => asRefusal(error));
  return {
    statements: read.map(statementOf),
    checks: [...standard, ...profileChecks(chain, anchors, now)],
    standardHolds: standard.every(({ holds }) => holds),
    verified: outcome instanceof TrustError ? undefined : outcome,
    refusal: outcome instanceof TrustError ? outcome : undefined,
  };
}

interface LooseStatement {
  readonly header: JsonObject;
  readonly claims: JsonObject;
}

function readLoosely(token: string): LooseStatement | undefined {
  try {
    return readForeignToken(token);
  } catch {
    // It shows as the check `grammar`.
    return undefined;
  }
}

function statementOf(read: LooseStatement | undefined): ExaminedStatement {
  const { iss, sub, iat, exp } = read?.claims ?? {};
  return {
    issuer: typeof iss === 'string' ? iss : undefined,
    subject: typeof sub === 'string' ? sub : undefined,
    kid: typeof read?.header['kid'] === 'string' ? read.header['kid'] : undefined,
    issuedAt: typeof iat === 'number' ? iat * 1_000 : undefined,
    expiresAt: typeof exp === 'number' ? exp * 1_000 : undefined,
  };
}

async function standardChecks(
  chain: readonly string[],
  read: readonly (LooseStatement | undefined)[],
  anchors: readonly PinnedAnchor[],
  now: number,
): Promise<ExaminedCheck[]> {
  const said = read.map(statementOf);
  const last = chain.length - 1;
  const pinned = anchors.find(({ entityId }) => entityId === said[last]?.subject);
  const checks: ExaminedCheck[] = [];
  const note = (check: ExaminedCheck['check'], link: number, holds: boolean, code: TrustError['code'], why: string) => {
    const refusal = holds ? undefined : new TrustError(code, why, { link, entityId: said[link]?.subject });
    checks.push({ of: 'standard', check, link, holds, refusal });
  };
  for (const [link, token] of chain.entries()) {
    const statement = read[link];
    const { issuer, subject, issuedAt = NaN, expiresAt = NaN } = said[link] ?? {};
    const isTyped =
      statement?.header['typ'] === 'entity-statement+jwt' && issuer !== undefined && subject !== undefined;
    note('grammar', link, isTyped, 'statement_malformed', 'not an entity statement');
    const isOwn = issuer === subject || (link > 0 && link < last);
    const fits = isOwn && (link === last || issuer === said[link + 1]?.subject);
    note('link', link, fits, 'link_broken', 'its issuer is not the subject of what follows');
    note('times', link, issuedAt <= now && now < expiresAt, 'expired', 'not in force at this moment');
    const signers = link === last ? pinned?.jwks : read[link === 0 ? 0 : link + 1]?.claims['jwks'];
    const alsoBy = link === 0 ? read[1]?.claims['jwks'] : undefined;
    const holds = (await isSignedBy(token, signers)) && (alsoBy === undefined || (await isSignedBy(token, alsoBy)));
    note('signature', link, holds, 'signature_invalid', 'not signed by a key that is stated for its issuer');
  }
  const hints = read[0]?.claims['authority_hints'];
  const isHinted = Array.isArray(hints) && hints.includes(said[1]?.issuer ?? '');
  note('hint', 0, isHinted, 'superior_not_hinted', 'the leaf does not name this superior');
  note('anchor', last, pinned !== undefined, 'anchor_not_pinned', 'the chain does not end at a pinned anchor');
  return checks;
}

async function isSignedBy(token: string, jwks: unknown): Promise<boolean> {
  const kid = readLoosely(token)?.header['kid'];
  const keys = isJsonObject(jwks) && Array.isArray(jwks['keys']) ? jwks['keys'].filter(isJsonObject) : [];
  const key = keys.find((each) => each['kid'] === kid);
  return key !== undefined && foreignSignatureHolds(token, key);
}

function profileChecks(chain: readonly string[], anchors: readonly PinnedAnchor[], now: number): ExaminedCheck[] {
  const last = chain.length - 1;
  const checks = chain.map((token, link) =>
    attempt('statement', link, () => {
      const isConfiguration = link === 0 || link === last;
      requireInForce(isConfiguration ? parseEntityConfiguration(token) : parseSubordinateStatement(token), now);
    }),
  );
  let parsed: UnverifiedChain;
  try {
    parsed = parseChain(chain);
  } catch {
    // Each statement that cannot be read is a finding already, and what follows needs them all.
    return checks;
  }
  const links = linksOf(parsed).length;
  return [
    ...checks,
    attempt('link', undefined, () => requireLinks(parsed, anchors)),
    attempt('names', undefined, () => requireNames(parsed)),
    attempt('constraints', undefined, () => requireConstraints(parsed)),
    attempt('type', links > 2 ? 1 : undefined, () => void requireStatedType(parsed)),
  ];
}

function attempt(check: ExaminedCheck['check'], link: number | undefined, work: () => void): ExaminedCheck {
  try {
    work();
    return { of: 'profile', check, link, holds: true, refusal: undefined };
  } catch (error) {
    const refusal = asRefusal(error).at(link, undefined);
    return { of: 'profile', check, link: refusal.link, holds: false, refusal };
  }
}

function asRefusal(error: unknown): TrustError {
  if (error instanceof TrustError) return error;
  throw error;
}
