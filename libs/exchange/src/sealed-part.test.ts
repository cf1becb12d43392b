import { describe, expect, it } from 'vitest';
import { platesOf, type JsonObject } from '#protocol';
import { generateDecryptionKey, generateSigningKey } from '#protocol/io';
import {
  NOW,
  OTHER_OWNER,
  OWNER,
  exampleQueryFacts,
  exampleRequest,
  type Dishonesty,
} from '../test/example-request.js';
import { openSealedPart } from './sealed-part.js';

/** An agency with real keys asks; what it says in the clear and what it seals need not agree (P16, P18, B02). */
async function opened(dishonesty: Dishonesty, input: { owner?: string; now?: number } = {}) {
  const { request, ownerKey, requesterKeys } = await exampleRequest(dishonesty);
  return openSealedPart(request, {
    owner: OWNER,
    key: ownerKey,
    requesterKeys,
    queryFactsOf: exampleQueryFacts,
    now: NOW,
    ...input,
  });
}

const refusedAs = (code: string) => expect.objectContaining({ name: 'ExchangeError', code }) as unknown;
const query =
  (change: JsonObject) =>
  (ask: JsonObject): JsonObject => ({
    ...ask,
    query: { ...(ask['query'] as JsonObject), ...change },
  });
const clear =
  (change: JsonObject) =>
  (claims: JsonObject): JsonObject => ({
    ...claims,
    clear: { ...(claims['clear'] as JsonObject), ...change },
  });

it('opens the sealed part of an honest request', async () => {
  const { sealed, approval } = await opened({});
  expect(platesOf(sealed.ask.query)).toEqual([{ text: 'ABC123' }]);
  expect(approval?.ask_digest).toHaveLength(43);
});

describe('a sealed part that was made for something else is refused as moved', () => {
  it.each([
    ['another requester', { iss: 'https://peachtree-flats.example' }],
    ['another request', { jti: 'cmVxdWVzdC0wMDAwMDAwMg' }],
    ['another transaction', { txn: '0b6f0f3c-5d0e-4c7a-9a51-3f1c8a2d4e61' }],
    ['another owner', { owner: OTHER_OWNER }],
  ])('B02: %s', async (_what, change) => {
    await expect(opened({ sealed: (part) => ({ ...part, ...change }) })).rejects.toEqual(
      refusedAs('sealed_part_moved'),
    );
  });

  it('B02: opened by an owner whom the request does not name', async () => {
    await expect(opened({}, { owner: OTHER_OWNER })).rejects.toEqual(refusedAs('sealed_part_moved'));
  });

  it('B02: another answer key than the sealed one', async () => {
    const { x } = (await generateDecryptionKey()).publicJwk;
    const change = { answer_key: { kty: 'OKP', crv: 'X25519', x: x as string } };
    await expect(opened({ claims: (claims) => ({ ...claims, ...change }) })).rejects.toEqual(
      refusedAs('answer_key_differs'),
    );
  });
});

describe('P16: what is sealed has to be what is said in the clear', () => {
  it.each<[string, (ask: JsonObject) => JsonObject]>([
    ['a second plate', query({ plates: [{ text: 'ABC123' }, { text: 'XYZ789' }] })],
    ['an earlier begin', query({ from: '2020-01-01T00:00:00Z' })],
    ['a later end', query({ until: '2026-11-22T13:00:00Z' })],
    ['another offence', (ask) => ({ ...ask, offence: '30A' })],
    ['another purpose', (ask) => ({ ...ask, purpose: 'immigration-enforcement' })],
    ['another beneficiary', (ask) => ({ ...ask, beneficiary: 'https://ice.example' })],
    ['an exception', (ask) => ({ ...ask, exception: 'emergency' })],
    ['another class of legal process', (ask) => ({ ...ask, legal_process: { class: 'none' } })],
    [
      'a reference that was not committed to',
      (ask) => ({ ...ask, legal_process: { class: 'documented-purpose', reference: 'x' } }),
    ],
  ])('%s in the ask is refused', async (_what, sealedAsk) => {
    await expect(opened({ sealedAsk })).rejects.toEqual(refusedAs('sealed_part_differs'));
  });

  it.each<[string, JsonObject]>([
    ['a smaller number of plates', { plate_count: 2 }],
    ['a shorter window', { from: '2026-11-22T00:00:00Z' }],
    ['a milder purpose', { purpose: 'missing-person' }],
  ])('%s in the clear is refused', async (_what, change) => {
    await expect(opened({ claims: clear(change) })).rejects.toEqual(refusedAs('sealed_part_differs'));
  });

  it('the digest of the clear facts is that of these facts', async () => {
    const change = { clear_digest: `${'e'.repeat(42)}A` };
    await expect(opened({ sealed: (part) => ({ ...part, ...change }) })).rejects.toEqual(
      refusedAs('sealed_part_differs'),
    );
  });
});

const without = (...names: string[]) =>
  opened({
    sealed: (part) => Object.fromEntries(Object.entries(part).filter(([name]) => !names.includes(name))),
  });

describe('P18: what is sealed has to be what was approved', () => {
  it.each<[string, (ask: JsonObject) => JsonObject]>([
    ['another plate', query({ plates: [{ text: 'XYZ789' }] })],
    ['another case', (ask) => ({ ...ask, case_number: '26-09999' })],
    ['another narrative', (ask) => ({ ...ask, narrative: 'something else' })],
  ])('%s is refused', async (_what, sealedAsk) => {
    await expect(opened({ sealedAsk })).rejects.toEqual(refusedAs('ask_digest_differs'));
  });

  it('an owner outside the ask is refused', async () => {
    const opening = { salt: `${'f'.repeat(42)}A`, index: 0, path: [] };
    await expect(opened({ sealed: (part) => ({ ...part, owner_opening: opening }) })).rejects.toEqual(
      refusedAs('owner_not_approved'),
    );
  });

  it('a fan-out other than the approved one is refused', async () => {
    await expect(opened({ claims: (claims) => ({ ...claims, fan_out: 1 }) })).rejects.toEqual(
      refusedAs('owner_not_approved'),
    );
  });

  it('P21: half an approval is none, and none is no approval in the clear either', async () => {
    // What stands in the clear is computed from what is sealed: `approved` cannot be said of a request that has none.
    for (const names of [['approval'], ['approval', 'supervisor_id_token']]) {
      await expect(without(...names)).rejects.toEqual(refusedAs('sealed_part_differs'));
    }
    await expect(without('supervisor_id_token')).rejects.toEqual(refusedAs('approval_invalid'));
  });

  it.each<[string, JsonObject]>([
    ['for another ask', { ask_digest: `${'e'.repeat(42)}A` }],
    ['of another officer', { officer_id_token: `${'e'.repeat(42)}A` }],
    ['of another supervisor', { supervisor_id_token: `${'e'.repeat(42)}A` }],
    ['given after the request', { iat: NOW / 1000 + 5 }],
    ['that is over', { iat: NOW / 1000 - 90_000, exp: NOW / 1000 - 3_600 }],
    ['that lives too long', { exp: NOW / 1000 + 90_000 }],
    ['of another agency', { iss: 'https://peachtree-flats.example' }],
  ])('an approval %s is refused', async (_what, change) => {
    await expect(opened({ approval: (claims) => ({ ...claims, ...change }) })).rejects.toEqual(
      refusedAs('approval_invalid'),
    );
  });

  it('an approval that the agency did not sign is refused', async () => {
    await expect(opened({ approvalKey: await generateSigningKey() })).rejects.toEqual(refusedAs('approval_invalid'));
  });
});

it('a part that is sealed to another key is not opened', async () => {
  const { request, requesterKeys } = await exampleRequest();
  const key = await generateDecryptionKey();
  const queryFactsOf = exampleQueryFacts;
  await expect(
    openSealedPart(request, { owner: OWNER, key, requesterKeys, queryFactsOf, now: NOW }),
  ).rejects.toMatchObject({
    name: 'ProtocolError',
    code: 'cannot_open',
  });
});
