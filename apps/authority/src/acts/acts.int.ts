import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyArchivedToken, keySetFrom, readToken, type JsonObject } from '#protocol';
import { generateSigningKey } from '#protocol/io';
import { parseEvent } from '#trust';
import { personOf } from '../../test/acting-person.js';
import { ABSENCE, ANCHOR, HARBOR, JUNIPER, OR, WA } from '../../test/example-authority.js';
import { NOW, parsed, query, runningAuthority, textIn, type RunningAuthority } from '../../test/running-authority.js';

const ABSENCE_TYPE = `${ANCHOR}/protections/agreement-287g/none/1`;
const WEEK = 7 * 24 * 60 * 60 * 1_000;

let authority: RunningAuthority;
let one: ReturnType<typeof personOf>;
let two: ReturnType<typeof personOf>;
beforeAll(async () => {
  authority = await runningAuthority();
  [one, two] = [personOf(authority, 'one'), personOf(authority, 'two')];
});
afterAll(() => authority.close());

const reason = { reason: 'audit refused' };

async function events(jurisdiction = 'or') {
  const { body } = await authority.get(`/jurisdictions/${jurisdiction}/federation/events`);
  return (parsed(body)['events'] as string[]).map((token) => parseEvent(token));
}

async function markIsThere(): Promise<boolean> {
  const path = `/jurisdictions/or/federation/trust-mark${query({ trust_mark_type: ABSENCE_TYPE, sub: JUNIPER })}`;
  return (await authority.get(path)).status === 200;
}

/** What is stated about Juniper Bend now. */
async function statedOf(): Promise<JsonObject> {
  const { body } = await authority.get(`/jurisdictions/or/federation/fetch${query({ sub: JUNIPER })}`);
  const metadata = readToken('entity-statement', body).claims['metadata'] as { comity_agency: JsonObject };
  const { assurance: _, ...stated } = metadata.comity_agency;
  return stated;
}

function restate(stated: JsonObject) {
  return one.act('restate', JUNIPER, { stated, reason: 'it was renamed' });
}

describe('a person of the authority', () => {
  it('suspends alone and at once; the event names the act, and the act is public with its signature', async () => {
    const { status, body } = await one.act('suspend', JUNIPER, reason);
    expect({ status, state: body['state'] }).toEqual({ status: 200, state: 'done' });
    const event = (await events()).at(-1);
    expect(event).toMatchObject({ kind: 'suspended', subject: JUNIPER, details: { ...reason, acts: [body['act']] } });
    const act = parsed((await authority.get(`/authority/acts/${textIn(body, 'act')}`)).body);
    expect(act).toMatchObject({ kind: 'suspend', person: `${ANCHOR}/people/one`, subject: JUNIPER, state: 'done' });
    const people = parsed((await authority.get('/authority/people')).body)['people'] as {
      id: string;
      jwk: JsonObject;
    }[];
    const person = people.find(({ id }) => id === act['person']);
    const keys = await keySetFrom({ keys: [person?.jwk ?? {}] }, 'sig');
    const issuer = textIn(act, 'person');
    await expect(
      verifyArchivedToken({ kind: 'authority-act', token: textIn(act, 'token'), keys, issuer }),
    ).resolves.toMatchObject({ verified: true });
  });

  it('reinstates only with another person, who confirms what was proposed', async () => {
    const proposed = await one.act('reinstate', JUNIPER, { reason: 'audit passed' });
    expect(proposed.body).toMatchObject({ state: 'proposed' });
    const act = proposed.body['act'] ?? '';
    const waiting = parsed((await authority.get('/authority/acts?state=proposed')).body)['acts'];
    expect(waiting).toMatchObject([{ act, kind: 'reinstate', state: 'proposed' }]);
    expect((await events()).at(-1)?.kind).toBe('suspended');

    const alone = await one.act('confirm', JUNIPER, { act });
    expect({ status: alone.status, code: alone.body['code'] }).toEqual({ status: 403, code: 'same_person' });
    const confirmed = await two.act('confirm', JUNIPER, { act });
    expect(confirmed.status).toBe(200);
    const event = (await events()).at(-1);
    expect(event).toMatchObject({ kind: 'reinstated', details: { acts: [act, confirmed.body['act']] } });
    const twice = await two.act('confirm', JUNIPER, { act });
    expect(twice.body).toMatchObject({ status: 409, code: 'act_not_proposed' });
  });

  it('revokes a mark alone, and attests it anew only with another person', async () => {
    expect((await one.act('revoke-mark', JUNIPER, { mark_type: ABSENCE_TYPE, ...reason })).status).toBe(200);
    expect(await markIsThere()).toBe(false);
    const again = await one.act('revoke-mark', JUNIPER, { mark_type: ABSENCE_TYPE, ...reason });
    expect(again.body).toMatchObject({ status: 404, code: 'no_such_mark' });
    const proposed = await one.act('attest', JUNIPER, { protection: ABSENCE });
    expect(await markIsThere()).toBe(false);
    await two.act('confirm', JUNIPER, { act: proposed.body['act'] ?? '' });
    expect(await markIsThere()).toBe(true);
    expect((await events()).at(-1)).toMatchObject({ kind: 'mark_issued', details: { mark_type: ABSENCE_TYPE } });
  });

  it('refuses a proposal instead, which then nobody can confirm', async () => {
    const { body } = await one.act('attest', JUNIPER, { protection: ABSENCE });
    const act = body['act'] ?? '';
    expect((await two.act('refuse', JUNIPER, { act })).status).toBe(200);
    expect((await personOf(authority, 'three').act('confirm', JUNIPER, { act })).body).toMatchObject({
      code: 'act_not_proposed',
    });
  });

  it('refuses to whoever proposes it what could not be done, and keeps nothing of having tried', async () => {
    const before = (await events()).length;
    const idle = await one.act('reinstate', JUNIPER, { reason: 'it was never suspended' });
    expect(idle.body).toMatchObject({ status: 409, code: 'not_suspended' });
    const { statute: _, ...half } = ABSENCE;
    expect((await one.act('attest', JUNIPER, { protection: half })).body).toMatchObject({ code: 'act_refused' });
    expect((await one.act('attest', JUNIPER, { protection: ABSENCE })).status).toBe(200);
    expect(await events()).toHaveLength(before);
  });

  describe('restates what is known about an entity', () => {
    it('with another person, whole: what is left out of side doors is stated no more, and the term goes on', async () => {
      const { access: _, ...stated } = await statedOf();
      const { body } = await restate({ ...stated, name: 'Juniper Bend Police Department' });
      expect(await statedOf()).not.toMatchObject({ name: 'Juniper Bend Police Department' });
      expect((await two.act('confirm', JUNIPER, { act: body['act'] ?? '' })).status).toBe(200);
      expect(await statedOf()).toEqual({ ...stated, name: 'Juniper Bend Police Department' });
    });

    it.each<[string, (stated: JsonObject) => JsonObject, RegExp]>([
      ['a name that is none', (stated) => ({ ...stated, name: 5 }), /name/],
      ['nothing but a name', ({ name }) => ({ name: name ?? '' }), /`ori`.* are stated now and left out/],
      ['the key of another ledger', (stated) => ({ ...stated, ledger: { origin: 'x', vkey: 'x' } }), /`ledger` is not/],
      ['an ORI that is none', (stated) => ({ ...stated, ori: 'X' }), /ori/],
      ['what belongs to a court', (stated) => ({ ...stated, role: 'court' }), /`role` is not of this entity/],
      ['an unknown member', (stated) => ({ ...stated, motto: 'x' }), /member/],
      ['how well it was vetted', (stated) => ({ ...stated, assurance: 'documents' }), /member/],
      ['a task force without parties', (stated) => ({ ...stated, access: { task_forces: ['x'] } }), /joint access/],
    ])('but not by %s', async (_, change, detail) => {
      const { status, body } = await restate(change(await statedOf()));
      expect({ status, code: body['code'] }).toEqual({ status: 422, code: 'act_refused' });
      expect(body['detail'] ?? body['title']).toMatch(detail);
    });
  });

  it('confirms nothing that is older than a week', async () => {
    const { body } = await one.act('attest', JUNIPER, { protection: ABSENCE });
    authority.clock.advance(WEEK);
    const late = await two.act('confirm', JUNIPER, { act: body['act'] ?? '' });
    expect(late.body).toMatchObject({ code: 'act_not_proposed' });
    authority.clock.set(NOW);
  });

  it('adds a person with another one, and leaves two at least', async () => {
    const four = await generateSigningKey();
    const added = await one.act('add-person', ANCHOR, { name: 'four', jwk: four.publicJwk });
    await two.act('confirm', ANCHOR, { act: added.body['act'] ?? '' });
    const acting = await one.sign('suspend', HARBOR, reason, { issuer: WA, key: four });
    expect((await one.send(acting)).status).toBe(401);
    const reused = await one.act('add-person', ANCHOR, { name: 'five', jwk: four.publicJwk });
    expect(reused.body).toMatchObject({ status: 409, code: 'key_reused' });
    for (const name of ['four', 'three']) {
      const proposed = await one.act('withdraw-person', ANCHOR, { name, reason: 'left' });
      expect((await two.act('confirm', ANCHOR, { act: proposed.body['act'] ?? '' })).status).toBe(200);
    }
    const last = await one.act('withdraw-person', ANCHOR, { name: 'two', reason: 'left' });
    const refused = await two.act('confirm', ANCHOR, { act: last.body['act'] ?? '' });
    expect(refused.body).toMatchObject({ status: 422, code: 'act_refused' });
  });
});

describe('the door of acts', () => {
  it('J20: does the same message once, and never another under its identifier', async () => {
    const token = await one.sign('suspend', HARBOR, reason, { issuer: WA, jti: 'abcdefghijklmnop' });
    const answers = await Promise.all([1, 2, 3, 4].map(() => one.send(token)));
    expect(new Set(answers.map(({ status, body }) => `${status} ${textIn(body, 'act')}`)).size).toBe(1);
    expect((await events('wa')).filter(({ kind }) => kind === 'suspended')).toHaveLength(1);
    const other = await one.act('withdraw', HARBOR, reason, { issuer: WA, jti: 'abcdefghijklmnop' });
    expect(other.body).toMatchObject({ status: 409, code: 'act_replayed' });
  });

  it.each([
    ['by nobody', async () => one.sign('suspend', JUNIPER, reason, { key: await generateSigningKey() }), 401],
    [
      'by a node’s federation key',
      () => one.sign('suspend', JUNIPER, reason, { key: authority.example.memberKeys.juniper }),
      401,
    ],
    [
      'that is too old',
      async () => {
        const token = await one.sign('suspend', JUNIPER, reason);
        authority.clock.advance(121_000);
        return token;
      },
      401,
    ],
    [
      'of an authority that is not here',
      () => one.sign('suspend', JUNIPER, reason, { issuer: 'https://elsewhere.example' }),
      422,
    ],
    ['about whom the authority did not enrol', () => one.sign('suspend', HARBOR, reason, { issuer: OR }), 404],
    ['of no known kind', () => one.sign('annex' as 'suspend', JUNIPER, reason), 422],
    ['with details that it does not have', () => one.sign('suspend', JUNIPER, { ...reason, until: 'tomorrow' }), 422],
  ])('refuses an act %s', async (_, token, status) => {
    const answer = await one.send(await token());
    expect(answer.status).toBe(status);
    authority.clock.set(NOW);
    expect((await events()).at(-1)?.kind).not.toBe('suspended');
  });

  it('T16: takes no other signed message for an act', async () => {
    const event = parsed((await authority.get('/federation/events')).body)['events'] as string[];
    expect((await one.send(event[0] ?? '')).status).toBe(401);
  });
});
