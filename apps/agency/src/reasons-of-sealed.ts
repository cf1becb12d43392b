import { protocolReason, type ExchangeError } from '#exchange';
import type { ProtocolError, ReasonClaims } from '#protocol';
import { ReadsError } from '#reads';

/** Why a sealed part is not decided on. */
export function reasonOf(error: ExchangeError | ProtocolError | ReadsError): ReasonClaims {
  if (error instanceof ReadsError) return queryReason(error.code);
  const remedy =
    error.code === 'sealed_to_retired_key'
      ? 'ask again: the part is then sealed to the key that this agency states now'
      : 'send a request whose sealed part was made for it';
  return protocolReason(error.code, 'a sealed part that belongs to this request', error.message, remedy);
}

/** Why two persons are not believed. */
export function personsReason(found: string): ReasonClaims {
  const remedy = 'have both persons sign in anew with two factors, and approve again';
  return protocolReason('persons_invalid', 'ID tokens of an officer and of another supervisor', found, remedy);
}

function queryReason(found: string): ReasonClaims {
  return protocolReason('query_malformed', 'a query that can be searched', found, 'correct the query and ask again');
}
