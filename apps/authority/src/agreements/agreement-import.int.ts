import { existsSync, readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '#protocol';
import { parseEvent } from '#trust';
import { personOf } from '../../test/acting-person.js';
import { ANCHOR, HARBOR, JUNIPER } from '../../test/example-authority.js';
import { parsed, query, runningAuthority, textIn, type RunningAuthority } from '../../test/running-authority.js';
import { parseAgreementList } from './agreement-list.js';
import { matchAgreements } from './match-agreements.js';
import { countOutcomes } from './plan-agreements.js';

/** A published list, kept beside the checkout. */
const PUBLISHED = new URL('../../../../../shared/data/ice_287g_participating_2025-07-18.csv', import.meta.url);
const HEADING = 'STATE,LAW ENFORCEMENT AGENCY,TYPE,COUNTY,SUPPORT TYPE,SIGNED,MOA,ADDENDUM';
const LIST = `${HEADING}
OREGON,Juniper Bend Police Department ,Municipality,#N/A,Task Force Model,2025-07-02,link,
OREGON,Nobody County Sheriff's Office,County,Nobody County,Task Force Model,2025-07-02,link,
WASHINGTON,Harbour County Sheriff's Office,County,#N/A,Jail Enforcement Model,7/72025,link,
`;
const NONE = `${ANCHOR}/protections/agreement-287g/none/1`;
const TASK_FORCE = `${ANCHOR}/protections/agreement-287g/task-force-model/1`;

let authority: RunningAuthority;
const running: RunningAuthority[] = [];
beforeEach(async () => {
  authority = await runningAuthority();
  running.push(authority);
});
afterAll(async () => {
  for (const each of running) await each.close();
});

function act(list: string, more: JsonObject = {}) {
  const packed = deflateSync(Buffer.from(list)).toString('base64url');
  const details = {
    list: packed,
    as_of: '2025-07-18',
    places: [],
    aliases: [['OR', 'Juniper Bend Police Department', 'OR0990100']],
    ...more,
  };
  return personOf(authority, 'one').act('import-287g', ANCHOR, details, { issuer: ANCHOR });
}

async function has(type: string, subject = JUNIPER, jurisdiction = 'or'): Promise<boolean> {
  const path = `/jurisdictions/${jurisdiction}/federation/trust-mark${query({ trust_mark_type: type, sub: subject })}`;
  return (await authority.get(path)).status === 200;
}

function digestIn(body: JsonObject): string {
  return textIn(body['result'] as JsonObject, 'digest');
}

describe('the import of the federal list', () => {
  it('shows every line and changes nothing until what was shown is confirmed', async () => {
    const shown = await act(LIST);
    expect(shown.body['result']).toMatchObject({
      counts: { matched: 1, unsure: 1, unmatched: 1, not_enrolled: 0, malformed: 0 },
      rows: [
        { outcome: 'matched', subjects: [{ entity_id: JUNIPER }] },
        { outcome: 'unmatched', agency: "Nobody County Sheriff's Office" },
        { outcome: 'unsure', subjects: [{ entity_id: HARBOR }] },
      ],
      effects: [{ subject: JUNIPER, revoke: [NONE], issue: 'task-force-model' }],
    });
    expect([await has(NONE), await has(TASK_FORCE)]).toEqual([true, false]);
    const guessed = await act(LIST, { confirm: 'A'.repeat(43) });
    expect(guessed.body).toMatchObject({ status: 409, code: 'import_changed' });
    expect(await has(NONE)).toBe(true);

    const done = await act(LIST, { confirm: digestIn(shown.body) });
    expect(done.body['state']).toBe('done');
    expect([await has(NONE), await has(TASK_FORCE)]).toEqual([false, true]);
    const { body } = await authority.get('/jurisdictions/or/federation/events');
    const told = (parsed(body)['events'] as string[]).map((token) => parseEvent(token)).slice(-2);
    expect(told.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual([
      `mark_revoked ${JUNIPER}`,
      `mark_issued ${JUNIPER}`,
    ]);
    expect(told[0]?.details['acts']).toEqual([done.body['act']]);
  });

  it('keeps what it could not match in the public register', async () => {
    const digest = digestIn((await act(LIST)).body);
    await act(LIST, { confirm: digest });
    const imports = parsed((await authority.get('/authority/agreement-imports')).body);
    expect(imports['imports']).toMatchObject([{ digest, as_of: '2025-07-18', issuer: ANCHOR }]);
    const { body } = await authority.get(`/authority/agreement-imports/${digest}`);
    expect((parsed(body)['rows'] as JsonObject[]).map(({ outcome, subject }) => [outcome, subject])).toEqual([
      ['matched', JUNIPER],
      ['unmatched', null],
      ['unsure', null],
    ]);
  });

  it('does not confirm what the register has changed under', async () => {
    const digest = digestIn((await act(LIST)).body);
    const reason = 'it signed an agreement';
    const issuer = `${ANCHOR}/jurisdictions/or`;
    await personOf(authority, 'two').act('revoke-mark', JUNIPER, { mark_type: NONE, reason }, { issuer });
    expect((await act(LIST, { confirm: digest })).body).toMatchObject({ code: 'import_changed' });
  });

  it('takes an attested absence away from whom a line might be', async () => {
    const doubtful = LIST.replace('Juniper Bend Police Department ', 'Juniper Bent Police');
    const shown = await act(doubtful);
    expect(shown.body['result']).toMatchObject({ effects: [{ subject: JUNIPER, revoke: [NONE], issue: null }] });
    await act(doubtful, { confirm: digestIn(shown.body) });
    expect([await has(NONE), await has(TASK_FORCE)]).toEqual([false, false]);
  });

  it.each([
    ['what is no list', { list: deflateSync(Buffer.from('a,b\n1,2')).toString('base64url') }],
    ['what is not packed', { list: 'AAAA' }],
    ['a bomb', { list: deflateSync(Buffer.alloc(5_000_000)).toString('base64url') }],
    ['an odd alias', { aliases: [['OR', 'x', 'no ORI']] }],
    ['an odd place', { places: [['Oregon', 'x', '41001']] }],
  ])('refuses %s', async (_, more) => {
    expect((await act(LIST, more as JsonObject)).body).toMatchObject({ status: 422, code: 'act_refused' });
  });
});

describe.skipIf(!existsSync(PUBLISHED))('the list as it was published on 2025-07-18', () => {
  it('is read to the last line, and no line is dropped', () => {
    const rows = parseAgreementList(readFileSync(PUBLISHED, 'utf8'));
    expect(rows).toHaveLength(832);
    expect(rows.filter(({ state, agency, model }) => !state || !agency || !model)).toEqual([]);
    expect(rows.filter(({ county }) => county === undefined)).toHaveLength(228);
    expect(rows.filter(({ signed }) => signed === undefined).map(({ agency }) => agency)).toHaveLength(2);
    const counts = countOutcomes(matchAgreements(rows, { enrolled: [], aliases: [], places: [] }));
    expect(counts).toEqual({ matched: 0, unsure: 0, unmatched: 832, not_enrolled: 0, malformed: 0 });
  });

  it('fits into one signed act', async () => {
    const answer = await act(readFileSync(PUBLISHED, 'utf8'), { aliases: [] });
    expect(answer.body['result']).toMatchObject({ counts: { unmatched: 832 } });
  });
});
