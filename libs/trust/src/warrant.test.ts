import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject, SigningKey } from '#protocol';
import { generateDecryptionKey, generateSigningKey } from '#protocol/io';
import { exampleFederation, ids, NOW, signClaims, type ExampleFederation } from '../test/example-federation.js';
import { claimsIn, refusalCode } from '../test/refusals.js';
import {
  parseWarrant,
  signWarrant,
  signWarrantAttestation,
  verifyWarrant,
  verifyWarrantAttestation,
  type ProcessBounds,
  type VerifiedChain,
} from './index.js';

const HOUR = 3_600_000;
let federation: ExampleFederation;
let processKey: SigningKey;
let court: VerifiedChain;
beforeAll(async () => {
  federation = await exampleFederation();
  processKey = await generateSigningKey();
  court = await federation.verify(await courtChain());
});

const stated = (change: JsonObject = {}): JsonObject => ({
  name: 'a court',
  role: 'court',
  process: {
    classes: ['court-order', 'warrant'],
    jurisdictions: [ids.or],
    jwks: { keys: [processKey.publicJwk] },
    ...change,
  },
});

/** The chain of the example's agency, as that of a court in its place. */
function courtChain(
  lower: JsonObject = stated(),
  own: JsonObject = { organization_name: 'a court' },
): Promise<string[]> {
  const claims = federation.claims();
  claims.leaf['metadata'] = { federation_entity: own };
  claims.lower['metadata'] = { federation_entity: lower };
  return federation.sign(claims);
}

const refusalOf = async (lower: JsonObject, own?: JsonObject): Promise<string> => {
  const chain = await courtChain(lower, own);
  return refusalCode(() => federation.verify(chain));
};

const BOUNDS: ProcessBounds = {
  class: 'warrant',
  docket: '26-SW-0417',
  judge: 'an invented judge',
  caseNumber: '26-01234',
  validFrom: NOW - HOUR,
  validUntil: NOW + HOUR,
  kinds: ['plate_history'],
  plates: ['ABC123'],
  areas: [{ kind: 'circle', lat: 44.1, lon: -121.3, radiusMetres: 500 }],
  window: { from: NOW - 48 * HOUR, until: NOW },
  offences: ['120'],
  uses: 3,
};
const AGENCY = 'https://salish-point.wa.example';
const content = () => ({
  issuer: ids.agency,
  jti: 'd2FycmFudC1udW1iZXItMDE',
  agency: AGENCY,
  bounds: BOUNDS,
  issuedAt: NOW - 1_000,
  statusIndex: 7,
  key: processKey,
});
const verify = (token: string, more: Partial<Parameters<typeof verifyWarrant>[0]> = {}) =>
  verifyWarrant({ token, court, agency: AGENCY, jurisdictions: [ids.or], now: NOW, ...more });

describe('a court', () => {
  it('is an entity by the word of its superior, which states what it signs and with which key', async () => {
    expect(court).toMatchObject({
      entityType: 'federation_entity',
      process: { role: 'court', jurisdictions: [ids.or] },
    });
    expect([...court.protocolKeys.signing.keys()]).toEqual([processKey.kid]);
  });

  it('T16: is none by its own word, and adds no key or class by it', async () => {
    expect(await refusalOf({ name: 'a court' })).toBe('entity_type_not_stated');
    expect(await refusalOf(stated(), { process: stated()['process'] ?? {} })).toBe('reserved_metadata');
    const other = await generateSigningKey();
    const chain = await courtChain(stated(), { jwks: { keys: [other.publicJwk] } });
    expect([...(await federation.verify(chain)).protocolKeys.signing.keys()]).toEqual([processKey.kid]);
  });

  it('binds the agencies of its superior alone, and a prosecutor is no judge', async () => {
    expect(await refusalOf(stated({ jurisdictions: [ids.or, ids.ga] }))).toBe('process_foreign');
    expect(await refusalOf({ ...stated(), role: 'prosecutor' })).toBe('stated_facts_malformed');
    expect(await refusalOf({ ...stated({ classes: ['sworn-statement'] }), role: 'prosecutor' })).toBe('accepted');
  });

  it.each<[string, JsonObject, string]>([
    ['no class', { classes: [] }, 'stated_facts_malformed'],
    ['a class that is none', { classes: ['hunch'] }, 'stated_facts_malformed'],
    ['no jurisdiction', { jurisdictions: [] }, 'stated_facts_malformed'],
    ['a member that nobody knows', { also: true }, 'stated_facts_malformed'],
    ['no key', { jwks: { keys: [] } }, 'keys_refused'],
  ])('with %s is refused', async (_title, change, code) => {
    expect(await refusalOf(stated(change))).toBe(code);
  });

  it('J14: signs process with a key that has no other job', async () => {
    const encryption = (await generateDecryptionKey()).publicJwk;
    expect(await refusalOf(stated({ jwks: { keys: [encryption] } }))).toBe('protocol_keys_missing');
    expect(await refusalOf(stated({ jwks: { keys: [federation.keys.or.publicJwk] } }))).toBe('key_reused');
  });

  it('enrols nobody', async () => {
    const claims = federation.claims();
    claims.upper['metadata'] = { federation_entity: stated() };
    const chain = await federation.sign(claims);
    expect(await refusalCode(() => federation.verify(chain))).toBe('superior_not_authority');
  });
});

describe('a warrant', () => {
  it('says all of its bounds, and is read back as it was signed', async () => {
    expect(await verify(await signWarrant(content()))).toMatchObject({
      issuer: ids.agency,
      agency: AGENCY,
      bounds: BOUNDS,
      status: { index: 7 },
    });
  });

  it('P08: leaves no bound out: what it does not limit it says to be any', async () => {
    const claims = claimsIn(await signWarrant(content()));
    for (const member of ['kinds', 'plates', 'areas', 'window', 'offences', 'uses', 'valid_until', 'case_number']) {
      const { [member]: _, ...rest } = claims;
      const token = await signClaims('warrant', rest, processKey);
      expect(await refusalCode(() => parseWarrant(token)), member).toBe('warrant_malformed');
    }
    const { status: _, ...open } = claims;
    const token = await signClaims('warrant', open, processKey);
    expect(await refusalCode(() => parseWarrant(token))).toBe('status_missing');
  });

  it('P08 P13: names areas as a query does: circle, box or polygon of 3 to 100 points', async () => {
    const points = [
      { lat: 44, lon: -121.3 },
      { lat: 44.1, lon: -121.3 },
      { lat: 44.1, lon: -121.2 },
    ];
    const areas = [...(BOUNDS.areas === 'any' ? [] : BOUNDS.areas), { kind: 'polygon' as const, points }];
    expect(parseWarrant(await signWarrant({ ...content(), bounds: { ...BOUNDS, areas } })).bounds.areas).toEqual(areas);
    const many = Array.from({ length: 101 }, (_, n) => ({ lat: 44 + n / 1000, lon: -121 }));
    for (const wrong of [
      points.slice(1),
      many,
      [...points, { lat: 91, lon: 0 }],
      [...points, { lat: 44, lon: -121, alt: 1 }],
    ]) {
      const change = { areas: [{ kind: 'polygon', points: wrong }] };
      const token = await signClaims('warrant', { ...claimsIn(await signWarrant(content())), ...change }, processKey);
      expect(await refusalCode(() => parseWarrant(token))).toBe('warrant_malformed');
    }
  });

  it.each<[string, JsonObject]>([
    ['an empty list', { plates: [] }],
    ['a plate with a wildcard', { plates: ['ABC%'] }],
    ['a turned box', { areas: [{ kind: 'box', south: 2, west: 0, north: 1, east: 1 }] }],
    ['no radius', { areas: [{ kind: 'circle', lat: 0, lon: 0, radius_metres: 0 }] }],
    ['an area of no kind', { areas: [{ kind: 'county', south: 0, west: 0, north: 1, east: 1 }] }],
    ['a turned window', { window: { from: 10, until: 5 } }],
    ['an end before its beginning', { valid_until: 5 }],
    ['a use that is none', { uses: -1 }],
    ['another word for any', { uses: 'unlimited' }],
    ['a member that nobody knows', { unless: 'urgent' }],
  ])('P08: with %s is refused', async (_title, change) => {
    const token = await signClaims('warrant', { ...claimsIn(await signWarrant(content())), ...change }, processKey);
    expect(await refusalCode(() => parseWarrant(token))).toBe('warrant_malformed');
  });

  it('P08: counts from its court alone, for the agency that it names, within what the court may sign', async () => {
    const token = await signWarrant(content());
    const forged = await signWarrant({ ...content(), key: federation.keys.agency });
    const sworn = await signWarrant({ ...content(), bounds: { ...BOUNDS, class: 'sworn-statement' } });
    const elsewhere = { ...court, entityId: ids.broker };
    expect(await refusalCode(() => verify(forged))).toBe('signature_invalid');
    expect(await refusalCode(() => verify(token, { court: elsewhere }))).toBe('link_broken');
    expect(await refusalCode(() => verify(token, { agency: ids.neighbour }))).toBe('link_broken');
    expect(await refusalCode(() => verify(token, { jurisdictions: [ids.ga] }))).toBe('process_foreign');
    expect(await refusalCode(() => verify(token, { jurisdictions: [] }))).toBe('process_foreign');
    expect(await refusalCode(() => verify(sworn))).toBe('process_foreign');
    const early = await signWarrant({ ...content(), issuedAt: NOW + 60_000 });
    expect(await refusalCode(() => verify(early))).toBe('signature_invalid');
  });
});

const attested = () => ({
  issuer: AGENCY,
  jti: 'YXR0ZXN0YXRpb24tbnItMDE',
  paper: 'A'.repeat(43),
  court: 'a court that signs nothing',
  bounds: BOUNDS,
  issuedAt: NOW - 1_000,
  lifetimeSeconds: 86_400,
  key: processKey,
});

const check = async (change: Partial<ReturnType<typeof attested>>, now = NOW, issuer = AGENCY) => {
  const token = await signWarrantAttestation({ ...attested(), ...change });
  const keys = court.protocolKeys.signing;
  return refusalCode(() => verifyWarrantAttestation({ token, issuer, keys, now }));
};

describe('an attestation of a warrant', () => {
  it('P08: is the word of the agency that shows it, for a day', async () => {
    expect(await check({})).toBe('accepted');
    expect(await check({}, NOW, ids.neighbour)).toBe('link_broken');
    expect(await check({ key: federation.keys.ga })).toBe('signature_invalid');
    expect(await check({}, NOW + 86_400_000)).toBe('signature_invalid');
    expect(await check({ lifetimeSeconds: 86_401 })).toBe('signature_invalid');
  });
});
