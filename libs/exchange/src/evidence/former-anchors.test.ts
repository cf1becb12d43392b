import { beforeAll, describe, expect, it } from 'vitest';
import { isJsonObject, type JsonValue, type SigningKey } from '#protocol';
import { generateSigningKey } from '#protocol/io';
import { signHistoricalKeys, type KeyRevocationReason } from '#trust';
import { anchorsAt } from './former-anchors.js';

const anchor = 'https://anchor.example';
const NOW = Date.parse('2026-11-22T12:00:00Z');
const DAY = 86_400_000;
let [now, then, other]: SigningKey[] = [];

beforeAll(async () => {
  [now, then, other] = [await generateSigningKey(), await generateSigningKey(), await generateSigningKey()];
});

/** Key ids that count for evidence of `at`, where the former key ended `revoked`. */
async function kidsAt(
  at: number,
  change: { revoked?: KeyRevocationReason; signer?: SigningKey } = {},
): Promise<string[]> {
  if (!now || !then) throw new TypeError('keys are made first');
  const token = await signHistoricalKeys({
    issuer: anchor,
    issuedAt: NOW - 1_000,
    key: change.signer ?? now,
    keys: [
      {
        jwk: then.publicJwk,
        issuedAt: NOW - 100 * DAY,
        expiresAt: NOW - 10 * DAY,
        revoked: change.revoked && { at: NOW - 20 * DAY, reason: change.revoked },
      },
    ],
  });
  const pinned = [{ entityId: anchor, jwks: { keys: [now.publicJwk] } }];
  const [found] = await anchorsAt(pinned, [{ entityId: anchor, token }], { at, now: NOW });
  return kidsOf(found?.jwks ?? null);
}

function kidsOf(jwks: JsonValue): string[] {
  const keys = isJsonObject(jwks) ? jwks['keys'] : undefined;
  return (Array.isArray(keys) ? keys : []).flatMap((key) => {
    return isJsonObject(key) && typeof key['kid'] === 'string' ? [key['kid']] : [];
  });
}

const both = () => [now?.kid, then?.kid];
const onlyNow = () => [now?.kid];

describe('keys that an anchor used before', () => {
  it('count for evidence of their time, by a history that the pinned key signed', async () => {
    expect(await kidsAt(NOW - 50 * DAY)).toEqual(both());
    expect(await kidsAt(NOW - 50 * DAY, { revoked: 'superseded' })).toEqual(both());
  });

  it('B12: count for nothing after their time or after they were withdrawn', async () => {
    expect(await kidsAt(NOW - 5 * DAY)).toEqual(onlyNow());
    expect(await kidsAt(NOW - 15 * DAY, { revoked: 'superseded' })).toEqual(onlyNow());
    expect(await kidsAt(NOW - 200 * DAY)).toEqual(onlyNow());
  });

  it('B12: that were stolen count for nothing at all, because a thief dates as he likes', async () => {
    expect(await kidsAt(NOW - 50 * DAY, { revoked: 'compromised' })).toEqual(onlyNow());
  });

  it('count for nothing where the pinned key did not sign the history', async () => {
    const signer = other;
    if (!signer) throw new TypeError('keys are made first');
    expect(await kidsAt(NOW - 50 * DAY, { signer })).toEqual(onlyNow());
  });
});
