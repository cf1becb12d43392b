import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '#protocol';
import {
  exampleFederation,
  ids,
  NOW,
  signClaims,
  stateAccess,
  type ExampleFederation,
} from '../test/example-federation.js';
import { refusalCode } from '../test/refusals.js';
import {
  isWithinScope,
  partiesWithAccess,
  readStatedFacts,
  signSubordinateStatement,
  UNSTATED_ACCESS,
  verifyTrustChain,
  type VerifiedChain,
} from './index.js';

let federation: ExampleFederation;
beforeAll(async () => {
  federation = await exampleFederation();
});

async function chainWith(access: JsonObject): Promise<VerifiedChain> {
  const claims = federation.claims();
  stateAccess(claims.lower, access);
  return federation.verify(await federation.sign(claims));
}

const ICE = { name: 'U.S. Immigration and Customs Enforcement' };
const NEIGHBOUR = { entity_id: ids.neighbour };

describe('side doors', () => {
  it('are what the superior states: who controls, which agreement, who shares', async () => {
    const { access } = await chainWith({
      controlling_bodies: [],
      agreement_287g: 'warrant-service-officer',
      task_forces: [{ name: 'regional task force', parties: [NEIGHBOUR, ICE] }],
      shared_centres: [],
      shared_sign_ins: [],
    });
    expect(access.agreement287g).toEqual({ stated: true, value: 'warrant-service-officer' });
    expect(partiesWithAccess(access)).toEqual({
      parties: [
        { entityId: ids.neighbour, name: undefined },
        { entityId: undefined, name: ICE.name },
      ],
      complete: true,
    });
  });

  it('that are not stated are the worst that there could be: leaving one out gains nothing', async () => {
    const chain = await federation.verify(await federation.chain());
    expect(chain.access).toEqual(UNSTATED_ACCESS);
    expect(partiesWithAccess(chain.access)).toEqual({ parties: [], complete: false });
    const all = { controlling_bodies: [], task_forces: [], shared_centres: [], shared_sign_ins: [] };
    expect(partiesWithAccess((await chainWith(all)).access).complete).toBe(true);
    for (const member of Object.keys(all)) {
      const some = Object.fromEntries(Object.entries(all).filter(([name]) => name !== member));
      expect(partiesWithAccess((await chainWith(some)).access).complete).toBe(false);
    }
  });

  it('that cannot be read refuse the chain at the statement of the superior', async () => {
    const bad: JsonObject[] = [
      { agreement_287g: 'None' },
      { agreement_287g: ['none'] },
      { task_forces: [{ name: 'nobody is in it', parties: [] }] },
      { task_forces: {} },
      { shared_centres: [{ name: 'a centre', parties: ['nobody'] }] },
      { shared_sign_ins: [{ name: 'a log-in', parties: [{ ...ICE, ...NEIGHBOUR }] }] },
      { controlling_bodies: [{ entity_id: 'HTTPS://or.example' }] },
      { controlling_bodies: [{ name: 'two\u202elines' }] },
      { fusion_centres: [] },
    ];
    for (const access of bad) {
      await expect(chainWith(access)).rejects.toMatchObject({ name: 'TrustError', link: 1 });
    }
  });

  it('are stated by nobody but the superior', async () => {
    for (const member of ['access', 'assurance', 'scope', 'agency_class', 'ori']) {
      const claims = federation.claims();
      const own = (claims.leaf['metadata'] as Record<string, JsonObject>)['comity_agency'];
      if (own) own[member] = member === 'access' ? { agreement_287g: 'none' } : 'good';
      const chain = await federation.sign(claims);
      await expect(federation.verify(chain)).rejects.toMatchObject({ code: 'reserved_metadata', link: 0 });
    }
  });

  it('of an agency class that is no code refuse the chain; without a class no law binds the agency', async () => {
    for (const agencyClass of [7, '', 'Municipal Police', ['municipal_police'], 'a'.repeat(65)]) {
      expect(await refusalCode(() => readStatedFacts({ agency_class: agencyClass }))).toBe('stated_facts_malformed');
    }
    expect(readStatedFacts({}).agencyClass).toBeUndefined();
    expect(readStatedFacts({ assurance: 'vetted-by-two' }).assurance).toBe('vetted-by-two');
  });
});

describe('an auditor', () => {
  const record = {
    jurisdictions: [ids.or],
    agencies: [ids.agency, ids.neighbour],
    persons: ['pseudonym-1'],
    txn: 'transaction-1',
  };
  const allows = (scope: JsonObject) => isWithinScope(readStatedFacts({ scope }).scope, record);

  it('reads what lies within every dimension that the superior names', () => {
    expect(allows({ jurisdictions: [ids.or] })).toBe(true);
    expect(allows({ agencies: [ids.neighbour], txns: ['transaction-1'] })).toBe(true);
    expect(allows({ agencies: [ids.neighbour], txns: ['transaction-2'] })).toBe(false);
    expect(allows({ persons: ['pseudonym-2'] })).toBe(false);
    expect(
      isWithinScope(readStatedFacts({ scope: { txns: ['transaction-1'] } }).scope, { ...record, txn: undefined }),
    ).toBe(false);
  });

  it('without a scope, or with one that names nothing, reads nothing', () => {
    expect(isWithinScope(readStatedFacts({}).scope, record)).toBe(false);
    expect(allows({})).toBe(false);
    expect(allows({ txns: [] })).toBe(false);
  });

  it('is enrolled like everybody else, and its scope goes with its chain', async () => {
    const key = federation.keys.broker;
    const times = { iat: NOW / 1_000 - 60, exp: NOW / 1_000 + 3_600 };
    const own = { iss: ids.broker, sub: ids.broker, ...times, jwks: { keys: [key.publicJwk] } };
    const metadata = { comity_auditor: {} };
    const leaf = await signClaims('entity-statement', { ...own, metadata, authority_hints: [ids.anchor] }, key);
    const statement = await signSubordinateStatement({
      issuer: ids.anchor,
      subject: ids.broker,
      jwks: { keys: [key.publicJwk] },
      metadata: { comity_auditor: { scope: { agencies: [ids.agency] } } },
      issuedAt: NOW - 60_000,
      lifetimeSeconds: 600,
      statusIndex: 7,
      key: federation.keys.anchor,
    });
    const anchor = (await federation.chain()).at(-1) ?? '';
    const auditor = await verifyTrustChain({ chain: [leaf, statement, anchor], anchors: federation.anchors, now: NOW });
    expect(auditor).toMatchObject({ entityType: 'comity_auditor', scope: { agencies: [ids.agency] } });
    expect(isWithinScope(auditor.scope, record)).toBe(true);
    expect(auditor.expiresAt).toBe(NOW + 540_000);
  });
});
