import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject, SigningKey } from '#protocol';
import { generateDecryptionKey, generatePrivateJwk, generateSigningKey } from '#protocol/io';
import { exampleFederation, HOUR, ids, NOW, type ExampleFederation } from '../test/example-federation.js';
import { refusalCode } from '../test/refusals.js';
import {
  keysInForceAt,
  requireVouchedFor,
  signHistoricalKeys,
  verifyHistoricalKeys,
  type KeyLife,
  type VerifiedChain,
  type VerifiedKeyHistory,
} from './index.js';

let federation: ExampleFederation;
let or: VerifiedChain;
let old: SigningKey;
beforeAll(async () => {
  federation = await exampleFederation();
  [or, old] = await Promise.all([federation.jurisdictionChain('or'), generateSigningKey()]);
});

const life: KeyLife = { issuedAt: NOW - 100 * HOUR, expiresAt: NOW - 10 * HOUR, revoked: undefined };

const sign = (keys: readonly (KeyLife & { jwk: JsonObject })[], key = federation.keys.or, issuedAt = NOW) =>
  signHistoricalKeys({ issuer: ids.or, keys, issuedAt, key });

const verify = (token: string, issuer: string = ids.or) =>
  verifyHistoricalKeys({ token, issuer, keys: or.federationKeys, now: NOW });

async function history(changes: Partial<KeyLife> = {}): Promise<VerifiedKeyHistory> {
  return verify(await sign([{ jwk: old.publicJwk, ...life, ...changes }]));
}

const statement = (issuedAt: number, issuer: string = ids.or) => ({
  issuer,
  subject: ids.agency,
  kid: old.kid,
  digest: 'd',
  issuedAt,
});

describe('historical keys', () => {
  it('are the keys of before, each with its life and why it ended', async () => {
    const revoked = { at: NOW - 20 * HOUR, reason: 'compromised' } as const;
    const [found] = [...(await history({ revoked })).keys.values()];
    expect(found).toMatchObject({ ...life, revoked });
    expect(found?.key.kid).toBe(old.kid);
  });

  it('are refused from another key or issuer, from the future, and with anything unknown in them', async () => {
    const good = { jwk: old.publicJwk, ...life };
    expect(await refusalCode(async () => verify(await sign([good], federation.keys.ga)))).toBe('signature_invalid');
    expect(await refusalCode(async () => verify(await sign([good]), ids.ga))).toBe('link_broken');
    const future = await sign([good], federation.keys.or, NOW + 11_000);
    expect(await refusalCode(() => verify(future))).toBe('not_yet_valid');
    const inverted = { ...good, expiresAt: good.issuedAt };
    expect(await refusalCode(async () => verify(await sign([inverted])))).toBe('history_malformed');
    const odd = { ...good, revoked: { at: NOW, reason: 'bored' as 'unspecified' } };
    expect(await refusalCode(async () => verify(await sign([odd])))).toBe('history_malformed');
  });

  it('J14: are refused with a private part, a key twice, or a key that does not sign', async () => {
    const bad = [
      [{ jwk: await generatePrivateJwk('sig'), ...life }, 'keys_refused'],
      [{ jwk: (await generateDecryptionKey()).publicJwk, ...life }, 'history_malformed'],
    ] as const;
    for (const [key, code] of bad) expect(await refusalCode(async () => verify(await sign([key])))).toBe(code);
    const twice = { jwk: old.publicJwk, ...life };
    expect(await refusalCode(async () => verify(await sign([twice, twice])))).toBe('history_malformed');
  });

  it('T12: a key that was superseded vouches for what is dated within its life and for nothing later', async () => {
    const revoked = { at: NOW - 20 * HOUR, reason: 'superseded' } as const;
    const histories = [await history({ revoked })];
    const judge = (issuedAt: number) => refusalCode(() => requireVouchedFor(statement(issuedAt), histories, undefined));
    expect(await judge(NOW - 50 * HOUR)).toBe('accepted');
    expect(await judge(NOW - 20 * HOUR)).toBe('key_retired');
    expect(await judge(NOW - 101 * HOUR)).toBe('key_retired');
  });

  it('T11: a key that was compromised vouches only for what is proven to be older than the compromise', async () => {
    const revoked = { at: NOW - 20 * HOUR, reason: 'compromised' } as const;
    const histories = [await history({ revoked })];
    const judge = (provenBy: number | undefined) =>
      refusalCode(() => requireVouchedFor(statement(NOW - 50 * HOUR), histories, provenBy));
    expect(await judge(undefined)).toBe('key_compromised');
    expect(await judge(NOW - 20 * HOUR)).toBe('key_compromised');
    expect(await judge(NOW - 20 * HOUR - 1)).toBe('accepted');
  });

  it('T11: the history of another entity says nothing about a key of the same name', async () => {
    const histories = [await history({ revoked: { at: 0, reason: 'compromised' } })];
    const judge = refusalCode(() => requireVouchedFor(statement(NOW, ids.ga), histories, undefined));
    expect(await judge).toBe('accepted');
  });

  it('T12: the keys in force at an instant are those of then and those of now', async () => {
    const of = await history();
    const at = (instant: number) => [...keysInForceAt(or.federationKeys, of, instant).keys()];
    expect(at(NOW - 50 * HOUR)).toEqual([federation.keys.or.kid, old.kid]);
    expect(at(NOW)).toEqual([federation.keys.or.kid]);
    expect([...keysInForceAt(or.federationKeys, undefined, NOW).keys()]).toEqual([federation.keys.or.kid]);
  });
});
