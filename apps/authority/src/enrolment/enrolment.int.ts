// Long because applicants, keys and names are tried at one door.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newIdentifier, readToken, type JsonObject, type JsonValue, type SigningKey } from '#protocol';
import { generateDecryptionKey, generateSigningKey, systemRandomness } from '#protocol/io';
import { parseEvent, parseSubordinateStatement, signPossession } from '#trust';
import { personOf } from '../../test/acting-person.js';
import { ANCHOR, HARBOR, JUNIPER, OR, WA } from '../../test/example-authority.js';
import { NOW, parsed, query, runningAuthority, textIn, type RunningAuthority } from '../../test/running-authority.js';

const NEW = 'http://127.0.0.1:4299';
const DAY = 24 * 60 * 60 * 1_000;

let authority: RunningAuthority;
let key: SigningKey;
beforeAll(async () => {
  authority = await runningAuthority();
});
afterAll(() => authority.close());
beforeEach(async () => {
  key = await generateSigningKey();
  authority.clock.set(NOW);
});

const details = { name: 'Cedar Hollow Police', agency_class: 'municipal-police', ori: 'OR0990300' };

async function challenge(path = '/jurisdictions/or'): Promise<string> {
  return textIn(parsed((await authority.get(`${path}/federation/challenge`)).body), 'nonce');
}

async function proof(
  signer: SigningKey,
  entityId: string,
  changes: Partial<Parameters<typeof signPossession>[0]> = {},
) {
  const jti = newIdentifier(systemRandomness);
  const nonce = changes.nonce ?? (await challenge());
  return signPossession({
    entityId,
    authority: OR,
    nonce,
    jti,
    issuedAt: authority.clock.now(),
    key: signer,
    ...changes,
  });
}

async function send(path: string, body: JsonObject) {
  const answer = await authority.post(path, JSON.stringify(body), 'application/json');
  return { status: answer.status, body: parsed(answer.body) };
}

/** A request as an honest applicant sends it, with changes. */
async function apply(changes: JsonObject = {}, proofs?: readonly string[]) {
  const nonce = await challenge();
  const entityId = typeof changes['entity_id'] === 'string' ? changes['entity_id'] : NEW;
  return send('/jurisdictions/or/federation/enrolment', {
    entity_id: entityId,
    entity_type: 'comity_agency',
    ...details,
    jwks: { keys: [key.publicJwk] },
    nonce,
    proofs: [...(proofs ?? [await proof(key, entityId, { nonce })])],
    ...changes,
  });
}

async function vet(name: 'one' | 'two' | 'three', request: JsonValue | undefined, more: JsonObject = {}) {
  return personOf(authority, name).act('vet', NEW, {
    request: request ?? '',
    verdict: 'approve',
    assurance: 'documents-and-visit',
    finding: 'charter and roster seen',
    ...more,
  });
}

async function statement(sub: string) {
  return authority.get(`/jurisdictions/or/federation/fetch${query({ sub })}`);
}

async function rollOver(entityId: string, keys: readonly SigningKey[], provenBy: readonly SigningKey[]) {
  const nonce = await challenge();
  const proofs = await Promise.all(provenBy.map((each) => proof(each, entityId, { nonce })));
  const jwks = { keys: keys.map(({ publicJwk }) => publicJwk) };
  return send('/jurisdictions/or/federation/key-rollover', { entity_id: entityId, jwks, nonce, proofs });
}

async function kidsOf(sub: string) {
  const keys = parseSubordinateStatement((await statement(sub)).body).jwks['keys'] as JsonObject[];
  return keys.map((jwk) => jwk['kid']);
}

describe('enrolment', () => {
  it('takes two persons, publishes the lower of their levels, and names both signatures in its event', async () => {
    const { status, body } = await apply();
    expect({ status, state: body['state'] }).toEqual({ status: 202, state: 'waiting' });
    const { request } = body;
    expect((await statement(NEW)).status).toBe(404);
    const first = await vet('one', request);
    expect(first.body['result']).toEqual({ request, state: 'waiting', approvals: 1 });
    expect((await statement(NEW)).status).toBe(404);
    const same = await vet('one', request);
    expect(same.body).toMatchObject({ status: 403, code: 'same_person' });
    const second = await vet('two', request, { assurance: 'documents' });
    expect(second.body['result']).toEqual({ request, state: 'enrolled', approvals: 2 });

    const stated = parseSubordinateStatement((await statement(NEW)).body);
    expect(stated.metadata).toEqual({ comity_agency: { ...details, assurance: 'documents' } });
    expect(stated.jwks).toEqual({ keys: [key.publicJwk] });
    const { body: feed } = await authority.get('/jurisdictions/or/federation/events');
    const event = parseEvent((parsed(feed)['events'] as string[]).at(-1) ?? '');
    expect(event).toMatchObject({
      kind: 'enrolled',
      subject: NEW,
      details: { acts: [first.body['act'], second.body['act']] },
    });
    const requests = parsed((await authority.get('/jurisdictions/or/federation/enrolment?state=enrolled')).body);
    expect(requests['requests']).toMatchObject([{ request, vettings: [{ person: 'one' }, { person: 'two' }] }]);
    expect((await apply()).body).toMatchObject({ code: 'already_enrolled' });
  });

  it('ends with the first person who refuses', async () => {
    const { body } = await apply({ entity_id: 'http://127.0.0.1:4298' });
    const { assurance: _, ...refusal } = { assurance: 0, verdict: 'refuse', finding: 'no such agency at that address' };
    const refused = await personOf(authority, 'one').act('vet', NEW, { request: body['request'] ?? '', ...refusal });
    expect(refused.body['result']).toMatchObject({ state: 'refused' });
    const late = await vet('two', body['request']);
    expect(late.body).toMatchObject({ status: 404, code: 'no_such_request' });
  });

  it('of an auditor is scoped and ends by itself', async () => {
    const entity_id = 'http://127.0.0.1:4297';
    const { agency_class: _, ori: __, ...name } = details;
    const nonce = await challenge();
    const body = {
      entity_id,
      entity_type: 'comity_auditor',
      name: name.name,
      role: 'oversight',
      scope: { jurisdictions: [OR] },
      jwks: { keys: [key.publicJwk] },
      nonce,
      proofs: [await proof(key, entity_id, { nonce })],
    };
    const path = '/jurisdictions/or/federation/enrolment';
    expect((await send(path, body)).body).toMatchObject({ code: 'request_refused' });
    const until = new Date(NOW + 2 * DAY).toISOString();
    const { scope: ___, ...unscoped } = body;
    expect((await send(path, { ...unscoped, expires_at: until })).body).toMatchObject({ code: 'request_refused' });
    const taken = await send(path, { ...body, expires_at: until });
    await vet('one', taken.body['request']);
    await vet('two', taken.body['request']);
    const stated = parseSubordinateStatement((await statement(entity_id)).body);
    expect(stated.metadata).toMatchObject({ comity_auditor: { scope: { jurisdictions: [OR] }, role: 'oversight' } });
    authority.clock.set(NOW + 2 * DAY - 60_000);
    const late = parseSubordinateStatement((await statement(entity_id)).body);
    expect(late.expiresAt).toBe(NOW + 2 * DAY);
    authority.clock.set(NOW + 2 * DAY);
    expect((await statement(entity_id)).status).toBe(404);
    const list = JSON.parse((await authority.get('/jurisdictions/or/federation/list')).body) as string[];
    expect(list).not.toContain(entity_id);
  });
});

describe('proof of possession', () => {
  it.each([
    [
      'none of a second key',
      async () => {
        const other = await generateSigningKey();
        return apply({ jwks: { keys: [key.publicJwk, other.publicJwk] } });
      },
    ],
    ['by another key', async () => apply({}, [await proof(await generateSigningKey(), NEW)])],
    [
      'for another authority',
      async () => {
        const nonce = await challenge();
        return apply({ nonce }, [await proof(key, NEW, { nonce, authority: WA })]);
      },
    ],
    [
      'for another entity',
      async () => {
        const nonce = await challenge();
        return apply({ nonce }, [await proof(key, HARBOR, { nonce })]);
      },
    ],
    [
      'for a challenge that nobody made',
      async () => {
        const nonce = 'A'.repeat(32);
        return apply({ nonce }, [await proof(key, NEW, { nonce })]);
      },
    ],
    [
      'for a challenge that is too old',
      async () => {
        const nonce = await challenge();
        authority.clock.advance(15 * 60_000);
        return apply({ nonce }, [await proof(key, NEW, { nonce })]);
      },
    ],
  ])('refuses a request with proof %s', async (_, request) => {
    const { status, body } = await request();
    expect({ status, code: body['code'] }).toEqual({ status: 401, code: 'possession_not_proven' });
  });
});

// y of every point of small order, in every encoding; with such a key a signature made without any private key verifies.
const SMALL_ORDER = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
].flatMap((point) => [point, point.slice(0, -2) + (parseInt(point.slice(-2), 16) | 0x80).toString(16)]);

describe('keys at the door', () => {
  it.each(SMALL_ORDER)('J13: refuses the Ed25519 key %s, whatever proof comes with it', async (point) => {
    const x = Buffer.from(point, 'hex').toString('base64url');
    const { status, body } = await apply({ jwks: { keys: [{ ...key.publicJwk, x }] } });
    expect({ status, code: body['code'] }).toEqual({ status: 422, code: 'keys_refused' });
  });

  const oddKeys: readonly (readonly [string, () => Promise<JsonObject>])[] = [
    ['with its private part', async () => ({ ...key.publicJwk, d: 'A'.repeat(43) })],
    ['that decrypts', async () => (await generateDecryptionKey()).publicJwk],
    [
      'off its curve',
      async () => ({
        kty: 'EC',
        crv: 'P-256',
        x: 'A'.repeat(43),
        y: 'A'.repeat(43),
        alg: 'ES256',
        use: 'sig',
        kid: 'k',
      }),
    ],
    [
      'of secp256k1',
      async () => ({
        kty: 'EC',
        crv: 'secp256k1',
        x: 'A'.repeat(43),
        y: 'A'.repeat(43),
        alg: 'ES256K',
        use: 'sig',
        kid: 'k',
      }),
    ],
    ['of RSA', async () => ({ kty: 'RSA', n: 'A'.repeat(171), e: 'AQ', alg: 'RS256', use: 'sig', kid: 'k' })],
    ['that is a secret', async () => ({ kty: 'oct', k: 'AAAA', alg: 'HS256', use: 'sig', kid: 'k' })],
    ['under another name', async () => ({ ...key.publicJwk, kid: 'A'.repeat(43) })],
  ];
  it.each(oddKeys)('J14: refuses a key %s', async (_, odd) => {
    const { status, body } = await apply({ jwks: { keys: [await odd()] } });
    expect({ status, code: body['code'] }).toEqual({ status: 422, code: 'keys_refused' });
  });

  it('J14: refuses two keys of one name, and a key that somebody has', async () => {
    const twice = await apply({ jwks: { keys: [key.publicJwk, key.publicJwk] } });
    expect(twice.body).toMatchObject({ code: 'keys_refused' });
    key = authority.example.memberKeys.harbor;
    const taken = await apply({ entity_id: 'http://127.0.0.1:4296' });
    expect(taken.body).toMatchObject({ status: 409, code: 'key_reused' });
  });
});

describe('names at the door', () => {
  it.each([
    'https://169.254.169.254',
    'https://[::ffff:127.0.0.1]',
    'https://0x7f.1',
    'https://2130706433',
    'https://localhost',
    'https://metadata.google.internal',
    'https://printer.local',
    'https://node.example/../admin',
    'https://user@node.example',
    'https://node.example#x',
    'unix:/var/run/docker.sock',
    'file:///etc/passwd',
  ])('W11: refuses %s, and calls nobody', async (entity_id) => {
    const before = authority.sent.length;
    const nonce = await challenge();
    const { status } = await apply({ entity_id, nonce }, [await proof(key, NEW, { nonce })]);
    expect(status).toBe(422);
    expect(authority.sent.length).toBe(before);
  });

  it('W11: takes no address of keys, and calls nobody for any request', async () => {
    const before = authority.sent.length;
    expect((await apply({ jwks_uri: 'https://169.254.169.254/keys' })).status).toBe(400);
    expect((await apply({ entity_id: 'https://node.cedar-hollow.example' })).status).toBe(202);
    expect(authority.sent.length).toBe(before);
  });

  it('W08: lets nobody name a status, an assurance or a superior of their own', async () => {
    for (const more of [{ state: 'enrolled' }, { assurance: 'register-of-the-state' }, { superior: ANCHOR }]) {
      expect((await apply(more)).status).toBe(400);
    }
  });

  it('refuses side doors that nobody could read, before anybody vets them', async () => {
    expect((await apply({ access: { agreement_287g: 'maybe' } })).body).toMatchObject({ code: 'request_refused' });
    expect(
      (await apply({ entity_id: 'http://127.0.0.1:4290', access: { agreement_287g: 'none', task_forces: [] } })).status,
    ).toBe(202);
  });

  it('enrols brokers at the anchor alone', async () => {
    const { agency_class: _, ori: __, ...rest } = details;
    const nonce = await challenge();
    const body = { ...rest, entity_id: NEW, entity_type: 'comity_broker', jwks: { keys: [key.publicJwk] }, nonce };
    const proofs = [await proof(key, NEW, { nonce })];
    const answer = await send('/jurisdictions/or/federation/enrolment', { ...body, proofs });
    expect(answer.body).toMatchObject({ status: 422, code: 'request_refused' });
  });
});

describe('a key that is rolled over by its holder', () => {
  it('T12: stands beside the old one for a day, and then alone', async () => {
    const old = authority.example.memberKeys.juniper;
    const answer = await rollOver(JUNIPER, [old, key], [old, key]);
    expect(answer).toMatchObject({ status: 200, body: { others_retire_at: (NOW + DAY) / 1_000 } });
    expect(new Set(await kidsOf(JUNIPER))).toEqual(new Set([old.kid, key.kid]));
    authority.clock.set(NOW + DAY);
    expect(await kidsOf(JUNIPER)).toEqual([key.kid]);
    const retired = await rollOver(JUNIPER, [old, await generateSigningKey()], [old, key]);
    expect(retired.status).toBe(401);
    const path = `/jurisdictions/or/federation/historical-keys${query({ sub: JUNIPER })}`;
    const history = readToken('historical-keys', (await authority.get(path)).body).claims;
    expect(history).toMatchObject({ keys: [{ kid: old.kid, exp: (NOW + DAY) / 1_000 }] });
  });

  it('is not taken without proof of one that is enrolled', async () => {
    const answer = await rollOver(JUNIPER, [key], [key]);
    expect(answer.body).toMatchObject({ status: 401, code: 'possession_not_proven' });
    const harbors = authority.example.memberKeys.harbor;
    const stolen = await rollOver(JUNIPER, [harbors, key], [harbors, key]);
    expect(stolen.body).toMatchObject({ status: 401, code: 'possession_not_proven' });
  });
});
