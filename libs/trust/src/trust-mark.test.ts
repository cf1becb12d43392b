// Long because each refused mark differs from the good one in one place.
import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '#protocol';
import {
  ABSENCE,
  exampleFederation,
  HOUR,
  ids,
  NOW,
  signClaims,
  stateAccess,
  TEXT_DIGEST,
  WARRANT,
  type ExampleFederation,
  type Name,
} from '../test/example-federation.js';
import {
  attestationsInForce,
  parseTrustMark,
  signEntityConfiguration,
  signMarkDelegation,
  TrustError,
  type Attestation,
  verifyAnchorConfiguration,
  verifyTrustMark,
  type TrustErrorCode,
  type TrustMarkContent,
  type VerifiedAnchor,
  type VerifiedChain,
} from './index.js';

let federation: ExampleFederation;
let anchor: VerifiedAnchor;
let or: VerifiedChain;
let ga: VerifiedChain;
let agency: VerifiedChain;
beforeAll(async () => {
  federation = await exampleFederation();
  [anchor, or, ga, agency] = await Promise.all([
    federation.anchorConfiguration(),
    federation.jurisdictionChain('or'),
    federation.jurisdictionChain('ga'),
    federation.verify(await federation.chain()),
  ]);
});

async function claimsOf(content: Partial<TrustMarkContent> = {}): Promise<JsonObject> {
  const [, payload = ''] = (await federation.mark(content)).split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as JsonObject;
}

interface Shown {
  token: string;
  type?: string;
  subject?: VerifiedChain;
  issuer?: VerifiedChain | VerifiedAnchor | undefined;
  by?: VerifiedAnchor;
  now?: number;
}

function verify(shown: Shown) {
  const { token, type = WARRANT, subject = or, by = anchor, now = NOW } = shown;
  const issuer = 'issuer' in shown ? shown.issuer : or;
  return verifyTrustMark({ shown: { type, token }, subject, issuer, anchor: by, now });
}

async function refuses(shown: Shown, code: TrustErrorCode): Promise<void> {
  const error: unknown = await verify(shown).catch((refusal: unknown) => refusal);
  expect(error).toBeInstanceOf(TrustError);
  expect(error).toMatchObject({ code, entityId: (shown.subject ?? or).entityId });
}

async function inForce(marks: Partial<TrustMarkContent>[], at = NOW, chain = agency): Promise<Attestation[]> {
  const verified = await Promise.all(marks.map(async (mark) => verify({ token: await federation.mark(mark) })));
  const jurisdictions = [{ chain: or, marks: verified }];
  return attestationsInForce({ agencyChain: chain, agencyMarks: [], jurisdictions, at });
}

/** The anchor's configuration with the broker, of all entities, as owner of the type. */
async function owned(): Promise<VerifiedAnchor> {
  const token = await signEntityConfiguration({
    entityId: ids.anchor,
    key: federation.keys.anchor,
    metadata: { federation_entity: {} },
    authorityHints: [],
    trustMarks: [],
    trustMarkIssuers: { [WARRANT]: [ids.or] },
    trustMarkOwners: { [WARRANT]: { entityId: ids.broker, jwks: { keys: [federation.keys.broker.publicJwk] } } },
    issuedAt: NOW - 60_000,
    lifetimeSeconds: 3_600,
  });
  return verifyAnchorConfiguration({ token, anchors: federation.anchors, now: NOW });
}

type DelegationContent = Parameters<typeof signMarkDelegation>[0];

function delegation(content: Partial<DelegationContent> = {}, signer: Name = 'broker'): Promise<string> {
  const times = { issuedAt: NOW - 60_000, lifetimeSeconds: 3_600 };
  const about = { owner: ids.broker, issuer: ids.or, type: WARRANT };
  return signMarkDelegation({ ...about, ...times, key: federation.keys[signer], ...content });
}

function signed(claims: JsonObject): Promise<string> {
  return signClaims('trust-mark', claims, federation.keys.or);
}

describe('a trust mark', () => {
  it('verifies where a jurisdiction that the anchor lists attests its own statute', async () => {
    const mark = await verify({ token: await federation.mark({}) });
    expect(mark).toMatchObject({
      protection: 'legal-process',
      level: 'warrant',
      version: '1',
      issuer: ids.or,
      basis: 'statute',
    });
  });

  it('ends with the chain of its issuer', async () => {
    const token = await federation.mark({ lifetimeSeconds: 86_400 });
    expect((await verify({ token })).expiresAt).toBe(or.expiresAt);
    await refuses({ token, now: or.expiresAt }, 'expired');
  });

  it('T05: is refused from an issuer the anchor does not list, or lists for another type', async () => {
    const token = await federation.mark({});
    await refuses({ token, by: await federation.anchorConfiguration({}) }, 'mark_issuer_not_listed');
    await refuses(
      { token, by: await federation.anchorConfiguration({ [WARRANT]: [ids.ga] }) },
      'mark_issuer_not_listed',
    );
    await refuses(
      { token, by: await federation.anchorConfiguration({ [ABSENCE]: [ids.or] }) },
      'mark_issuer_not_listed',
    );
  });

  it('T05: an empty list of issuers lets nobody issue', async () => {
    await refuses(
      { token: await federation.mark({}), by: await federation.anchorConfiguration({ [WARRANT]: [] }) },
      'mark_issuers_open',
    );
  });

  it('T05: of a type with an owner needs the delegation of that owner, signed with a key that the anchor states for it', async () => {
    const by = await owned();
    const delegated = (content: Partial<DelegationContent> = {}, signer: Name = 'broker') =>
      delegation(content, signer).then((token) => federation.mark({ delegation: token }));
    const mark = await verify({ token: await delegated({ lifetimeSeconds: 120 }), by });
    expect(mark.expiresAt).toBe(NOW - 60_000 + 120_000);
    await refuses({ token: await federation.mark({}), by }, 'mark_delegation_missing');
    await refuses({ token: await delegated({ lifetimeSeconds: 60 }), by }, 'expired');
    await refuses({ token: await delegated({ lifetimeSeconds: 86_401 }), by }, 'lifetime_too_long');
    await refuses({ token: await delegated({}, 'or'), by }, 'signature_invalid');
    await refuses({ token: await delegated({}, 'anchor'), by }, 'signature_invalid');
  });

  it('T05: is refused with a delegation to another issuer, for another type, of another owner, or of nobody', async () => {
    const by = await owned();
    const wrong: Partial<DelegationContent>[] = [{ issuer: ids.ga }, { type: ABSENCE }, { owner: ids.or }];
    for (const content of wrong) {
      const token = await federation.mark({ delegation: await delegation(content) });
      await refuses({ token, by }, 'mark_delegation_refused');
    }
    await refuses({ token: await federation.mark({ delegation: await delegation() }) }, 'mark_delegation_refused');
    await refuses({ token: await federation.mark({ delegation: 'x' }), by }, 'mark_delegation_refused');
  });

  it('T06: is refused where another entity shows it', async () => {
    const token = await federation.mark({});
    await refuses({ token, subject: ga, issuer: or }, 'mark_subject_mismatch');
    await refuses({ token, subject: agency, issuer: or }, 'mark_subject_mismatch');
  });

  it('T08: is refused from an authority that is no superior of the subject, though the anchor lists it', async () => {
    const token = await federation.mark({ issuer: ids.ga, subject: ids.agency, type: WARRANT }, 'ga');
    await refuses({ token, subject: agency, issuer: ga }, 'mark_issuer_without_authority');
    const aboutOr = await federation.mark({ issuer: ids.ga, subject: ids.or, type: WARRANT }, 'ga');
    await refuses({ token: aboutOr, subject: or, issuer: ga }, 'mark_issuer_without_authority');
  });

  it('T08: an issuer that the anchor no longer lists for one type keeps the others', async () => {
    const by = await federation.anchorConfiguration({ [WARRANT]: [ids.ga], [ABSENCE]: [ids.or] });
    await refuses({ token: await federation.mark({}), by }, 'mark_issuer_not_listed');
    const token = await federation.mark({ type: ABSENCE, subject: ids.agency, binds: [] });
    await expect(verify({ token, type: ABSENCE, subject: agency, by })).resolves.toMatchObject({ issuer: ids.or });
  });

  it('T09: that an agency issues to itself is its own word, whatever the anchor lists', async () => {
    const content = { issuer: ids.agency, subject: ids.agency, basis: 'declaration', binds: [] } as const;
    const token = await federation.mark(content, 'agency');
    const by = await federation.anchorConfiguration({ [WARRANT]: [ids.agency] });
    expect((await verify({ token, subject: agency, issuer: agency, by })).selfIssued).toBe(true);
    await refuses({ token, subject: agency, issuer: agency }, 'mark_issuer_not_listed');
    expect((await verify({ token: await federation.mark({}) })).selfIssued).toBe(false);
    expect((await verify({ token: await federation.mark({ basis: 'policy' }) })).selfIssued).toBe(true);
  });

  it('T09: from the body that controls the agency, or from another that this body controls, is the agency’s own word', async () => {
    const token = await federation.mark({ subject: ids.agency, type: ABSENCE, basis: 'declaration', binds: [] });
    const controlledBy = async (...bodies: string[]) => {
      const claims = federation.claims();
      const parties = bodies.map((id) => ({ entity_id: id }));
      stateAccess(claims.lower, { controlling_bodies: parties });
      return federation.verify(await federation.sign(claims));
    };
    const shell = { ...or, access: (await controlledBy('https://holding.example')).access } as VerifiedChain;
    const show = async (subject: VerifiedChain, issuer: VerifiedChain) =>
      (await verify({ token, type: ABSENCE, subject, issuer })).selfIssued;
    expect(await show(agency, or)).toBe(false);
    expect(await show(await controlledBy(ids.or), or)).toBe(true);
    expect(await show(await controlledBy('https://holding.example'), or)).toBe(false);
    expect(await show(await controlledBy('https://holding.example'), shell)).toBe(true);
  });

  it('is refused where its issuer has no chain, another chain, or a chain to another anchor', async () => {
    const token = await federation.mark({});
    await refuses({ token, issuer: undefined }, 'mark_issuer_unknown');
    await refuses({ token, issuer: ga }, 'mark_issuer_unknown');
    await refuses({ token, issuer: { ...or, anchor: 'https://other.example' } }, 'mark_issuer_unknown');
  });

  it('is refused under another type than its own, and under a type of another anchor', async () => {
    const token = await federation.mark({});
    await refuses({ token, type: ABSENCE }, 'mark_type_mismatch');
    const foreign = WARRANT.replace('anchor.example', 'anchor.example.org');
    await refuses({ token: await federation.mark({ type: foreign }), type: foreign }, 'mark_type_unknown');
    for (const type of [
      `${ids.anchor}/protections/x/y`,
      `${WARRANT}/`,
      `${WARRANT}1/..`,
      `${ids.anchor}/protections/x/y/0`,
    ]) {
      await refuses({ token: await federation.mark({ type }), type }, 'mark_type_unknown');
    }
  });

  it('is refused when signed by another key, the anchor’s included', async () => {
    await refuses({ token: await federation.mark({}, 'ga') }, 'signature_invalid');
    await refuses({ token: await federation.mark({}, 'anchor') }, 'signature_invalid');
  });

  it('J19: needs an `exp`, at most a day ahead, and no `iat` from the future', async () => {
    const claims = await claimsOf();
    const { exp: _, ...withoutExp } = claims;
    await refuses({ token: await signed(withoutExp) }, 'mark_malformed');
    await refuses({ token: await signed({ ...claims, exp: NOW / 1_000 + 86_400 }) }, 'lifetime_too_long');
    await refuses({ token: await signed({ ...claims, exp: NOW / 1_000 }) }, 'expired');
    await refuses(
      { token: await signed({ ...claims, iat: NOW / 1_000 + 11, exp: NOW / 1_000 + 60 }) },
      'not_yet_valid',
    );
    await expect(
      verify({ token: await signed({ ...claims, iat: NOW / 1_000 + 10, exp: NOW / 1_000 + 60 }) }),
    ).resolves.toBeDefined();
  });

  it('is refused with a claim missing, unknown or of another shape', async () => {
    const claims = await claimsOf();
    const bad: JsonObject[] = [
      { ...claims, statute: '' },
      { ...claims, statute: ['a'] },
      { ...claims, text_digest: 'short' },
      { ...claims, basis: 'rumour' },
      { ...claims, binds: 'municipal_police' },
      { ...claims, binds: ['*'] },
      { ...claims, binds: {} },
      { ...claims, effective_from: '2026-01-01' },
      { ...claims, effective_until: null },
      { ...claims, effective_until: claims['effective_from'] ?? 0 },
      { ...claims, strength: 'high' },
      { ...claims, id: WARRANT },
      ...['statute', 'text_digest', 'basis', 'effective_from', 'trust_mark_type', 'sub', 'iss', 'iat'].map((missing) =>
        Object.fromEntries(Object.entries(claims).filter(([name]) => name !== missing)),
      ),
    ];
    for (const altered of bad) {
      await refuses({ token: await signClaims('trust-mark', altered, federation.keys.or) }, 'mark_malformed');
    }
  });

  it('J16: is refused when a token of any other kind is shown in its place, and is itself no statement', async () => {
    const claims = await claimsOf();
    for (const kind of ['entity-statement', 'receipt', 'rule', 'approval', 'denial', 'grant'] as const) {
      await refuses({ token: await signClaims(kind, claims, federation.keys.or) }, 'mark_malformed');
    }
    const [leaf = '', , upper = '', top = ''] = await federation.chain();
    await expect(
      federation.verify([leaf, await federation.mark({ subject: ids.agency }), upper, top]),
    ).rejects.toMatchObject({
      code: 'statement_malformed',
      link: 1,
    });
    expect(() => parseTrustMark(leaf)).toThrow(expect.objectContaining({ code: 'mark_malformed' }) as Error);
  });
});

describe('attestations in force', () => {
  it('are the marks of a jurisdiction, with statute and dates', async () => {
    const [found, ...others] = await inForce([{ effectiveUntil: NOW + HOUR }]);
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      protection: 'legal-process',
      level: 'warrant',
      version: '1',
      statute: 'an invented statute § 1',
      textDigest: TEXT_DIGEST,
      issuer: ids.or,
      subject: ids.or,
      jurisdiction: ids.or,
      effectiveUntil: NOW + HOUR,
    });
  });

  it('reach an agency only where the law binds the class that its superior states', async () => {
    expect(await inForce([{ binds: ['sheriff'] }, { binds: [] }])).toEqual([]);
    const unstated = { ...agency, agencyClass: undefined } as VerifiedChain;
    expect(await inForce([{}], NOW, unstated)).toEqual([]);
  });

  it('count from their first instant until before their last', async () => {
    const dates = { effectiveFrom: NOW, effectiveUntil: NOW + 1_000 };
    expect(await inForce([dates], NOW - 1)).toEqual([]);
    expect(await inForce([dates], NOW)).toHaveLength(1);
    expect(await inForce([dates], NOW + 999)).toHaveLength(1);
    expect(await inForce([dates], NOW + 1_000)).toEqual([]);
  });

  it('end with their mark', async () => {
    const mark = { lifetimeSeconds: 120 };
    expect(await inForce([mark], NOW + 59_999)).toHaveLength(1);
    expect(await inForce([mark], NOW + 60_000)).toEqual([]);
  });

  it('include the absence of a 287(g) agreement, which the jurisdiction attests about one agency', async () => {
    const token = await federation.mark({ type: ABSENCE, subject: ids.agency, basis: 'declaration', binds: [] });
    const mark = await verify({ token, type: ABSENCE, subject: agency, issuer: or });
    const found = attestationsInForce({ agencyChain: agency, agencyMarks: [mark], jurisdictions: [], at: NOW });
    expect(found).toMatchObject([
      { protection: 'agreement-287g', level: 'none', subject: ids.agency, issuer: ids.or, jurisdiction: ids.or },
    ]);
    const neighbour = { ...agency, entityId: ids.neighbour } as VerifiedChain;
    expect(attestationsInForce({ agencyChain: neighbour, agencyMarks: [mark], jurisdictions: [], at: NOW })).toEqual(
      [],
    );
  });

  it('T06: leave out a mark handed over as another jurisdiction’s', async () => {
    const mark = await verify({ token: await federation.mark({}) });
    const found = attestationsInForce({
      agencyChain: agency,
      agencyMarks: [mark],
      jurisdictions: [{ chain: ga, marks: [mark] }],
      at: NOW,
    });
    expect(found).toEqual([]);
  });
});
