// Long because each refused chain differs from the good one in one place.
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeBase64url, type JsonObject } from '#protocol';
import { generatePrivateJwk, generateSigningKey } from '#protocol/io';
import {
  exampleFederation,
  HOUR,
  ids,
  NOW,
  signClaims,
  type ChainClaims,
  type ExampleFederation,
} from '../test/example-federation.js';
import { requireStillInForce, TrustError, verifyTrustChain, type TrustErrorCode } from './index.js';

let federation: ExampleFederation;
beforeAll(async () => {
  federation = await exampleFederation();
});

/** Signs the chain after `change` and expects the refusal by code, link and entity. */
async function refuses(
  change: (claims: ChainClaims) => void,
  code: TrustErrorCode,
  link: number | undefined,
  entityId?: string,
): Promise<void> {
  const claims = federation.claims();
  change(claims);
  await refusesChain(await federation.sign(claims), code, link, entityId);
}

async function refusesChain(
  chain: readonly string[],
  code: TrustErrorCode,
  link: number | undefined,
  entityId?: string,
): Promise<TrustError> {
  const error: unknown = await federation.verify(chain).catch((refusal: unknown) => refusal);
  expect(error).toBeInstanceOf(TrustError);
  const refusal = error as TrustError;
  expect({ code: refusal.code, link: refusal.link }).toEqual({ code, link });
  if (entityId !== undefined) expect(refusal.entityId).toBe(entityId);
  return refusal;
}

function metadataOf(claims: JsonObject, type: string): JsonObject {
  return (claims['metadata'] as Record<string, JsonObject>)[type] ?? {};
}

function constrain(constraints: JsonObject): (claims: ChainClaims) => void {
  return (claims) => {
    claims.upper['constraints'] = constraints;
  };
}

async function permit(permitted: string[]): Promise<unknown> {
  const claims = federation.claims();
  constrain({ naming_constraints: { permitted } })(claims);
  return federation.verify(await federation.sign(claims));
}

describe('a chain', () => {
  it('verifies up to a pinned anchor and yields keys, superiors, class and evidence', async () => {
    const tokens = await federation.chain();
    const chain = await federation.verify(tokens);
    expect(chain).toMatchObject({
      entityId: ids.agency,
      entityType: 'comity_agency',
      agencyClass: 'municipal_police',
      superiors: [ids.or, ids.anchor],
      jurisdictions: [ids.or],
      anchor: ids.anchor,
      expiresAt: NOW - 60_000 + HOUR,
    });
    expect(chain.digests).toHaveLength(4);
    expect([...chain.federationKeys.keys()]).toEqual([federation.keys.agency.kid]);
    expect(chain.protocolKeys.signing.size).toBe(1);
    expect(chain.protocolKeys.encryption.size).toBe(1);
  });

  it("takes the superior's metadata over what the entity says about itself", async () => {
    const chain = await federation.verify(await federation.chain());
    expect(chain.metadata).toMatchObject({ name: 'Juniper Bend Police', ori: 'OR0990100', endpoint: ids.agency });
  });

  it('expires with its earliest statement', async () => {
    const claims = federation.claims();
    claims.upper['exp'] = NOW / 1_000 + 5;
    const chain = await federation.verify(await federation.sign(claims));
    expect(chain.expiresAt).toBe(NOW + 5_000);
    expect(() => requireStillInForce(chain, NOW + 4_999)).not.toThrow();
    expect(() => requireStillInForce(chain, NOW + 5_000)).toThrow(
      expect.objectContaining({ code: 'expired', link: 2, entityId: ids.or }) as TrustError,
    );
  });
});

describe('links', () => {
  it('refuses an anchor that is not pinned', async () => {
    const chain = await federation.chain();
    const anchors = [{ entityId: 'https://other.example', jwks: { keys: [federation.keys.ga.publicJwk] } }];
    await expect(verifyTrustChain({ chain, anchors, now: NOW })).rejects.toMatchObject({
      code: 'anchor_not_pinned',
      link: 3,
    });
    await expect(verifyTrustChain({ chain, anchors: [], now: NOW })).rejects.toMatchObject({
      code: 'anchor_not_pinned',
    });
  });

  it('refuses an anchor of the right name with other keys than the pinned ones', async () => {
    const chain = await federation.chain();
    const anchors = [{ entityId: ids.anchor, jwks: { keys: [federation.keys.ga.publicJwk] } }];
    await expect(verifyTrustChain({ chain, anchors, now: NOW })).rejects.toMatchObject({
      code: 'signature_invalid',
      link: 3,
    });
  });

  it('refuses a statement about another entity than the issuer below it', async () => {
    await refuses((claims) => (claims.upper['sub'] = ids.ga), 'link_broken', 1, ids.agency);
    await refuses((claims) => (claims.lower['sub'] = ids.neighbour), 'link_broken', 0, ids.agency);
  });

  it('refuses a configuration in place of a subordinate statement, and the reverse', async () => {
    const [leaf = '', lower = '', upper = '', anchor = ''] = await federation.chain();
    await refusesChain([leaf, leaf, upper, anchor], 'link_broken', 1);
    await refusesChain([lower, lower, upper, anchor], 'link_broken', 0);
    await refusesChain([leaf, lower, upper, upper], 'link_broken', 3);
  });

  it('refuses a leaf that does not name the superior in its authority hints', async () => {
    await refuses((claims) => (claims.leaf['authority_hints'] = [ids.ga]), 'superior_not_hinted', 0, ids.agency);
    await refuses((claims) => delete claims.leaf['authority_hints'], 'superior_not_hinted', 0);
  });

  it('T02: refuses chains that are too short, too long, too large or go in circles', async () => {
    const [leaf = '', lower = '', upper = '', anchor = ''] = await federation.chain();
    await refusesChain([], 'chain_too_short', undefined);
    await refusesChain([leaf, anchor], 'chain_too_short', undefined);
    await refusesChain([leaf, lower, upper, upper, upper, upper, upper, anchor], 'chain_too_long', undefined);
    const claims = federation.claims();
    claims.leaf['trust_marks'] = Array.from({ length: 40 }, () => ({
      trust_mark_type: 't',
      trust_mark: 'm'.repeat(1_000),
    }));
    claims.anchor['trust_mark_issuers'] = Object.fromEntries(
      Array.from({ length: 400 }, (_, index) => [`${ids.anchor}/${index}/${'x'.repeat(80)}`, [ids.or]]),
    );
    claims.upper['metadata'] = { comity_jurisdiction: { text: 'x'.repeat(30_000) } };
    await refusesChain(await federation.sign(claims), 'chain_too_large', undefined);
    const back = await signClaims(
      'entity-statement',
      { ...federation.claims().upper, iss: ids.or, sub: ids.agency },
      federation.keys.or,
    );
    const forth = await signClaims(
      'entity-statement',
      { ...federation.claims().lower, iss: ids.agency, sub: ids.or },
      federation.keys.agency,
    );
    await refusesChain([leaf, lower, forth, back, upper, anchor], 'chain_loop', 3, ids.agency);
  });

  it('T02: refuses ten thousand authority hints', async () => {
    const hints = Array.from({ length: 1_000 }, (_, index) => `https://h${index}.example`);
    await refuses((claims) => (claims.leaf['authority_hints'] = [ids.or, ...hints]), 'statement_malformed', 0);
    await refuses((claims) => (claims.leaf['authority_hints'] = [ids.or, ids.or]), 'statement_malformed', 0);
  });
});

describe('times', () => {
  const links = ['leaf', 'lower', 'upper', 'anchor'] as const;
  it.each(links)('T01: an expired statement is not healed by fresh ones (%s)', async (part) => {
    await refuses((claims) => (claims[part]['exp'] = NOW / 1_000), 'expired', links.indexOf(part));
  });

  it.each(links)('T01: a statement from the future is refused beyond 10 s of clock difference (%s)', async (part) => {
    await refuses((claims) => (claims[part]['iat'] = NOW / 1_000 + 11), 'not_yet_valid', links.indexOf(part));
    const claims = federation.claims();
    claims[part]['iat'] = NOW / 1_000 + 10;
    await expect(federation.verify(await federation.sign(claims))).resolves.toBeDefined();
  });

  it.each([
    ['missing', undefined],
    ['a text', String(NOW / 1_000 + 60)],
    ['a fraction', NOW / 1_000 + 0.5],
    ['milliseconds', NOW + HOUR],
    ['negative', -1],
  ])('J19: `exp` %s is refused', async (_, exp) => {
    await refuses(
      (claims) => {
        if (exp === undefined) delete claims.lower['exp'];
        else claims.lower['exp'] = exp;
      },
      'statement_malformed',
      1,
    );
  });

  it('J19: `exp` a year ahead, or before `iat`, is refused', async () => {
    await refuses((claims) => (claims.lower['exp'] = NOW / 1_000 + 366 * 86_400), 'lifetime_too_long', 1, ids.agency);
    await refuses((claims) => (claims.lower['exp'] = NOW / 1_000 - 61), 'lifetime_too_long', 1);
  });
});

describe('what cannot be obeyed', () => {
  it('T04: metadata policy anywhere refuses the whole chain, also an empty one', async () => {
    await refuses((claims) => (claims.upper['metadata_policy'] = {}), 'metadata_policy_unsupported', 2);
    await refuses(
      (claims) => (claims.lower['metadata_policy'] = { comity_agency: { x: { superset_of: [] } } }),
      'metadata_policy_unsupported',
      1,
    );
    await refuses((claims) => (claims.upper['metadata_policy_crit'] = ['most']), 'metadata_policy_unsupported', 2);
  });

  it('a critical claim that is not known refuses the chain', async () => {
    await refuses((claims) => (claims.lower['crit'] = ['comity_law']), 'critical_claim_unknown', 1);
    await refuses((claims) => (claims.anchor['crit'] = []), 'critical_claim_unknown', 3);
  });

  it('an unknown claim, or one of the other form of statement, refuses the chain', async () => {
    await refuses((claims) => (claims.leaf['level'] = 'high'), 'claim_unknown', 0);
    await refuses((claims) => (claims.lower['authority_hints'] = [ids.anchor]), 'claim_unknown', 1);
    await refuses((claims) => (claims.lower['trust_marks'] = []), 'claim_unknown', 1);
    await refuses((claims) => (claims.leaf['constraints'] = {}), 'claim_unknown', 0);
    await refuses((claims) => (claims.leaf['nbf'] = NOW / 1_000), 'claim_unknown', 0);
  });

  it('an unknown constraint refuses the chain', async () => {
    await refuses((claims) => (claims.upper['constraints'] = { max_depth: 1 }), 'statement_malformed', 2);
    await refuses((claims) => (claims.upper['constraints'] = []), 'statement_malformed', 2);
  });

  it('J16: a token of another kind, signed by the right key, is no statement', async () => {
    const [leaf = '', , upper = '', anchor = ''] = await federation.chain();
    const asMark = await signClaims('trust-mark', federation.claims().lower, federation.keys.or);
    await refusesChain([leaf, asMark, upper, anchor], 'statement_malformed', 1);
    const asReceipt = await signClaims('receipt', federation.claims().lower, federation.keys.or);
    await refusesChain([leaf, asReceipt, upper, anchor], 'statement_malformed', 1);
  });

  it('J12: another spelling of a valid statement is refused', async () => {
    const [leaf = '', lower = '', upper = '', anchor = ''] = await federation.chain();
    for (const spelling of [`${lower}=`, `${lower}\n`, ` ${lower}`, `${lower}.`]) {
      await refusesChain([leaf, spelling, upper, anchor], 'statement_malformed', 1);
    }
  });
});

describe('who may say what', () => {
  it('refuses a leaf whose superior does not state its entity type', async () => {
    await refuses((claims) => delete claims.lower['metadata'], 'entity_type_not_stated', 1, ids.agency);
    await refuses((claims) => (claims.lower['metadata'] = { comity_jurisdiction: {} }), 'entity_type_not_stated', 1);
    await refuses((claims) => (claims.leaf['metadata'] = { comity_jurisdiction: {} }), 'entity_type_not_stated', 1);
  });

  it('refuses an entity that is two things at once, or a thing nobody knows', async () => {
    const two = { comity_agency: {}, comity_jurisdiction: {} };
    await refuses((claims) => (claims.leaf['metadata'] = two), 'entity_type_not_stated', 1);
    await refuses((claims) => (claims.lower['metadata'] = two), 'entity_type_not_stated', 1);
    await refuses((claims) => (claims.leaf['metadata'] = { openid_provider: {} }), 'entity_type_unknown', 0);
  });

  it('refuses an agency that enrols another, though its own key and chain are good', async () => {
    await refuses((claims) => (claims.upper['metadata'] = { comity_agency: {} }), 'superior_not_authority', 2, ids.or);
    await refuses(
      (claims) => (claims.upper['metadata'] = { federation_entity: {} }),
      'superior_not_authority',
      2,
      ids.or,
    );
    await refuses((claims) => delete claims.upper['metadata'], 'superior_not_authority', 2);
  });

  it('refuses an agency that states its own class or ORI', async () => {
    await refuses(
      (claims) => (metadataOf(claims.leaf, 'comity_agency')['agency_class'] = 'state_police'),
      'reserved_metadata',
      0,
    );
    await refuses((claims) => (metadataOf(claims.leaf, 'comity_agency')['ori'] = 'OR0000000'), 'reserved_metadata', 0);
  });

  it('refuses an agency without protocol keys that sign', async () => {
    await refuses((claims) => delete metadataOf(claims.leaf, 'comity_agency')['jwks'], 'keys_refused', 0);
    const encryptionOnly = { keys: [(federation.protocolJwks.agency['keys'] as JsonObject[])[1] ?? {}] };
    await refuses(
      (claims) => (metadataOf(claims.leaf, 'comity_agency')['jwks'] = encryptionOnly),
      'protocol_keys_missing',
      0,
    );
  });
});

describe('keys', () => {
  it('refuses a statement signed by another key than the superior states', async () => {
    const [leaf = '', lower = '', upper = '', anchor = ''] = await federation.chain();
    const sign = (claims: JsonObject) => signClaims('entity-statement', claims, federation.keys.ga);
    await refusesChain([await sign(federation.claims().leaf), lower, upper, anchor], 'signature_invalid', 0);
    await refusesChain([leaf, await sign(federation.claims().lower), upper, anchor], 'signature_invalid', 1);
    await refusesChain([leaf, lower, await sign(federation.claims().upper), anchor], 'signature_invalid', 2);
    await refusesChain([leaf, lower, upper, await sign(federation.claims().anchor)], 'signature_invalid', 3);
  });

  it('J18: refuses a key of one entity under the name of another', async () => {
    await refuses(
      (claims) => (claims.lower['jwks'] = { keys: [federation.keys.neighbour.publicJwk] }),
      'signature_invalid',
      0,
    );
    await refuses(
      (claims) => (claims.leaf['jwks'] = { keys: [federation.keys.neighbour.publicJwk] }),
      'signature_invalid',
      0,
    );
  });

  it('T12: a rollover overlaps: a statement may state the old key and the new one', async () => {
    const claims = federation.claims();
    const both = { keys: [federation.keys.agency.publicJwk, (await generateSigningKey()).publicJwk] };
    claims.lower['jwks'] = both;
    claims.leaf['jwks'] = both;
    await expect(federation.verify(await federation.sign(claims))).resolves.toBeDefined();
  });

  it('J14: refuses published private parts, two keys of one kid, unknown types and empty sets', async () => {
    const key = federation.keys.agency.publicJwk;
    const bad: JsonObject[] = [
      { keys: [await generatePrivateJwk('sig')] },
      { keys: [key, key] },
      { keys: [{ ...key, kid: 'short' }] },
      { keys: [{ kty: 'oct', k: 'AA', kid: 'x', use: 'sig', alg: 'HS256' }] },
      { keys: [] },
      {},
    ];
    for (const jwks of bad) await refuses((claims) => (claims.lower['jwks'] = jwks), 'keys_refused', 1, ids.agency);
  });

  it('J13: refuses a federation key of small order', async () => {
    const weak = { ...federation.keys.agency.publicJwk, x: encodeBase64url(new Uint8Array(32)) };
    await refuses((claims) => (claims.lower['jwks'] = { keys: [weak] }), 'keys_refused', 1);
    const keys = { keys: [weak] };
    await refuses((claims) => (metadataOf(claims.leaf, 'comity_agency')['jwks'] = keys), 'keys_refused', 0);
  });

  it('T16: refuses one key for two jobs or two entities, and an encryption key among federation keys', async () => {
    const federationKey = { keys: [federation.keys.agency.publicJwk] };
    await refuses(
      (claims) => (metadataOf(claims.leaf, 'comity_agency')['jwks'] = federationKey),
      'key_reused',
      1,
      ids.agency,
    );
    const both = { keys: [federation.keys.agency.publicJwk, federation.keys.anchor.publicJwk] };
    await refuses((claims) => (claims.lower['jwks'] = both), 'key_reused', 3, ids.anchor);
    await refuses((claims) => (claims.lower['jwks'] = federation.protocolJwks.agency), 'keys_refused', 1);
  });
});

describe('constraints', () => {
  it('refuses a path one longer than a superior allows, at each statement', async () => {
    await refuses(constrain({ max_path_length: 0 }), 'path_too_long', 2);
    const claims = federation.claims();
    claims.lower['constraints'] = { max_path_length: 0 };
    claims.upper['constraints'] = { max_path_length: 1 };
    await expect(federation.verify(await federation.sign(claims))).resolves.toBeDefined();
  });

  it('refuses entity types a superior does not allow, at each statement', async () => {
    await refuses(constrain({ allowed_entity_types: ['comity_jurisdiction'] }), 'entity_type_not_allowed', 2);
    await refuses(constrain({ allowed_entity_types: [] }), 'entity_type_not_allowed', 2);
    await refuses(
      (claims) => (claims.lower['constraints'] = { allowed_entity_types: ['comity_broker'] }),
      'entity_type_not_allowed',
      1,
    );
  });

  it('T03: permits a host by labels, never by the end of its text', async () => {
    await expect(permit(['.or.example', '.authority.example'])).resolves.toBeDefined();
    await expect(permit(['juniper-bend.or.example', 'or.authority.example'])).resolves.toBeDefined();
    await expect(permit(['.bend.or.example', '.authority.example'])).rejects.toMatchObject({
      code: 'name_not_permitted',
      link: 2,
      entityId: ids.agency,
    });
    await expect(permit(['.juniper-bend.or.example', '.authority.example'])).rejects.toMatchObject({
      code: 'name_not_permitted',
    });
    await expect(permit(['or.example', '.authority.example'])).rejects.toMatchObject({ code: 'name_not_permitted' });
    await expect(permit([])).rejects.toMatchObject({ code: 'name_not_permitted' });
    await expect(permit(['.Or.example'])).rejects.toMatchObject({ code: 'statement_malformed', link: 2 });
  });

  it('an excluded name is refused though it is permitted too', async () => {
    const naming = { permitted: ['.example'], excluded: ['.or.example'] };
    await refuses(constrain({ naming_constraints: naming }), 'name_not_permitted', 2, ids.agency);
  });

  it('T03: an address is never permitted by a name, nor by its own digits', async () => {
    const claims = federation.claims();
    const anchor = 'http://127.0.0.1:4100';
    const ofLoopback = { leaf: 'http://127.0.0.1:4201', or: 'http://127.0.0.1:4102' };
    claims.anchor['iss'] = claims.anchor['sub'] = claims.upper['iss'] = anchor;
    claims.upper['sub'] = claims.lower['iss'] = ofLoopback.or;
    claims.lower['sub'] = claims.leaf['iss'] = claims.leaf['sub'] = ofLoopback.leaf;
    claims.leaf['authority_hints'] = [ofLoopback.or];
    const anchors = [{ entityId: anchor, jwks: { keys: [federation.keys.anchor.publicJwk] } }];
    const verify = async () => verifyTrustChain({ chain: await federation.sign(claims), anchors, now: NOW });
    await expect(verify()).resolves.toMatchObject({ entityId: ofLoopback.leaf });
    for (const naming of [{ permitted: ['127.0.0.1'] }, { excluded: ['.example'] }]) {
      constrain({ naming_constraints: naming })(claims);
      await expect(verify()).rejects.toMatchObject({ code: 'name_not_permitted', link: 2 });
    }
  });

  it('plain http on loopback is refused below an anchor that is not on loopback', async () => {
    await refuses(
      (claims) => {
        claims.leaf['iss'] = claims.leaf['sub'] = claims.lower['sub'] = 'http://127.0.0.1:8080';
      },
      'entity_id_invalid',
      0,
    );
  });
});
