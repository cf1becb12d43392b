import { beforeAll, describe, expect, it } from 'vitest';
import { exampleFederation, ids, NOW, type ChainClaims, type ExampleFederation } from '../test/example-federation.js';
import { examineTrustChain, type ChainExamination } from './index.js';

let federation: ExampleFederation;
beforeAll(async () => {
  federation = await exampleFederation();
});

async function examine(change: (claims: ChainClaims) => void = () => undefined, now = NOW): Promise<ChainExamination> {
  const claims = federation.claims();
  change(claims);
  const chain = await federation.sign(claims);
  return examineTrustChain({ chain, anchors: federation.anchors, now });
}

const failures = ({ checks }: ChainExamination) =>
  checks.filter(({ holds }) => !holds).map(({ of, check, link, refusal }) => [of, check, link, refusal?.code]);

describe('the examination of a chain', () => {
  it('shows every check of a good chain, link by link, and what the verification itself says', async () => {
    const found = await examine();
    expect(failures(found)).toEqual([]);
    expect(found).toMatchObject({ standardHolds: true, verified: { entityId: ids.agency }, refusal: undefined });
    expect(found.statements.map(({ issuer, subject }) => [issuer, subject])).toEqual([
      [ids.agency, ids.agency],
      [ids.or, ids.agency],
      [ids.anchor, ids.or],
      [ids.anchor, ids.anchor],
    ]);
    expect(found.checks.filter(({ check }) => check === 'signature')).toHaveLength(4);
  });

  it('goes on behind the first failure', async () => {
    const found = await examine((claims) => {
      claims.upper['exp'] = NOW / 1_000;
      claims.lower['metadata_policy'] = {};
      claims.leaf['authority_hints'] = [ids.ga];
    });
    expect(failures(found)).toEqual([
      ['standard', 'times', 2, 'expired'],
      ['standard', 'hint', 0, 'superior_not_hinted'],
      ['profile', 'statement', 1, 'metadata_policy_unsupported'],
      ['profile', 'statement', 2, 'expired'],
    ]);
    expect(found.refusal).toMatchObject({ code: 'metadata_policy_unsupported', link: 1 });
  });

  it('tells a chain that is refused by the profile alone from one that is broken', async () => {
    const policy = await examine((claims) => (claims.upper['metadata_policy'] = {}));
    expect(policy).toMatchObject({ standardHolds: true, verified: undefined });
    const usurped = await federation.sign({
      ...federation.claims(),
      lower: { ...federation.claims().lower, iss: ids.ga },
    });
    const broken = await examineTrustChain({ chain: usurped, anchors: federation.anchors, now: NOW });
    expect(broken.standardHolds).toBe(false);
    expect(failures(broken)).toContainEqual(['standard', 'link', 1, 'link_broken']);
  });

  it('shows what it can of tokens that are none, and of no tokens at all', async () => {
    const anchors = federation.anchors;
    const found = await examineTrustChain({ chain: ['x', 'a.b.c', ''], anchors, now: NOW });
    expect(found).toMatchObject({ standardHolds: false, verified: undefined });
    expect(found.statements).toHaveLength(3);
    const none = await examineTrustChain({ chain: [], anchors, now: NOW });
    expect(none).toMatchObject({ standardHolds: false, refusal: { code: 'chain_too_short' } });
  });
});
