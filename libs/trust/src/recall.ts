import { signToken, type JsonObject, type KeySet, type SigningKey } from '#protocol';
import { parseEntityId } from './entity-id.js';
import { readClaims, requireIssuer, secondsOf, type Grammar } from './signed-claims.js';
import { TrustError } from './trust-error.js';

/** Why an owner takes back what it released. */
export const RECALL_REASONS = [
  'attestation_ended',
  'entity_suspended',
  'entity_withdrawn',
  'released_in_error',
] as const;
export type RecallReason = (typeof RECALL_REASONS)[number];

/** What a receiver did. It deletes with a receipt, or shows the hold that forbids it to. */
export const RECALL_OUTCOMES = ['deleted', 'held', 'nothing_kept'] as const;
export type RecallOutcome = (typeof RECALL_OUTCOMES)[number];

/** A recall as it was read and verified. Made only by `verifyRecall`. Instants in milliseconds. */
export interface VerifiedRecall {
  readonly [verified]: 'recall';
  readonly digest: string;
  /** The owner. */
  readonly issuer: string;
  readonly receiver: string;
  readonly jti: string;
  readonly txn: string;
  /** Digest of the release receipt: what is recalled. */
  readonly release: string;
  readonly reason: RecallReason;
  /** Digest of the mark, statement or event that ended; `undefined` where the owner erred. */
  readonly because: string | undefined;
  readonly issuedAt: number;
  /** By when the receiver has to answer. */
  readonly answerBy: number;
}
declare const verified: unique symbol;

/** Made only by `verifyRecallAnswer`. */
export interface VerifiedRecallAnswer {
  readonly [verified]: 'recall answer';
  readonly digest: string;
  /** The receiver. */
  readonly issuer: string;
  readonly recall: string;
  readonly outcome: RecallOutcome;
  /** Digest of the receipt of the deletion, or of the hold; `undefined` where nothing was kept. */
  readonly proof: string | undefined;
  readonly issuedAt: number;
}

const RECALL: Grammar = { kind: 'recall', code: 'recall_malformed', name: 'recall' };
const ANSWER: Grammar = { kind: 'recall-answer', code: 'recall_malformed', name: 'answer to a recall' };
const DIGEST = /^[A-Za-z0-9_-]{43}$/;
const IDENTIFIER = /^[A-Za-z0-9_-]{16,64}$/;
const TRANSACTION = /^[A-Za-z0-9_.:-]{8,128}$/;

interface Addressed {
  readonly issuer: string;
  readonly receiver: string;
  readonly jti: string;
  /** Milliseconds. */
  readonly issuedAt: number;
  /** Protocol key of the issuer: a recall is a message between nodes. */
  readonly key: SigningKey;
}

/** @returns compact `comity-recall+jwt`, to the receiver of a release; it has to be answered within a day */
export function signRecall(
  content: Addressed & {
    readonly txn: string;
    readonly release: string;
    readonly reason: RecallReason;
    readonly because: string | undefined;
    readonly answerWithinSeconds: number;
  },
): Promise<string> {
  const { issuer, receiver, jti, issuedAt, key, txn, release, reason, because, answerWithinSeconds } = content;
  const iat = secondsOf(issuedAt);
  const claims: JsonObject = {
    iss: issuer,
    aud: receiver,
    iat,
    exp: iat + answerWithinSeconds,
    jti,
    txn,
    release,
    reason,
  };
  if (because !== undefined) claims['because'] = because;
  return signToken({ kind: 'recall', claims, key });
}

/**
 * @param input.keys protocol keys of the owner
 * @throws TrustError `recall_malformed`, `signature_invalid` (also another's, to another, or too late)
 */
export async function verifyRecall(input: {
  readonly token: string;
  readonly issuer: string;
  readonly receiver: string;
  readonly keys: KeySet;
  /** Milliseconds. */
  readonly now: number;
}): Promise<VerifiedRecall> {
  const { token, issuer, receiver, keys, now } = input;
  const { read, claims } = readClaims(RECALL, token);
  const reasonText = claims.text('reason');
  const reason = RECALL_REASONS.find((known) => known === reasonText);
  const recall = {
    digest: read.digest,
    issuer: parseEntityId(claims.text('iss')).id,
    receiver: claims.text('aud'),
    jti: claims.text('jti', IDENTIFIER),
    txn: claims.text('txn', TRANSACTION),
    release: claims.text('release', DIGEST),
    because: claims.has('because') ? claims.text('because', DIGEST) : undefined,
    issuedAt: claims.instant('iat'),
    answerBy: claims.instant('exp'),
  };
  claims.end();
  if (!reason || (recall.because === undefined) !== (reason === 'released_in_error')) {
    throw new TrustError('recall_malformed', 'a recall says why, and what ended', { entityId: issuer });
  }
  await requireIssuer(RECALL, { token, issuer, keys, audience: receiver, now, entityId: issuer });
  return { ...recall, reason } as VerifiedRecall;
}

/** @param content.recall digest of the recall that is answered. @returns compact `comity-recall-answer+jwt` */
export function signRecallAnswer(
  content: Addressed & {
    readonly recall: string;
    readonly outcome: RecallOutcome;
    readonly proof: string | undefined;
    readonly lifetimeSeconds: number;
  },
): Promise<string> {
  const { issuer, receiver, jti, issuedAt, key, recall, outcome, proof, lifetimeSeconds } = content;
  const iat = secondsOf(issuedAt);
  const claims: JsonObject = { iss: issuer, aud: receiver, iat, exp: iat + lifetimeSeconds, jti, recall, outcome };
  if (proof !== undefined) claims['proof'] = proof;
  return signToken({ kind: 'recall-answer', claims, key });
}

/**
 * @param input.recall the recall that the owner sent: an answer to another one proves nothing about this
 * @param input.keys protocol keys of the receiver
 * @throws TrustError `recall_malformed`, `response_contradicts_chain` (answers another recall), `signature_invalid`
 */
export async function verifyRecallAnswer(input: {
  readonly token: string;
  readonly recall: Pick<VerifiedRecall, 'digest' | 'issuer' | 'receiver'>;
  readonly keys: KeySet;
  /** Milliseconds. */
  readonly now: number;
}): Promise<VerifiedRecallAnswer> {
  const { token, recall, keys, now } = input;
  const { read, claims } = readClaims(ANSWER, token);
  const outcomeText = claims.text('outcome');
  const outcome = RECALL_OUTCOMES.find((known) => known === outcomeText);
  const answer = {
    digest: read.digest,
    issuer: parseEntityId(claims.text('iss')).id,
    recall: claims.text('recall', DIGEST),
    proof: claims.has('proof') ? claims.text('proof', DIGEST) : undefined,
    issuedAt: claims.instant('iat'),
  };
  claims.text('aud');
  claims.text('jti', IDENTIFIER);
  claims.instant('exp');
  claims.end();
  const entityId = recall.receiver;
  if (!outcome || (answer.proof === undefined) !== (outcome === 'nothing_kept')) {
    throw new TrustError('recall_malformed', 'whoever deleted or holds proves it', { entityId });
  }
  await requireIssuer(ANSWER, { token, issuer: recall.receiver, keys, audience: recall.issuer, now, entityId });
  if (answer.recall !== recall.digest) {
    throw new TrustError('response_contradicts_chain', 'answers another recall', { entityId });
  }
  return { ...answer, outcome } as VerifiedRecallAnswer;
}
