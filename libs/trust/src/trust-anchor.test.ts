import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '#protocol';
import {
  exampleFederation,
  ids,
  NOW,
  signClaims,
  WARRANT,
  type ExampleFederation,
  type Name,
} from '../test/example-federation.js';
import { verifyAnchorConfiguration, type TrustErrorCode } from './index.js';

let federation: ExampleFederation;
beforeAll(async () => {
  federation = await exampleFederation();
});

async function verify(change: JsonObject, signer: Name = 'anchor') {
  const claims = { ...federation.claims().anchor, ...change };
  const token = await signClaims('entity-statement', claims, federation.keys[signer]);
  return verifyAnchorConfiguration({ token, anchors: federation.anchors, now: NOW });
}

async function refuses(change: JsonObject, code: TrustErrorCode, signer?: Name): Promise<void> {
  await expect(verify(change, signer)).rejects.toMatchObject({ name: 'TrustError', code });
}

describe('the configuration of an anchor', () => {
  it('verifies under the keys that are pinned for it, and names the issuers of marks', async () => {
    const anchor = await verify({ trust_mark_issuers: { [WARRANT]: [ids.or] } });
    expect(anchor).toMatchObject({ entityId: ids.anchor, anchor: ids.anchor });
    expect(anchor.trustMarkIssuers.get(WARRANT)).toEqual([ids.or]);
    expect([...anchor.federationKeys.keys()]).toEqual([federation.keys.anchor.kid]);
  });

  it('is refused under any other key, also one that it states itself', async () => {
    await refuses({}, 'signature_invalid', 'ga');
    await refuses({ jwks: { keys: [federation.keys.ga.publicJwk] } }, 'signature_invalid', 'ga');
  });

  it('T05: names the owners of mark types with their keys, and is refused where one has none', async () => {
    const jwks = { keys: [federation.keys.broker.publicJwk] };
    const anchor = await verify({ trust_mark_owners: { [WARRANT]: { sub: ids.broker, jwks } } });
    const owner = anchor.trustMarkOwners.get(WARRANT);
    expect(owner?.entityId).toBe(ids.broker);
    expect([...(owner?.keys.keys() ?? [])]).toEqual([federation.keys.broker.kid]);
    const bad: JsonObject[] = [{}, { sub: ids.broker }, { sub: ids.broker, jwks, note: 'x' }];
    for (const entry of bad) await refuses({ trust_mark_owners: { [WARRANT]: entry } }, 'statement_malformed');
    await refuses({ trust_mark_owners: { [WARRANT]: { sub: ids.broker, jwks: { keys: [] } } } }, 'keys_refused');
  });

  it('T12: may state the next key beside the pinned one', async () => {
    const keys = [federation.keys.anchor.publicJwk, federation.keys.ga.publicJwk];
    expect((await verify({ jwks: { keys } })).federationKeys.size).toBe(2);
  });

  it('is refused from an entity that is not pinned', async () => {
    await refuses({ iss: ids.or, sub: ids.or }, 'anchor_not_pinned', 'or');
  });

  it('is refused before its time, after it, and with a life of more than a day', async () => {
    await refuses({ iat: NOW / 1_000 + 11, exp: NOW / 1_000 + 60 }, 'not_yet_valid');
    await refuses({ exp: NOW / 1_000 }, 'expired');
    await refuses({ exp: NOW / 1_000 + 86_400 }, 'lifetime_too_long');
  });

  it('is refused with an issuer list that is no list', async () => {
    await refuses({ trust_mark_issuers: { [WARRANT]: ids.or } }, 'statement_malformed');
    await refuses({ trust_mark_issuers: [] }, 'statement_malformed');
  });
});
