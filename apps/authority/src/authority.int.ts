// Long because the endpoints are tested on one register that is laid out once.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProtocolError, type JsonObject, type Network } from '#protocol';
import { keySetFrom } from '#protocol';
import { systemRandomness } from '#protocol/io';
import { parseEntityConfiguration, parseTrustMark } from '#trust';
import {
  ARCHIVE_NOTHING,
  FOLLOWED_NOTHING,
  REFUSED_NOTHING,
  OwnConfiguration,
  SEEN_NOTHING,
  TrustDirectory,
  type OwnConfigurationOptions,
} from '#trust/io';
import { createTestDatabase } from '../../../test/support/database.js';
import type { FakeClock } from '../../../test/support/fakes.js';
import {
  ANCHOR,
  BROKER,
  exampleAuthority,
  HARBOR,
  JUNIPER,
  OR,
  RETENTION,
  WA,
  type ExampleAuthority,
} from '../test/example-authority.js';
import { query, runningAuthority, type Answer, type RunningAuthority } from '../test/running-authority.js';
import { createAuthorityApp } from './app.js';
import { readAuthorityConfig } from './config.js';
import { AUTHORITY_ENTITIES } from './register.store.js';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const HOUR = 3_600_000;
const ABSENCE_TYPE = `${ANCHOR}/protections/agreement-287g/none/1`;

let example: ExampleAuthority;
let clock: FakeClock;
let running: RunningAuthority;
let nodes: Map<string, () => Promise<string>>;

beforeAll(async () => {
  running = await runningAuthority();
  ({ example, clock } = running);
  nodes = new Map();
});
afterAll(() => running.close());

function get(path: string): Promise<Answer> {
  return running.get(path);
}

function json(body: string): JsonObject {
  return JSON.parse(body) as JsonObject;
}

/** The authority by `inject`, and the configurations that the nodes of the test publish. */
const network: Network = {
  async request({ url }) {
    const { origin, pathname, search } = new URL(url);
    const own = nodes.get(origin);
    if (own && pathname === '/.well-known/openid-federation') {
      return { status: 200, headers: { 'content-type': 'application/entity-statement+jwt' }, body: await own() };
    }
    if (origin !== ANCHOR) throw new ProtocolError('network_failed', 'no such host');
    const answer = await get(`${pathname}${search}`);
    return { status: answer.status, headers: { 'content-type': answer.type }, body: answer.body };
  },
};

async function pinned() {
  const { keys } = await readAuthorityConfig(example.env);
  return [{ entityId: ANCHOR, jwks: { keys: [keys.anchor.publicJwk] } }];
}

describe('the federation endpoints', () => {
  it('publish the configuration of the anchor, with issuers of marks and the key of the witness', async () => {
    const answer = await get('/.well-known/openid-federation');
    expect(answer).toMatchObject({ status: 200, type: 'application/entity-statement+jwt' });
    const configuration = parseEntityConfiguration(answer.body);
    expect(configuration).toMatchObject({ issuer: ANCHOR, subject: ANCHOR, authorityHints: [] });
    expect(configuration.expiresAt - configuration.issuedAt).toBe(HOUR);
    expect(configuration.trustMarkIssuers.get(ABSENCE_TYPE)).toEqual([OR]);
    expect(configuration.metadata.federation_entity?.['witness_vkeys']).toEqual([
      expect.stringMatching(/^127\.0\.0\.1:4100\/witness\+[0-9a-f]{8}\+/),
    ]);
  });

  it('publish the configuration of a jurisdiction, with the marks of its law', async () => {
    const configuration = parseEntityConfiguration((await get('/jurisdictions/or/.well-known/openid-federation')).body);
    expect(configuration).toMatchObject({ subject: OR, authorityHints: [ANCHOR] });
    expect(configuration.trustMarks).toHaveLength(1);
    const mark = parseTrustMark(configuration.trustMarks[0]?.token ?? '');
    expect(mark).toMatchObject({ issuer: OR, subject: OR, statute: RETENTION.statute, binds: ['municipal-police'] });
    expect(mark.effectiveFrom).toBe(Date.parse(RETENTION.effective_from));
    expect(mark.expiresAt - mark.issuedAt).toBe(6 * HOUR);
  });

  it('state subordinates, list them, and hand out marks', async () => {
    const statement = await get(`/jurisdictions/or/federation/fetch?sub=${encodeURIComponent(JUNIPER)}`);
    expect(statement).toMatchObject({ status: 200, type: 'application/entity-statement+jwt' });
    const list = await get('/federation/list');
    expect(list).toMatchObject({ status: 200, type: 'application/json' });
    expect(JSON.parse(list.body)).toEqual([BROKER, OR, WA].toSorted());
    expect(JSON.parse((await get('/federation/list?entity_type=comity_broker')).body)).toEqual([BROKER]);
    const query = `trust_mark_type=${encodeURIComponent(ABSENCE_TYPE)}&sub=${encodeURIComponent(JUNIPER)}`;
    const mark = await get(`/jurisdictions/or/federation/trust-mark?${query}`);
    expect(mark).toMatchObject({ status: 200, type: 'application/trust-mark+jwt' });
    expect(parseTrustMark(mark.body)).toMatchObject({ issuer: OR, subject: JUNIPER, basis: 'declaration', binds: [] });
  });

  it.each([
    ['an unknown subordinate', `/federation/fetch?sub=${encodeURIComponent(JUNIPER)}`, 404, 'not_found'],
    ['another jurisdiction’s subordinate', `/jurisdictions/wa/federation/fetch?sub=${JUNIPER}`, 404, 'not_found'],
    ['an unknown jurisdiction', '/jurisdictions/zz/.well-known/openid-federation', 404, 'not_found'],
    ['a jurisdiction by the name of an object member', '/jurisdictions/__proto__/federation/list', 404, 'not_found'],
    [
      'a mark that was never issued',
      `/jurisdictions/wa/federation/trust-mark?trust_mark_type=${ABSENCE_TYPE}&sub=${HARBOR}`,
      404,
      'not_found',
    ],
    ['no subject', '/federation/fetch', 400, 'invalid_request'],
    ['itself', `/federation/fetch?sub=${ANCHOR}`, 400, 'invalid_request'],
    ['an empty subject', '/federation/fetch?sub=', 400, 'invalid_request'],
    ['what is no entity id', '/federation/fetch?sub=javascript:1', 400, 'invalid_subject'],
    ['a parameter that is not supported', '/federation/list?audited=true', 400, 'unsupported_parameter'],
  ])('answer for %s in the form of the standard', async (_, path, status, error) => {
    const answer = await get(path);
    expect(answer).toMatchObject({ status, type: 'application/json' });
    expect(json(answer.body)).toEqual({ error, error_description: expect.any(String) as string });
  });

  it('refuse a parameter that is there twice', async () => {
    expect((await get(`/federation/fetch?sub=${OR}&sub=${WA}`)).status).toBe(400);
  });

  it('sign once and hand out the same until half its life is over', async () => {
    const path = '/jurisdictions/or/.well-known/openid-federation';
    const [first, second] = await Promise.all([get(path), get(path)]);
    expect(second.body).toBe(first.body);
    clock.advance(HOUR / 2);
    const third = await get(path);
    expect(third.body).not.toBe(first.body);
    expect(parseEntityConfiguration(third.body).issuedAt).toBe(NOW + HOUR / 2);
    clock.set(NOW);
  });
});

describe('a node of the federation', () => {
  it('enrols, shows its chain, and is seen with the law of its jurisdiction and its own absence of an agreement', async () => {
    const anchors = await pinned();
    const directory = new TrustDirectory({
      anchors,
      network,
      clock,
      seen: SEEN_NOTHING,
      feeds: FOLLOWED_NOTHING,
      archive: ARCHIVE_NOTHING,
      refused: REFUSED_NOTHING,
    });
    const own = (changes: Partial<OwnConfigurationOptions>) =>
      new OwnConfiguration({
        entityId: JUNIPER,
        superior: OR,
        federationKey: example.memberKeys.juniper,
        metadata: { comity_agency: { jwks: example.protocolJwks, endpoint: JUNIPER } },
        anchors,
        directory,
        network,
        clock,
        ...changes,
      });
    const juniper = own({});
    const harbor = own({ entityId: HARBOR, superior: WA, federationKey: example.memberKeys.harbor });
    const broker = own({
      entityId: BROKER,
      superior: ANCHOR,
      federationKey: example.memberKeys.broker,
      metadata: { comity_broker: { jwks: example.protocolJwks, ledger: { origin: 'mine', vkey: 'mine' } } },
    });
    nodes
      .set(JUNIPER, () => juniper.token())
      .set(HARBOR, () => harbor.token())
      .set(BROKER, () => broker.token());
    for (const node of [juniper, harbor, broker]) await node.refresh();
    expect((await directory.refresh()).failures).toEqual([]);

    const view = await directory.agencyView(juniper.ownChain());
    expect(view).toMatchObject({ jurisdictions: [OR], refusedMarks: [] });
    expect(view.chain.metadata).toMatchObject({
      ori: 'OR0990100',
      agency_class: 'municipal-police',
      endpoint: JUNIPER,
    });
    expect(view.attestations.map(({ protection, level }) => `${protection} ${level}`)).toEqual([
      'retention days-30',
      'agreement-287g none',
    ]);
    expect((await directory.agencyView(harbor.ownChain())).attestations).toEqual([]);
    expect(directory.brokers()[0]?.metadata['ledger']).toEqual({
      origin: '127.0.0.1:4300/ledger',
      vkey: example.logKey.vkey,
    });
    expect(directory.witnessKeys()).toHaveLength(1);
  });

  it('finds the keys that the jurisdiction states to be those of its key file', async () => {
    const config = parseEntityConfiguration((await get('/jurisdictions/wa/.well-known/openid-federation')).body);
    const { keys } = await readAuthorityConfig(example.env);
    expect([...(await keySetFrom(config.jwks, 'sig')).keys()]).toEqual([keys.jurisdictions.get('wa')?.kid]);
  });
});

describe('the register in the database', () => {
  it('is imported at the first start, and stays as persons left it whatever the file says later', async () => {
    const own = await runningAuthority();
    const path = `/jurisdictions/or/federation/fetch${query({ sub: JUNIPER })}`;
    expect((await own.get(path)).status).toBe(200);
    await own.example.writeRegister({ ...own.example.register(), agencies: [] });
    const again = await own.again();
    expect((await again.inject({ method: 'GET', url: path })).statusCode).toBe(200);
    const { COMITY_REGISTER: _, ...without } = own.example.env;
    const third = await own.again(without);
    expect((await third.inject({ method: 'GET', url: path })).statusCode).toBe(200);
    await again.close();
    await third.close();
    await own.close();
  });

  it('is imported once where two processes start at the same time', async () => {
    const { dataSource } = await createTestDatabase('authority', { entities: AUTHORITY_ENTITIES });
    const other = await exampleAuthority();
    const config = await readAuthorityConfig(other.env);
    const ports = { clock, randomness: systemRandomness, network, dataSource };
    const apps = await Promise.all([1, 2, 3].map(() => createAuthorityApp(config, ports)));
    const rows = await dataSource.query<{ n: string }[]>(`select count(*) as n from enrolled_entity`);
    expect(rows).toEqual([{ n: '5' }]);
    for (const app of apps) await app.close();
    await dataSource.destroy();
  });

  it('refuses to start over an empty database without a register file', async () => {
    const { dataSource } = await createTestDatabase('authority', { entities: AUTHORITY_ENTITIES });
    const { COMITY_REGISTER: _, ...without } = (await exampleAuthority()).env;
    const ports = { clock, randomness: systemRandomness, network, dataSource };
    await expect(createAuthorityApp(await readAuthorityConfig(without), ports)).rejects.toMatchObject({
      problems: ['COMITY_REGISTER is missing: the database holds no register yet'],
    });
    await dataSource.destroy();
  });

  it('T10: a law that changed is shown at once as it is now, and no longer as it was', async () => {
    const own = await runningAuthority();
    const shown = async () => {
      const { body } = await own.get('/jurisdictions/or/.well-known/openid-federation');
      const marks = parseEntityConfiguration(body).trustMarks.map(({ token }) => parseTrustMark(token));
      return marks.map(({ type, statute }) => `${type.split('/').slice(-2).join('/')} ${statute}`);
    };
    expect(await shown()).toEqual([`days-30/1 ${RETENTION.statute}`]);
    const authority = own.node.jurisdictions.get('or') ?? own.node.anchor;
    const config = await readAuthorityConfig(own.example.env);
    const [law] = config.register?.attested ?? [];
    if (!law) throw new Error('the example attests nothing');
    await own.dataSource.transaction((manager) =>
      own.node.changes.issueMark({ manager, authority, at: clock.now(), acts: [] }, { ...law, statute: 'as amended' }),
    );
    expect(await shown()).toEqual(['days-30/1 as amended']);
    await own.close();
  });
});

describe('health', () => {
  it('is good while the register can be read and statements signed', async () => {
    expect(await get('/health')).toMatchObject({ status: 200, body: '{"status":"ok"}' });
  });

  it('is 503 with Retry-After while the database is away, and so is every statement', async () => {
    const own = await runningAuthority();
    await own.dataSource.destroy();
    for (const url of ['/health', '/.well-known/openid-federation', `/federation/fetch?sub=${OR}`]) {
      const answer = await own.app.inject({ method: 'GET', url });
      expect({ status: answer.statusCode, retry: answer.headers['retry-after'] }).toEqual({ status: 503, retry: '2' });
    }
    // The ledger ends its work in the database.
    await own.dataSource.initialize();
    await own.close();
  });
});
