import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readForeignToken, type JsonObject } from '#protocol';
import { examineTrustChain, verifyTrustChain } from './index.js';

/**
 * The signed chain that the standard itself prints. It is a chain of another profile (RS256, a life of 83 hours, an entity
 * type of its own), so it has to be found whole by the standard's rules and refused by ours, each refusal by name.
 */
const VECTOR = new URL('../test/vectors/openid-federation-printed-chain.json', import.meta.url);
const chain = (JSON.parse(readFileSync(VECTOR, 'utf8')) as { trust_chain: string[] }).trust_chain;
const WITHIN = 1_767_800_000_000;
const anchors = [
  {
    entityId: 'https://trust-anchor.example.org',
    jwks: readForeignToken(chain.at(-1) ?? '').claims['jwks'] as JsonObject,
  },
];

const examine = (tokens: readonly string[], now = WITHIN) => examineTrustChain({ chain: tokens, anchors, now });

describe('the chain that OpenID Federation 1.0 prints', () => {
  it('holds by the rules of the standard: four signatures, links, times, hint and anchor', async () => {
    const { standardHolds, checks, statements } = await examine(chain);
    expect(standardHolds).toBe(true);
    expect(checks.filter(({ of, check }) => of === 'standard' && check === 'signature')).toHaveLength(4);
    expect(statements.map(({ subject }) => subject)).toEqual([
      'https://credential_issuer.example.org',
      'https://credential_issuer.example.org',
      'https://intermediate.eidas.example.org',
      'https://trust-anchor.example.org',
    ]);
  });

  it('does not hold before its time or after it', async () => {
    for (const now of [1_767_710_983_000, 1_768_010_984_000]) {
      expect((await examine(chain, now)).standardHolds).toBe(false);
    }
  });

  it('is refused by the profile, statement by statement', async () => {
    const { checks, refusal, verified } = await examine(chain);
    expect(verified).toBeUndefined();
    const refused = checks.filter(({ of, holds }) => of === 'profile' && !holds);
    expect(refused.map(({ link, refusal: why }) => [link, why?.code])).toEqual([
      [0, 'entity_id_invalid'],
      [1, 'entity_id_invalid'],
      [2, 'status_missing'],
      [3, 'lifetime_too_long'],
    ]);
    expect(refusal).toMatchObject({ code: 'entity_id_invalid', link: 0 });
    await expect(verifyTrustChain({ chain, anchors, now: WITHIN })).rejects.toMatchObject({ link: 0 });
  });

  it('with one bit of any statement changed holds by no rules', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(3), fc.nat(), fc.nat(5), async (link, place, bit) => {
        const bytes = Buffer.from(chain[link] ?? '');
        const at = place % bytes.length;
        bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at);
        const altered = chain.with(link, bytes.toString('latin1'));
        expect((await examine(altered)).standardHolds).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});
