// Long because one federation bears every approval and every pair of persons that is none, each a row.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeBase64url, parseStrictObject, readToken, type AnswerClaims, type JsonObject } from '#protocol';
import { approveAsk } from '../../apps/agency/src/approve-ask.js';
import type { OfficerSession } from '../../apps/agency/src/session/index.js';
import type { AgencyPeople } from '../../apps/sandbox/src/agency-people.js';
import { sighting } from '../federation/sightings.js';
import { startFederation, type TestFederation } from '../federation/start-federation.js';
import { statementFor } from '../federation/statements.js';
import {
  DishonestAgency,
  approvedAsk,
  providerSigns,
  type ApprovedAsk,
  type RequestChanges,
  type SignedRequest,
} from './dishonest-agency.js';
import { post, receiptKinds, releasesOf } from './doors.js';
import { ask, holdRequest } from './held-exchange.js';
import { Hands } from './party-hands.js';
import { openedReceipts } from '../support/opened-receipts.js';

const OWNER = 'juniper-bend';
const REQUESTER = 'salish-point';
const hands = new Hands();
let federation: TestFederation;
let people: AgencyPeople;
let requester: DishonestAgency;
let base: ApprovedAsk;

const ownerId = () => federation.entityId(OWNER);
const statement = () => statementFor(federation, [OWNER], { plate: 'ORE123' });
/** The ask that two persons made, under an approval of its own that no owner has seen. */
const approved = async (): Promise<ApprovedAsk> => ({
  ...base,
  approval: await requester.approval(base, base.askDigest),
});
const submit = async ({ token }: SignedRequest): Promise<JsonObject> =>
  (await post(federation, `${federation.laidOut.broker}/requests`, { request: token, log_size: 0 })).document;

beforeAll(async () => {
  federation = await startFederation({ ports: hands.ports, start: [OWNER, REQUESTER] });
  people = federation.people(REQUESTER);
  requester = new DishonestAgency(federation, REQUESTER);
  await federation.agency(OWNER).node.reads.insertMany([sighting('ORE123')]);
  base = await approvedAsk(federation.agency(REQUESTER), hands.wire(REQUESTER), people, statement());
});

afterAll(async () => {
  await federation.close();
});

/** What the owner sealed to the requester: from outside a refusal looks like an answer. */
async function answerTo(request: SignedRequest): Promise<AnswerClaims> {
  const { state, answer } = await submit(request);
  expect(state).toBe('replied');
  return requester.open(answer, request, ownerId());
}

/** Refused on what only the owner sees: sealed, with this reason and without a read. */
async function expectRefusedSealed(request: SignedRequest, code: string, found?: string): Promise<void> {
  const answer = await answerTo(request);
  expect(answer).toMatchObject({ outcome: 'refused', reads: [], truncated: false });
  expect(answer.reasons).toContainEqual(expect.objectContaining(found === undefined ? { code } : { code, found }));
  const [release] = (await federation.agency(OWNER).node.ledger.receipts({ txn: request.txn })).filter(
    ({ kind }) => kind === 'release',
  );
  expect(release?.opening.content).toMatchObject({ outcome: { value: 'refused' }, read_count: { value: 0 } });
}

/** Denied before anything sealed is decided on: signed, in the open, and on record as refused. */
async function expectDenied(request: SignedRequest, code: string): Promise<void> {
  const { state, denial } = await submit(request);
  expect(state).toBe('denied');
  const { reasons } = readToken('denial', typeof denial === 'string' ? denial : '').claims;
  expect(reasons).toMatchObject([{ code }]);
  expect(await receiptKinds(federation.agency(OWNER), request.txn)).toEqual(['refused']);
}

describe('at the requesting agency', () => {
  test('P18: an officer does not approve', async () => {
    const txn = await ask(people, statement());
    const refused = people.call('officer', 'POST', `/asks/${txn}/approval`);
    await expect(refused).rejects.toMatchObject({ status: 403, code: 'role_missing' });
    expect(await people.show(txn)).toMatchObject({ state: 'awaiting_approval' });
    expect(await receiptKinds(federation.agency(REQUESTER), txn)).toEqual(['asked']);
  });

  test('P18: a person who is both officer and supervisor does not approve the own ask', async () => {
    const txn = await ask(people, statement());
    const { node } = federation.agency(REQUESTER);
    const stored = await node.asks.find(txn);
    if (stored === undefined) throw new TypeError('the ask is stored');
    const session = { ...stored.officer, roles: ['officer', 'supervisor'] } as unknown as OfficerSession;
    await expect(approveAsk(txn, session, node)).rejects.toMatchObject({
      problem: { status: 403, code: 'second_person_needed' },
    });
    expect(await people.show(txn)).toMatchObject({ state: 'awaiting_approval' });
  });

  test('P18: who manages rules does not approve', async () => {
    const txn = await ask(people, statement());
    const refused = people.call('rules-one', 'POST', `/asks/${txn}/approval`);
    await expect(refused).rejects.toMatchObject({ status: 403, code: 'role_missing' });
  });

  test('P18: an ask is approved once', async () => {
    const held = await holdRequest(hands.wire(REQUESTER), people, statement());
    await expect(people.approve(held.txn)).rejects.toMatchObject({ status: 409, code: 'not_waiting' });
    held.letGo();
    await people.outcome(held.txn);
  });
});

describe('at the holding agency, whatever the requesting node signs', () => {
  test('P18: an approval is used once: a second request with it is refused, sealed', async () => {
    const once = await approved();
    expect(await answerTo(await requester.request(once, ownerId()))).toMatchObject({ outcome: 'reads' });
    await expectRefusedSealed(await requester.request(once, ownerId()), 'approval_used');
    // Nor does a new transaction or a new time make it another approval.
    await expectRefusedSealed(await requester.request(once, ownerId()), 'approval_used');
  });

  test('P18: of two requests with one approval that come at once, one is answered', async () => {
    const once = await approved();
    const requests = await Promise.all([1, 2, 3, 4].map(() => requester.request(once, ownerId())));
    const answers = await Promise.all(requests.map((request) => answerTo(request)));
    expect(answers.map(({ outcome }) => outcome).toSorted()).toEqual(['reads', 'refused', 'refused', 'refused']);
  });

  const approvals: readonly [string, (of: ApprovedAsk) => Promise<RequestChanges>][] = [
    [
      'the approval of another ask',
      async (of) => {
        const other = await requester.reapproved(of, (asked) => ({ ...asked, narrative: 'another' }));
        return { sealed: { approval: other.approval.token } };
      },
    ],
    ['an approval of another digest', async (of) => sealedApproval(of, { ask_digest: 'x'.repeat(43) })],
    ['an approval for another officer', async (of) => sealedApproval(of, { officer_id_token: 'x'.repeat(43) })],
    ['an approval by another supervisor', async (of) => sealedApproval(of, { supervisor_id_token: 'x'.repeat(43) })],
    ['an approval that has expired', async (of) => sealedApproval(of, { iat: now() - 90_000, exp: now() - 3_600 })],
    ['an approval that lives longer than a day', async (of) => sealedApproval(of, { exp: now() + 86_401 })],
    ['an approval from the future', async (of) => sealedApproval(of, { iat: now() + 60, exp: now() + 600 })],
    ['an approval younger than its request', async (of) => sealedApproval(of, { iat: now() + 8, exp: now() + 600 })],
    ['an approval of another agency', async (of) => sealedApproval(of, { iss: ownerId() })],
    ['an approval without an identifier', async (of) => sealedApproval(of, { jti: '' })],
    [
      'the officer’s ID token of another session',
      async (of) => ({ sealed: { officer_id_token: of.approval.idToken } }),
    ],
    [
      'the supervisor’s ID token of another session',
      async (of) => ({ sealed: { supervisor_id_token: of.officer.idToken } }),
    ],
  ];

  test.each(approvals)('P18: %s is denied', async (_, change) => {
    const of = await approved();
    await expectDenied(await requester.request(of, ownerId(), await change(of)), 'approval_invalid');
  });

  const persons: readonly [string, string, (of: ApprovedAsk) => Promise<ApprovedAsk>][] = [
    ['a supervisor who is none', 'role_missing', (of) => withPersons(of, { supervisor: { roles: ['officer'] } })],
    ['a supervisor without any role', 'role_missing', (of) => withPersons(of, { supervisor: { roles: [] } })],
    ['an officer who is none', 'role_missing', (of) => withPersons(of, { officer: { roles: ['rule_admin'] } })],
    [
      'a supervisor without a second factor',
      'second_factor_missing',
      (of) => withPersons(of, { supervisor: { amr: ['pwd'] } }),
    ],
    [
      'a supervisor at a lower level',
      'acr_refused',
      (of) => withPersons(of, { supervisor: { acr: 'urn:comity:acr:password' } }),
    ],
    [
      'a supervisor whom another provider knows',
      'issuer_mismatch',
      (of) => withPersons(of, { supervisor: { iss: 'https://other.example' } }),
    ],
    ['a supervisor of another agency', 'audience_mismatch', (of) => withPersons(of, { supervisor: { aud: OWNER } })],
    [
      'a supervisor who had signed in yesterday',
      'auth_time_refused',
      (of) => withPersons(of, { supervisor: { auth_time: now() - 13 * 3_600 } }),
    ],
  ];

  test.each(persons)('P18: %s is refused, sealed', async (_, found, change) => {
    const of = await change(await approved());
    await expectRefusedSealed(await requester.request(of, ownerId()), 'persons_invalid', found);
  });

  test('P18: one person with both roles, signed by the provider itself, is no two persons', async () => {
    const of = await approved();
    const { sub } = claimsOf(of.officer.idToken);
    const same = await withPersons(of, { supervisor: { sub: sub ?? '', roles: ['officer', 'supervisor'] } });
    await expectRefusedSealed(await requester.request(same, ownerId()), 'approver_not_distinct');
  });

  test('P18: an ID token that no provider signed is refused, sealed', async () => {
    const of = await approved();
    const [header, , signature] = of.approval.idToken.split('.');
    const claims = Buffer.from(JSON.stringify({ ...claimsOf(of.approval.idToken), sub: 'somebody' }));
    const forged = `${header}.${claims.toString('base64url')}.${signature}`;
    const changed = { ...of, approval: { ...of.approval, idToken: forged } };
    const request = { ...changed, approval: await requester.approval(changed, of.askDigest) };
    await expectRefusedSealed(await requester.request(request, ownerId()), 'persons_invalid', 'signature_invalid');
  });

  test('P20: a case number that is none is refused, sealed, though the requesting node let it pass', async () => {
    const of = await requester.reapproved(await approved(), (asked) => ({ ...asked, case_number: '12345' }));
    const answer = await answerTo(await requester.request(of, ownerId()));
    expect(answer).toMatchObject({ outcome: 'refused', reads: [] });
    expect(answer.reasons.map(({ requirement }) => requirement).join()).toMatch(/case/);
  });

  test('nothing of all this was released as reads but what was asked and approved by two persons', async () => {
    const { dataSource } = federation.agency(OWNER).node;
    const environment = federation.laidOut.agencies.find(({ plan }) => plan.id === OWNER)?.environment ?? {};
    const releases = await openedReceipts(dataSource, environment, `kind = 'release'`);
    const rows = releases.filter(({ opening }) => Number(opening.content['read_count']?.value) > 0);
    // The honest one that was approved once, the first use of an approval, and the first of those that came at once.
    expect(rows).toHaveLength(3);
    for (const { txn } of rows) expect(await releasesOf(federation.agency(OWNER), txn ?? '')).toContain('release');
  });
});

test('no door answered any of it with a failure of its own', () => {
  expect(hands.statuses.filter((status) => status === 500)).toEqual([]);
});

function now(): number {
  return Math.floor(Date.now() / 1000);
}

function claimsOf(idToken: string): JsonObject {
  return parseStrictObject(decodeBase64url(idToken.split('.')[1] ?? ''));
}

async function sealedApproval(of: ApprovedAsk, changed: JsonObject): Promise<RequestChanges> {
  return { sealed: { approval: (await requester.approval(of, of.askDigest, changed)).token } };
}

/** The same ask with other ID tokens, signed by the provider, and an approval of exactly these. */
async function withPersons(
  of: ApprovedAsk,
  change: { officer?: JsonObject; supervisor?: JsonObject },
): Promise<ApprovedAsk> {
  const officer = await providerSigns(federation, of.officer.idToken, change.officer ?? {});
  const supervisor = await providerSigns(federation, of.approval.idToken, change.supervisor ?? {});
  const changed = {
    ...of,
    officer: { ...of.officer, idToken: officer },
    approval: { ...of.approval, idToken: supervisor },
  };
  return { ...changed, approval: await requester.approval(changed, of.askDigest) };
}
