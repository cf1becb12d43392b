import { beforeAll, describe, expect, it } from 'vitest';
import { keySetFrom, type KeySet } from '#protocol';
import { exampleFederation, ids, NOW, signClaims, type ExampleFederation } from '../test/example-federation.js';
import { claimsIn, refusalCode } from '../test/refusals.js';
import { signRecall, signRecallAnswer, verifyRecall, verifyRecallAnswer, type VerifiedRecall } from './index.js';

const DIGEST = 'D'.repeat(43);
const DAY = 86_400;

let federation: ExampleFederation;
let ownerKeys: KeySet;
let receiverKeys: KeySet;
beforeAll(async () => {
  federation = await exampleFederation();
  const keysOf = (name: 'agency' | 'neighbour') => keySetFrom({ keys: [federation.keys[name].publicJwk] }, 'sig');
  [ownerKeys, receiverKeys] = await Promise.all([keysOf('agency'), keysOf('neighbour')]);
});

const recallToken = (content: Partial<Parameters<typeof signRecall>[0]> = {}) =>
  signRecall({
    issuer: ids.agency,
    receiver: ids.neighbour,
    jti: 'cmVjYWxsLTAwMDEtMDAwMQ',
    txn: 'transaction-0001',
    release: DIGEST,
    reason: 'attestation_ended',
    because: DIGEST,
    answerWithinSeconds: DAY,
    issuedAt: NOW,
    key: federation.keys.agency,
    ...content,
  });

const verify = (token: string, now = NOW, receiver: string = ids.neighbour): Promise<VerifiedRecall> =>
  verifyRecall({ token, issuer: ids.agency, receiver, keys: ownerKeys, now });

const answerToken = (recall: string, content: Partial<Parameters<typeof signRecallAnswer>[0]> = {}) =>
  signRecallAnswer({
    issuer: ids.neighbour,
    receiver: ids.agency,
    jti: 'YW5zd2VyLTAwMDEtMDAwMQ',
    recall,
    outcome: 'deleted',
    proof: DIGEST,
    lifetimeSeconds: 120,
    issuedAt: NOW,
    key: federation.keys.neighbour,
    ...content,
  });

const verifyAnswer = async (token: Promise<string>) =>
  verifyRecallAnswer({ token: await token, recall: await verify(await recallToken()), keys: receiverKeys, now: NOW });

const answerCode = (token: Promise<string>) => refusalCode(() => verifyAnswer(token));

const code = (token: Promise<string>, now = NOW, receiver: string = ids.neighbour) =>
  refusalCode(async () => verify(await token, now, receiver));

describe('a recall', () => {
  it('names the release, what ended, and by when it has to be answered', async () => {
    expect(await verify(await recallToken())).toMatchObject({
      issuer: ids.agency,
      receiver: ids.neighbour,
      release: DIGEST,
      reason: 'attestation_ended',
      because: DIGEST,
      answerBy: NOW + DAY * 1_000,
    });
    const error = await recallToken({ reason: 'released_in_error', because: undefined });
    expect((await verify(error)).because).toBeUndefined();
  });

  it('is refused from another owner, to another receiver, late, or without saying what ended', async () => {
    expect(await code(recallToken({ key: federation.keys.or }))).toBe('signature_invalid');
    expect(await code(recallToken(), NOW, ids.broker)).toBe('signature_invalid');
    expect(await code(recallToken(), NOW + DAY * 1_000)).toBe('signature_invalid');
    expect(await code(recallToken({ because: undefined }))).toBe('recall_malformed');
    expect(await code(recallToken({ answerWithinSeconds: DAY + 1 }))).toBe('signature_invalid');
    const odd = { ...claimsIn(await recallToken()), reason: 'regret' };
    expect(await code(signClaims('recall', odd, federation.keys.agency))).toBe('recall_malformed');
  });
});

describe('the answer to a recall', () => {
  it('proves the deletion, or shows the hold, of exactly what was recalled', async () => {
    const { digest } = await verify(await recallToken());
    expect(await verifyAnswer(answerToken(digest))).toMatchObject({ outcome: 'deleted', proof: DIGEST });
    expect(await verifyAnswer(answerToken(digest, { outcome: 'held' }))).toMatchObject({ outcome: 'held' });
    const nothing = answerToken(digest, { outcome: 'nothing_kept', proof: undefined });
    expect(await verifyAnswer(nothing)).toMatchObject({ outcome: 'nothing_kept', proof: undefined });
  });

  it('is refused without a proof, to another recall, or from anybody but the receiver', async () => {
    const { digest } = await verify(await recallToken());
    expect(await answerCode(answerToken(digest, { proof: undefined }))).toBe('recall_malformed');
    expect(await answerCode(answerToken(digest, { outcome: 'nothing_kept' }))).toBe('recall_malformed');
    expect(await answerCode(answerToken('E'.repeat(43)))).toBe('response_contradicts_chain');
    expect(await answerCode(answerToken(digest, { key: federation.keys.agency }))).toBe('signature_invalid');
    expect(await answerCode(answerToken(digest, { receiver: ids.broker }))).toBe('signature_invalid');
    expect(await answerCode(recallToken())).toBe('recall_malformed');
  });
});
