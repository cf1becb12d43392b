import { GrantClaims, parseMessage, verifyToken, type KeySet } from '#protocol';
import { ExchangeError } from './exchange-error.js';
import type { VerifiedRequest } from './verify-request.js';

/**
 * Verifies a broker's grant against the request it came with. A grant is no permission: it says that the broker decided and
 * logged, and the owner decides for itself.
 *
 * @throws ProtocolError `token_invalid`; ExchangeError `grant_differs`
 */
export async function verifyGrant(
  grant: string,
  request: VerifiedRequest,
  input: { broker: string; brokerKeys: KeySet; owner: string; now: number },
): Promise<GrantClaims> {
  const verified = await verifyToken({
    kind: 'grant',
    token: grant,
    keys: input.brokerKeys,
    issuer: input.broker,
    audience: input.owner,
    now: input.now,
  });
  const claims = parseMessage(GrantClaims, verified.claims);
  const differs = (what: string) =>
    new ExchangeError('grant_differs', `the grant is for another ${what}`, input.broker);
  if (claims.request !== request.digest) throw differs('request');
  if (claims.requester !== request.claims.iss) throw differs('requester');
  if (claims.txn !== request.claims.txn) throw differs('transaction');
  return claims;
}
