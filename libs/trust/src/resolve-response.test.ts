import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '#protocol';
import {
  exampleFederation,
  ids,
  NOW,
  signClaims,
  WARRANT,
  type ExampleFederation,
} from '../test/example-federation.js';
import { claimsIn, refusalCode } from '../test/refusals.js';
import { signResolveResponse, verifyResolveResponse, type VerifiedChain } from './index.js';

let federation: ExampleFederation;
let agency: VerifiedChain;
let resolver: VerifiedChain;
beforeAll(async () => {
  federation = await exampleFederation();
  [agency, resolver] = await Promise.all([
    federation.chain().then((chain) => federation.verify(chain)),
    federation.jurisdictionChain('or'),
  ]);
});

const sign = (content: Partial<Parameters<typeof signResolveResponse>[0]> = {}) =>
  signResolveResponse({
    issuer: ids.or,
    chain: agency,
    entityTypes: undefined,
    trustMarks: [],
    issuedAt: NOW,
    key: federation.keys.or,
    ...content,
  });

const verify = (token: string, subject: string = ids.agency) =>
  verifyResolveResponse({
    token,
    subject,
    issuer: ids.or,
    keys: resolver.federationKeys,
    anchors: federation.anchors,
    now: NOW,
  });

async function altered(change: (claims: JsonObject) => void): Promise<string> {
  const claims = claimsIn(await sign());
  change(claims);
  return refusalCode(async () => verify(await signClaims('resolve-response', claims, federation.keys.or)));
}

describe('a resolve response', () => {
  it('ends with the chain and every mark in it, and hands the chain on to be verified', async () => {
    const trustMarks = [{ type: WARRANT, token: await federation.mark({}), expiresAt: NOW + 60_000 }];
    const resolved = await verify(await sign({ trustMarks }));
    expect(resolved.chain).toMatchObject({ entityId: ids.agency, digests: agency.digests });
    expect(resolved.trustMarks).toEqual([{ type: WARRANT, token: trustMarks[0]?.token }]);
    expect(resolved.expiresAt).toBe(NOW + 60_000);
    expect((await verify(await sign())).expiresAt).toBe(agency.expiresAt);
  });

  it('may answer for one entity type', async () => {
    const token = await sign({ entityTypes: ['comity_agency'] });
    expect(Object.keys(claimsIn(token)['metadata'] ?? {})).toEqual(['comity_agency']);
    expect(await refusalCode(() => verify(token))).toBe('accepted');
  });

  it('T14: is believed in nothing that its chain does not say', async () => {
    const other = { comity_agency: { ...agency.metadata, agency_class: 'state_police' } };
    expect(await altered((claims) => (claims['metadata'] = other))).toBe('response_contradicts_chain');
    expect(await altered((claims) => (claims['metadata'] = { comity_broker: {} }))).toBe('response_contradicts_chain');
    expect(await altered((claims) => (claims['sub'] = ids.neighbour))).toBe('response_contradicts_chain');
    expect(await altered((claims) => (claims['exp'] = agency.expiresAt / 1_000 + 1))).toBe(
      'response_contradicts_chain',
    );
    expect(await refusalCode(async () => verify(await sign(), ids.neighbour))).toBe('response_contradicts_chain');
  });

  it('T14: is refused with a chain that does not verify from the own anchor', async () => {
    const reversed = agency.tokens.toReversed();
    expect(await altered((claims) => (claims['trust_chain'] = reversed))).toBe('link_broken');
    expect(await altered((claims) => (claims['trust_chain'] = []))).toBe('chain_too_short');
    expect(await altered((claims) => (claims['trust_chain'] = [7, 7, 7]))).toBe('statement_malformed');
  });

  it('J16: is no entity statement, and an entity statement is no resolve response', async () => {
    const [leaf = '', , upper = '', anchor = ''] = agency.tokens;
    const asStatement = federation.verify([leaf, await sign(), upper, anchor]);
    await expect(asStatement).rejects.toMatchObject({ code: 'statement_malformed', link: 1 });
    expect(await refusalCode(() => verify(leaf))).toBe('response_malformed');
    expect(await refusalCode(async () => verify(await sign({ key: federation.keys.ga })))).toBe('signature_invalid');
  });
});
