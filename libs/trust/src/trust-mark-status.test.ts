import { beforeAll, describe, expect, it } from 'vitest';
import { exampleFederation, ids, NOW, signClaims, type ExampleFederation } from '../test/example-federation.js';
import { refusalCode } from '../test/refusals.js';
import {
  MARK_STATUSES,
  signTrustMarkStatus,
  verifyTrustMarkStatus,
  type MarkStatus,
  type VerifiedChain,
} from './index.js';

let federation: ExampleFederation;
let or: VerifiedChain;
let trustMark: string;
beforeAll(async () => {
  federation = await exampleFederation();
  [or, trustMark] = await Promise.all([federation.jurisdictionChain('or'), federation.mark({})]);
});

const sign = (status: MarkStatus, issuedAt = NOW, about = trustMark) =>
  signTrustMarkStatus({ issuer: ids.or, trustMark: about, status, issuedAt, key: federation.keys.or });

const verify = (token: string, now = NOW, issuer: string = ids.or) =>
  verifyTrustMarkStatus({ token, trustMark, issuer, keys: or.federationKeys, now });

describe('the status response of a trust mark', () => {
  it.each(MARK_STATUSES)('says %s', async (status) => {
    expect(await verify(await sign(status))).toBe(status);
  });

  it('T07: says nothing after 40 s, nor from the future', async () => {
    const token = await sign('active');
    expect(await refusalCode(() => verify(token, NOW + 40_000))).toBe('accepted');
    expect(await refusalCode(() => verify(token, NOW + 40_001))).toBe('status_stale');
    expect(await refusalCode(() => verify(token, NOW - 11_000))).toBe('not_yet_valid');
  });

  it('says nothing about another mark, nor about the same one in another spelling', async () => {
    const other = await federation.mark({ lifetimeSeconds: 60 });
    for (const about of [other, `${trustMark}=`]) {
      const token = await sign('active', NOW, about);
      expect(await refusalCode(() => verify(token))).toBe('response_contradicts_chain');
    }
  });

  it('is refused from another issuer or key, with an unknown status, and as another kind of token', async () => {
    const token = await sign('active');
    expect(await refusalCode(() => verify(token, NOW, ids.ga))).toBe('response_contradicts_chain');
    const foreign = await signTrustMarkStatus({
      issuer: ids.or,
      trustMark,
      status: 'active',
      issuedAt: NOW,
      key: federation.keys.ga,
    });
    expect(await refusalCode(() => verify(foreign))).toBe('signature_invalid');
    const odd = { iss: ids.or, iat: NOW / 1_000, trust_mark: trustMark, status: 'Active' };
    const unknown = await signClaims('trust-mark-status', odd, federation.keys.or);
    expect(await refusalCode(() => verify(unknown))).toBe('response_malformed');
    expect(await refusalCode(() => verify(trustMark))).toBe('response_malformed');
  });
});
