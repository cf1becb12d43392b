import {
  AnswerClaims,
  DenialClaims,
  EndStateClaims,
  open,
  parseMessage,
  verifyToken,
  type DecryptionKey,
  type HopClaims,
  type KeySet,
} from '#protocol';
import { ExchangeError } from './exchange-error.js';
import type { VerifiedRequest } from './verify-request.js';

interface Sender {
  readonly entityId: string;
  readonly keys: KeySet;
}

/**
 * Opens a sealed answer and verifies that it is the owner's answer to this very request; an answer to another request of
 * the same requester, or one sealed by somebody in between, is refused (J22).
 *
 * @throws ProtocolError `cannot_open` or `token_invalid`; ExchangeError `answer_differs`
 */
export async function openAnswer(
  sealed: string,
  request: VerifiedRequest,
  input: { answerKey: DecryptionKey; owner: Sender; now: number },
): Promise<AnswerClaims> {
  const token = await open('sealed-answer', sealed, input.answerKey);
  const claims = await verifiedOutcome('answer', AnswerClaims, token, request, input.owner, input.now);
  if (claims.request_jti !== request.claims.jti) throw differs(input.owner.entityId);
  return claims;
}

export function verifyDenial(
  denial: string,
  request: VerifiedRequest,
  owner: Sender,
  now: number,
): Promise<DenialClaims> {
  return verifiedOutcome('denial', DenialClaims, denial, request, owner, now);
}

export function verifyEndState(
  statement: string,
  request: VerifiedRequest,
  broker: Sender,
  now: number,
): Promise<EndStateClaims> {
  return verifiedOutcome('end-state', EndStateClaims, statement, request, broker, now);
}

async function verifiedOutcome<T extends HopClaims & { request: string }>(
  kind: 'answer' | 'denial' | 'end-state',
  type: new () => T,
  token: string,
  request: VerifiedRequest,
  sender: Sender,
  now: number,
): Promise<T> {
  const verified = await verifyToken({
    kind,
    token,
    keys: sender.keys,
    issuer: sender.entityId,
    audience: request.claims.iss,
    now,
  });
  const claims = parseMessage(type, verified.claims);
  if (claims.request !== request.digest || claims.txn !== request.claims.txn) throw differs(sender.entityId);
  return claims;
}

function differs(party: string): ExchangeError {
  return new ExchangeError('answer_differs', 'the outcome belongs to another request', party);
}
