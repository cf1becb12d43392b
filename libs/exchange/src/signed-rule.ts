import { ruleDigest, ruleFromClaims, type Rule } from '#policy';
import {
  NO_AUDIENCE,
  newIdentifier,
  signToken,
  verifyToken,
  type JsonObject,
  type KeySet,
  type Randomness,
  type SigningKey,
} from '#protocol';

export interface SignedRule {
  readonly token: string;
  readonly rule: Rule;
  readonly digest: string;
  /** Milliseconds: when the owner published it. */
  readonly publishedAt: number;
}

/** `comity-rule+jwt`: the owner's rule as it is published. */
export async function signRule(
  rule: Rule,
  input: { key: SigningKey; publishedAt: number; randomness: Randomness },
): Promise<string> {
  return signToken({
    kind: 'rule',
    key: input.key,
    claims: {
      ...(rule as unknown as JsonObject),
      iss: rule.owner,
      jti: newIdentifier(input.randomness),
      iat: Math.floor(input.publishedAt / 1000),
    },
  });
}

/**
 * Verifies a published rule: signed by the owner that it names, in a grammar and vocabulary that we know. A rule that
 * cannot be read is no rule, and no rule denies.
 *
 * @throws ProtocolError, PolicyError
 */
export async function verifySignedRule(
  token: string,
  input: { owner: string; keys: KeySet; now: number },
): Promise<SignedRule> {
  const { claims } = await verifyToken({
    kind: 'rule',
    token,
    keys: input.keys,
    issuer: input.owner,
    audience: NO_AUDIENCE,
    now: input.now,
  });
  const rule = ruleFromClaims(claims);
  return { token, rule, digest: ruleDigest(rule), publishedAt: Number(claims['iat']) * 1000 };
}
