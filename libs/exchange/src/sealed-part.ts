import { createHash } from 'node:crypto';
import {
  ApprovalClaims,
  NO_AUDIENCE,
  SealedPart,
  canonicalJson,
  digestOfText,
  encodeBase64url,
  encryptionTargetFrom,
  open,
  parseMessage,
  parseStrictJson,
  verifyToken,
  type AnswerKey,
  type AskQuery,
  type ClearFacts,
  type DecryptionKey,
  type JsonValue,
  type KeySet,
  type QueryFacts,
} from '#protocol';
import { askDigest, clearFactsDigest, clearFactsOf, legalProcessCommitment, ownerIsCommitted } from './ask.js';
import { ExchangeError } from './exchange-error.js';
import type { VerifiedRequest } from './verify-request.js';

/** The sealed part after every comparison: it belongs to this request, this owner, and this approval. */
export interface OpenedRequest {
  readonly sealed: SealedPart;
  /** `undefined` where it follows an emergency: the rule decides whether it may. */
  readonly approval: ApprovalClaims | undefined;
}

/** RFC 7638 thumbprint of the answer key. */
export function answerKeyThumbprint(key: AnswerKey): string {
  const members = canonicalJson({ crv: key.crv, kty: key.kty, x: key.x });
  return encodeBase64url(createHash('sha256').update(members).digest());
}

/**
 * Opens the part sealed to this owner and holds it against the request around it: a sealed part that was moved, an answer
 * key that was swapped, or clear facts that differ from the ask are refused by name.
 *
 * @throws ProtocolError `cannot_open`, `key_refused`; ExchangeError
 */
export async function openSealedPart(
  request: VerifiedRequest,
  input: {
    owner: string;
    key: DecryptionKey;
    requesterKeys: KeySet;
    /** Reads the query and computes what of it stands in the clear; what it throws is thrown. */
    queryFactsOf: (query: AskQuery) => QueryFacts;
    now: number;
  },
): Promise<OpenedRequest> {
  const text = await open('sealed-part', request.claims.sealed, input.key);
  const sealed = parseMessage(SealedPart, parseStrictJson(text));
  checkBelongs(sealed, request, input.owner);
  // With a point of small order everybody on the way could read the answer (J14).
  await encryptionTargetFrom({ ...request.claims.answer_key }, sealed.answer_key_thumbprint);
  checkAsk(sealed, request, input.owner, input.queryFactsOf(sealed.ask.query));
  return { sealed, approval: await verifiedApproval(sealed, request, input) };
}

function checkBelongs(sealed: SealedPart, { claims }: VerifiedRequest, owner: string): void {
  const moved = (what: string) =>
    new ExchangeError('sealed_part_moved', `the sealed part names another ${what}`, claims.iss);
  if (sealed.iss !== claims.iss) throw moved('requester');
  if (sealed.jti !== claims.jti) throw moved('request');
  if (sealed.txn !== claims.txn) throw moved('transaction');
  if (sealed.owner !== owner || claims.owner !== owner) throw moved('owner');
  if (sealed.answer_key_thumbprint !== answerKeyThumbprint(claims.answer_key)) {
    throw new ExchangeError('answer_key_differs', 'the answer key is not the one that was sealed', claims.iss);
  }
}

/** Every clear fact is computed again from the ask; kind, window, area and counts are what the content says, not a claim (P16). */
function checkAsk(sealed: SealedPart, { claims }: VerifiedRequest, owner: string, query: QueryFacts): void {
  const { ask } = sealed;
  const recomputed = clearFactsOf(ask, query, sealed.legal_process_salt, {
    officer: claims.clear.officer,
    approved: sealed.approval !== undefined,
  });
  if (canonicalText(recomputed) !== canonicalText(claims.clear)) {
    throw new ExchangeError('sealed_part_differs', 'the facts in the clear are not those of the ask', claims.iss);
  }
  if (sealed.clear_digest !== clearFactsDigest(claims.clear, claims.jti)) {
    throw new ExchangeError('sealed_part_differs', 'the digest of the clear facts differs', claims.iss);
  }
  if (legalProcessCommitment(ask.legal_process, sealed.legal_process_salt) !== claims.clear.legal_process.commitment) {
    throw new ExchangeError('sealed_part_differs', 'the legal process is not the one committed to', claims.iss);
  }
  if (askDigest(ask, sealed.ask_salt) !== claims.ask_digest) {
    throw new ExchangeError('ask_digest_differs', 'the digest of the ask differs', claims.iss);
  }
  if (ask.owners.count !== claims.fan_out || !ownerIsCommitted(owner, sealed.owner_opening, ask.owners)) {
    throw new ExchangeError('owner_not_approved', 'this owner is not among those that were approved', claims.iss);
  }
}

/** The approval binds the ask's digest and the two ID tokens that came with it; it lives 24 h. */
async function verifiedApproval(
  sealed: SealedPart,
  { claims }: VerifiedRequest,
  input: { requesterKeys: KeySet; now: number },
): Promise<ApprovalClaims | undefined> {
  const refuse = (message: string, cause?: unknown) =>
    new ExchangeError('approval_invalid', message, claims.iss, { cause });
  const { approval: token, supervisor_id_token: supervisor } = sealed;
  if ((token === undefined) !== (supervisor === undefined)) throw refuse('an approval is of a person, or is none');
  if (token === undefined || supervisor === undefined) return undefined;
  const verified = await verifyToken({
    kind: 'approval',
    token,
    keys: input.requesterKeys,
    issuer: claims.iss,
    audience: NO_AUDIENCE,
    now: input.now,
  }).catch((cause: unknown) => {
    throw refuse('the approval is not valid', cause);
  });
  const approval = parseMessage(ApprovalClaims, verified.claims);
  if (approval.ask_digest !== claims.ask_digest) throw refuse('the approval is for another ask');
  if (approval.iat > claims.iat) throw refuse('the approval is younger than the request');
  if (approval.officer_id_token !== digestOfText(sealed.officer_id_token)) throw refuse('another officer');
  if (approval.supervisor_id_token !== digestOfText(supervisor)) throw refuse('another supervisor');
  return approval;
}

function canonicalText(clear: ClearFacts): string {
  return canonicalJson(clear as unknown as JsonValue);
}
