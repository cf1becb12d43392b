// Long because one federation bears every lie of a broker to its requester, and each lie is a row or a sentence.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endedFields, grantedFields, readRequest, releaseLoggedFields } from '#exchange';
import { SeenCheckpoints } from '#ledger/io';
import {
  digestOfText,
  encryptionTargetFrom,
  messageDigest,
  newIdentifier,
  readToken,
  seal,
  type JsonObject,
  type RequestClaims,
} from '#protocol';
import { systemClock, systemRandomness } from '#protocol/io';
import type { AgencyPeople } from '../../apps/sandbox/src/agency-people.js';
import type { OutgoingRequest } from '../../apps/agency/src/outgoing-requests.store.js';
import { startFederation, type TestFederation } from '../federation/start-federation.js';
import { sighting } from '../federation/sightings.js';
import { statementFor } from '../federation/statements.js';
import { receiptKinds } from './doors.js';
import { answerOtherwise, ask, bodyText } from './held-exchange.js';
import { LyingBroker, type Evidence } from './lying-broker.js';
import { Hands, nobodyThere } from './party-hands.js';

const OWNER = 'juniper-bend';
const OTHER_OWNER = 'mesa-clara';
const REQUESTER = 'salish-point';
const hands = new Hands();
let federation: TestFederation;
let broker: LyingBroker;
let people: AgencyPeople;
/** What a broker hands to the requester, as it is and as it can be taken from an earlier exchange. */
let earlier: { outcome: Outcome; request: JsonObject; digest: string };

interface Outcome {
  readonly state: string;
  readonly answer?: string;
  readonly denial?: string;
  readonly end_state?: string;
  readonly owner_evidence?: Evidence;
  readonly broker_evidence: Evidence;
}

const seen = () =>
  new SeenCheckpoints({ dataSource: federation.agency(REQUESTER).node.dataSource, clock: systemClock });
const statement = (owner = OWNER) => statementFor(federation, [owner], { plate: 'ORE123' });

beforeAll(async () => {
  federation = await startFederation({ ports: hands.ports, start: [OWNER, OTHER_OWNER, REQUESTER] });
  broker = await LyingBroker.of(federation);
  people = federation.people(REQUESTER);
  for (const id of [OWNER, OTHER_OWNER]) await federation.agency(id).node.reads.insertMany([sighting('ORE123')]);
  earlier = await honestExchange();
});

afterAll(async () => {
  await federation.close();
});

async function honestExchange(): Promise<typeof earlier> {
  const outcomes: Outcome[] = [];
  const txn = await ask(people, statement());
  const stop = answerOtherwise(hands.wire(REQUESTER), txn, (outcome) => {
    outcomes.push(outcome as unknown as Outcome);
    return outcome;
  });
  await people.approve(txn);
  expect(await people.outcome(txn)).toMatchObject({ owners: [{ state: 'replied', read_count: 1 }] });
  stop();
  const request = (await requestOf(txn)).request ?? '';
  const [outcome] = outcomes;
  if (outcome === undefined) throw new TypeError('an outcome came back');
  return { outcome, request: readToken('request', request).claims, digest: messageDigest(request) };
}

async function requestOf(txn: string): Promise<OutgoingRequest> {
  const [request] = await federation.agency(REQUESTER).node.outgoing.forTransaction(txn);
  if (request === undefined) throw new TypeError('the transaction has a request');
  return request;
}

interface Lie {
  readonly outcome: Outcome;
  /** Of the request that is being answered. */
  readonly claims: RequestClaims;
  readonly digest: string;
}

/** One honest exchange but for the last step: the broker lies to the requester. Returns what the officer then sees. */
async function lieAtTheEnd(lie: (of: Lie) => Promise<object> | object, owner = OWNER): Promise<string> {
  const txn = await ask(people, statement(owner));
  const stop = answerOtherwise(hands.wire(REQUESTER), txn, async (outcome) => {
    const { request } = await requestOf(txn);
    const { claims, token } = readRequest(request ?? '');
    return (await lie({ outcome: outcome as unknown as Outcome, claims, digest: token.digest })) as JsonObject;
  });
  await people.approve(txn);
  await people.outcome(txn).finally(stop);
  return txn;
}

/** Refused by name; nothing shown, nothing kept, no key left that could open it, and the arrival is on record. */
async function expectDisbelieved(txn: string, problem: string): Promise<void> {
  const { node } = federation.agency(REQUESTER);
  const shown = await people.show(txn);
  expect(shown).toMatchObject({
    state: 'ended',
    owners: [{ state: 'failed', problem, outcome: 'none', read_count: 0, reads: [] }],
  });
  expect(await node.received.forTransaction(txn)).toEqual([]);
  expect(await requestOf(txn)).toMatchObject({ answer: undefined, answerKey: undefined });
  expect(await receiptKinds(federation.agency(REQUESTER), txn)).toEqual(['asked', 'approved', 'delivered']);
  const [delivered] = (await node.ledger.receipts({ txn })).filter(({ kind }) => kind === 'delivered');
  expect(delivered?.opening.accountability['state']?.value).toBe(problem);
}

const without = (evidence: Evidence, nth: number): Evidence => ({
  ...evidence,
  receipts: evidence.receipts.filter((_, at) => at !== nth),
});

const of = ({ claims, digest }: Lie) => ({
  txn: claims.txn,
  trace: claims.traceparent,
  request: digest,
  requester: claims.iss,
  owner: claims.owner,
});

function flip(answer: string): string {
  const parts = answer.split('.');
  const body = Buffer.from(parts[3] ?? '', 'base64url');
  body.writeUInt8(body.readUInt8(100) ^ 1, 100);
  return [...parts.slice(0, 3), body.toString('base64url'), parts[4]].join('.');
}

async function ownAnswer({ claims, digest }: Lie): Promise<string> {
  const iat = Math.floor(Date.now() / 1000);
  const answer = await broker.sign('answer', {
    iss: claims.owner,
    aud: claims.iss,
    jti: newIdentifier(systemRandomness),
    iat,
    exp: iat + 600,
    txn: claims.txn,
    traceparent: claims.traceparent,
    request: digest,
    request_jti: claims.jti,
    outcome: 'reads',
    reads: [{ plate: 'ORE123', seen_at: new Date(Date.now() - 60_000).toISOString() }],
    truncated: false,
    reasons: [],
    obligations: {
      expires_at: new Date(Date.now() + 86_400_000).toISOString(),
      purpose: 'named_case_only',
      onward_transfer: 'refused_without_new_request',
    },
    warnings: [],
    rule: 'r'.repeat(43),
  });
  return seal('sealed-answer', answer, await encryptionTargetFrom({ ...claims.answer_key }, 'k'.repeat(43)));
}

/** What the broker's receipt says of the release. */
function releaseOf({ outcome }: Lie): { release: string; ciphertext: string } {
  const release = messageDigest(outcome.owner_evidence?.receipts[0]?.entry ?? '');
  return { release, ciphertext: digestOfText(outcome.answer ?? '') };
}

async function withLogged(lie: Lie, logged: Evidence): Promise<object> {
  const granted = await reproven(lie.outcome.broker_evidence.receipts[0]?.entry ?? '');
  return { ...lie.outcome, broker_evidence: { ...logged, receipts: [granted, ...logged.receipts] } };
}

/** A receipt of the real ledger once more, under its newest checkpoint. */
async function reproven(entry: string) {
  const { dataSource } = federation.broker.node;
  const rows: { receipt_id: string }[] = await dataSource.query(
    'select receipt_id from receipt_index where digest = $1',
    [messageDigest(entry)],
  );
  return (await broker.proven([rows[0]?.receipt_id ?? ''])).receipts[0];
}

async function fork(lie: Lie, input: { honest: number; filler?: number; consistencyFrom: number }) {
  const granted = grantedFields({ ...of(lie), rule: 'r'.repeat(43), undetermined: [] });
  const receipts = [
    await broker.looseReceipt('granted', granted),
    await broker.looseReceipt('release_logged', releaseLoggedFields({ ...of(lie), ...releaseOf(lie) })),
  ];
  return { ...lie.outcome, broker_evidence: await broker.privateFork({ ...input, receipts }) };
}

async function remembered(): Promise<{ size: number; note: string }> {
  const memory = await seen().get(broker.noteKey.name);
  if (memory === undefined) throw new TypeError('the requester has followed this ledger already');
  return memory;
}

function endState(lie: Lie, state: string, changed: JsonObject = {}): Promise<string> {
  const iat = Math.floor(Date.now() / 1000);
  return broker.sign('end-state', {
    iss: broker.entityId,
    aud: lie.claims.iss,
    jti: newIdentifier(systemRandomness),
    iat,
    exp: iat + 600,
    txn: lie.claims.txn,
    traceparent: lie.claims.traceparent,
    request: lie.digest,
    state,
    reasons: [],
    ...changed,
  });
}

/** Signed, and logged in the real ledger. */
async function ended(lie: Lie, state: 'failed' | 'expired' | 'broker_denied', statement?: string) {
  return {
    state,
    end_state: statement ?? (await endState(lie, state)),
    broker_evidence: await broker.logged(
      state === 'broker_denied' ? 'refused' : state,
      endedFields({ ...of(lie), state }),
    ),
  };
}

describe('a broker that tampers with the answer', () => {
  const lies: readonly [string, string, (of: Lie) => Promise<object> | object][] = [
    ['B02: one altered bit', 'evidence_differs', ({ outcome }) => ({ ...outcome, answer: flip(outcome.answer ?? '') })],
    [
      'J22: the answer to an earlier request',
      'evidence_differs',
      ({ outcome }) => ({ ...outcome, answer: earlier.outcome.answer }),
    ],
    [
      'J22: the answer to an earlier request with its owner’s evidence',
      'evidence_differs',
      ({ outcome }) => ({ ...outcome, answer: earlier.outcome.answer, owner_evidence: earlier.outcome.owner_evidence }),
    ],
    ['J22: the whole outcome of an earlier request', 'evidence_differs', () => earlier.outcome],
    [
      'B01: an answer that the broker made up and sealed to the answer key, logged in its own ledger',
      'evidence_differs',
      async (lie) => {
        const answer = await ownAnswer(lie);
        const logged = { ...of(lie), release: 'r'.repeat(43), ciphertext: digestOfText(answer) };
        const evidence = await broker.logged('release_logged', releaseLoggedFields(logged));
        const granted = await broker.logged(
          'granted',
          grantedFields({ ...of(lie), rule: 'r'.repeat(43), undetermined: [] }),
        );
        const receipts = [...granted.receipts, ...evidence.receipts];
        return { ...lie.outcome, answer, broker_evidence: { ...evidence, receipts } };
      },
    ],
    [
      'B03: no evidence of the owner',
      'log_proof_invalid',
      ({ outcome }) => ({ ...outcome, owner_evidence: undefined }),
    ],
    ['B03: no answer at all', 'evidence_differs', ({ outcome }) => ({ ...outcome, answer: undefined })],
    [
      'B01: a release receipt that the broker signed in the owner’s place',
      'log_proof_invalid',
      async (lie) => {
        const evidence = lie.outcome.owner_evidence;
        const fields = {
          ...of(lie),
          rule: 'r'.repeat(43),
          ciphertext: digestOfText(lie.outcome.answer ?? ''),
          granted: 'g'.repeat(43),
        };
        const loose = await broker.looseReceipt('release', { accountability: fields, content: {} });
        const receipts = evidence?.receipts.map((receipt) => ({ ...receipt, ...loose }));
        return { ...lie.outcome, owner_evidence: { ...evidence, receipts } };
      },
    ],
  ];

  test.each(lies)('%s is refused, and nothing is shown', async (_, problem, lie) => {
    await expectDisbelieved(await lieAtTheEnd(lie), problem);
  });
});

test('J22: two answers of one ask that the broker swaps between their owners are refused, both', async () => {
  const outcomes = new Map<string, Outcome>();
  const txn = await ask(people, statementFor(federation, [OWNER, OTHER_OWNER], { plate: 'ORE123' }));
  const both = Promise.withResolvers<void>();
  const stop = hands.wire(REQUESTER).tap('/requests', async (request, pass) => {
    const answer = await pass();
    if (answer.status !== 200) return answer;
    const { owner } = readRequest(bodyText(request, 'request')).claims;
    outcomes.set(owner, JSON.parse(answer.body) as Outcome);
    if (outcomes.size === 2) both.resolve();
    await both.promise;
    const mine = outcomes.get(owner);
    const other = [...outcomes].find(([id]) => id !== owner)?.[1];
    return {
      ...answer,
      body: JSON.stringify({ ...mine, answer: other?.answer, owner_evidence: other?.owner_evidence }),
    };
  });
  await people.approve(txn);
  const shown = await people.outcome(txn).finally(stop);
  // Evidence of another owner's ledger is no proof at all; nobody's reads are shown under another's name.
  const disbelieved = { state: 'failed', problem: 'log_proof_invalid', reads: [] };
  expect(shown).toMatchObject({ owners: [disbelieved, disbelieved] });
});

describe('a broker whose ledger does not hold what it says', () => {
  const lies: readonly [string, string, (of: Lie) => Promise<object> | object][] = [
    [
      'B03: without the grant',
      'evidence_differs',
      ({ outcome }) => ({ ...outcome, broker_evidence: without(outcome.broker_evidence, 0) }),
    ],
    [
      'B03: without the logged release',
      'evidence_differs',
      ({ outcome }) => ({ ...outcome, broker_evidence: without(outcome.broker_evidence, 1) }),
    ],
    [
      'B03: with a logged release that is in no ledger',
      'log_proof_invalid',
      async (lie) => {
        const [granted, logged] = lie.outcome.broker_evidence.receipts;
        const release = { ...of(lie), ...releaseOf(lie) };
        const loose = await broker.looseReceipt('release_logged', releaseLoggedFields(release));
        return {
          ...lie.outcome,
          broker_evidence: { ...lie.outcome.broker_evidence, receipts: [granted, { ...logged, ...loose }] },
        };
      },
    ],
    [
      'B03: with the logged release of another receipt',
      'evidence_differs',
      async (lie) => {
        const release = { ...of(lie), ...releaseOf(lie), release: 'x'.repeat(43) };
        return withLogged(lie, await broker.logged('release_logged', releaseLoggedFields(release)));
      },
    ],
    [
      'B01: with a second grant in place of the one that the owner acted on',
      'evidence_differs',
      async (lie) => {
        const second = await broker.logged(
          'granted',
          grantedFields({ ...of(lie), rule: 'r'.repeat(43), undetermined: [] }),
        );
        const release = { ...of(lie), ...releaseOf(lie) };
        const logged = await broker.logged('release_logged', releaseLoggedFields(release));
        const proof = await reproven(second.receipts[0]?.entry ?? '');
        return { ...lie.outcome, broker_evidence: { ...logged, receipts: [proof, ...logged.receipts] } };
      },
    ],
    [
      'B05: under a checkpoint from before the exchange',
      'log_proof_invalid',
      ({ outcome }) => ({
        ...outcome,
        broker_evidence: { ...outcome.broker_evidence, checkpoint: earlier.outcome.broker_evidence.checkpoint },
      }),
    ],
    [
      'B05: under an owner’s checkpoint from before the release',
      'log_proof_invalid',
      ({ outcome }) => ({
        ...outcome,
        owner_evidence: { ...outcome.owner_evidence, checkpoint: earlier.outcome.owner_evidence?.checkpoint },
      }),
    ],
    [
      'B06: with empty paths',
      'log_proof_invalid',
      ({ outcome }) => ({
        ...outcome,
        broker_evidence: {
          ...outcome.broker_evidence,
          receipts: outcome.broker_evidence.receipts.map((receipt) => ({ ...receipt, inclusion: [] })),
        },
      }),
    ],
  ];

  test.each(lies)('%s, an answer is refused', async (_, problem, lie) => {
    await expectDisbelieved(await lieAtTheEnd(lie), problem);
  });
});

describe('a broker that shows the requester another history', () => {
  test('B04: two trees of one size are a split view, and the requester keeps both signed notes as evidence', async () => {
    let shown = '';
    const before = await remembered();
    const txn = await lieAtTheEnd(async (lie) => {
      const lied = await fork(lie, { honest: before.size - 2, consistencyFrom: 0 });
      shown = lied.broker_evidence.checkpoint;
      return lied;
    });
    await expectDisbelieved(txn, 'split_view');
    expect(await seen().splitViews(broker.noteKey.name)).toMatchObject([{ storedNote: before.note, shownNote: shown }]);
    expect(await remembered()).toEqual(before);
  });

  test('B04: a larger private tree does not continue what was seen', async () => {
    const before = await remembered();
    const input = { honest: before.size - 1, filler: 3, consistencyFrom: before.size };
    await expectDisbelieved(await lieAtTheEnd((lie) => fork(lie, input)), 'consistency_invalid');
    expect(await remembered()).toEqual(before);
  });

  test('B04: a larger private tree that nobody proves is refused', async () => {
    const before = await remembered();
    const input = { honest: before.size - 1, filler: 5_000, consistencyFrom: 0 };
    await expectDisbelieved(await lieAtTheEnd((lie) => fork(lie, input)), 'log_proof_invalid');
    expect(await remembered()).toEqual(before);
  });
});

describe('a broker that ends a request itself', () => {
  test.each(['failed', 'expired', 'broker_denied'] as const)(
    'B01 B08: that states `%s`, signed and logged, though the owner did answer, is contradicted by the owner’s own ledger',
    async (state) => {
      const txn = await lieAtTheEnd(async (lie) => {
        await expect.poll(() => receiptKinds(federation.agency(OWNER), of(lie).txn)).toContain('sent');
        return ended(lie, state);
      });
      await expectDisbelieved(txn, 'end_state_differs');
      expect(await receiptKinds(federation.agency(OWNER), txn)).toEqual(['release', 'sent']);
    },
  );

  test('B03: that states `failed` and does not log it is refused', async () => {
    const txn = await lieAtTheEnd(async (lie) => {
      return { ...(await ended(lie, 'failed')), broker_evidence: lie.outcome.broker_evidence };
    });
    await expectDisbelieved(txn, 'evidence_differs');
  });

  test('B01: whose statement names another end than its answer is refused', async () => {
    // The owner's ledger, which tells of an answer, is out of reach: the statement itself has to give the lie away.
    const away = hands.wire(REQUESTER).tap('/trace', () => Promise.reject(nobodyThere()));
    const lie = lieAtTheEnd(async (of) => ended(of, 'failed', await endState(of, 'broker_denied')));
    await expectDisbelieved(await lie.finally(away), 'end_state_differs');
  });

  test('J22: whose statement is about another request is refused', async () => {
    const txn = await lieAtTheEnd(async (lie) => {
      return ended(lie, 'failed', await endState(lie, 'failed', { request: earlier.digest }));
    });
    await expectDisbelieved(txn, 'answer_differs');
  });

  test('J16: that signs a statement as another kind of message is refused', async () => {
    const txn = await lieAtTheEnd(async (lie) => {
      const { claims } = readToken('end-state', await endState(lie, 'failed'));
      return ended(lie, 'failed', await broker.sign('denial', claims));
    });
    await expectDisbelieved(txn, 'token_invalid');
  });

  test('B01: that says in the owner’s place that it denied is refused', async () => {
    const txn = await lieAtTheEnd(async (lie) => {
      const { claims } = readToken('end-state', await endState(lie, 'failed', { iss: lie.claims.owner }));
      const { state: _state, ...denial } = claims;
      const reason = { code: 'purpose_not_allowed', requirement: 'purpose', required: 'a', found: 'b', remedy: 'c' };
      return { ...lie.outcome, state: 'denied', denial: await broker.sign('denial', { ...denial, reasons: [reason] }) };
    });
    await expectDisbelieved(txn, 'evidence_differs');
  });

  test('B01: that only answers with an error is contradicted by the owner’s own ledger', async () => {
    const txn = await ask(people, statement());
    const stop = hands.wire(REQUESTER).tap('/requests', async (_, pass) => {
      await pass();
      await expect.poll(() => receiptKinds(federation.agency(OWNER), txn)).toContain('sent');
      return { status: 403, headers: {}, body: JSON.stringify({ code: 'go_away' }) };
    });
    await people.approve(txn);
    await people.outcome(txn).finally(stop);
    await expectDisbelieved(txn, 'end_state_differs');
  });

  test('B01: whose answer is no outcome ends the request by name, and is not asked for ever', async () => {
    await expectDisbelieved(await lieAtTheEnd(() => ({ state: 'replied', hello: 'world' })), 'malformed_body');
  });

  test('a `failed` that is true is believed: the owner was away until the time to answer was over', async () => {
    const away = hands.wire('broker').tap('/grants', () => Promise.reject(nobodyThere()));
    const txn = await ask(people, { ...statement(), respond_within_seconds: 5 });
    await people.approve(txn);
    const shown = await people.outcome(txn).finally(away);
    expect(shown).toMatchObject({ owners: [{ state: 'failed', reads: [] }] });
    expect((shown['owners'] as JsonObject[])[0]).not.toHaveProperty('problem');
    expect(await receiptKinds(federation.agency(OWNER), txn)).toEqual([]);
  });
});

test('no door answered any of it with a failure of its own', () => {
  expect(hands.statuses.filter((status) => status === 500)).toEqual([]);
});
