// Long because one federation bears every lie of a broker to a holding agency, and each lie is a row or a sentence.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endedFields, refusedFields } from '#exchange';
import { noteKeyName } from '#exchange/io';
import { cosign, emptyRoot, splitNote } from '#ledger';
import { SeenCheckpoints, generateNoteKey } from '#ledger/io';
import { readToken, signToken, type JsonObject } from '#protocol';
import { systemClock, systemRandomness } from '#protocol/io';
import type { AgencyPeople } from '../../apps/sandbox/src/agency-people.js';
import { startFederation, type TestFederation } from '../federation/start-federation.js';
import { statementFor } from '../federation/statements.js';
import { expectRefusal, objectOf, post, read, releasesOf, type DoorAnswer } from './doors.js';
import { askAndApprove, holdGrant, txnOf, type HeldGrant } from './held-exchange.js';
import { LyingBroker, grantOf, type Evidence, type SentGrant } from './lying-broker.js';
import { Hands } from './party-hands.js';

const OWNER = 'juniper-bend';
const REQUESTER = 'salish-point';
const hands = new Hands();
let federation: TestFederation;
let broker: LyingBroker;
let people: AgencyPeople;
/** Decided and logged by the broker, and never yet seen by its owner. */
let held: HeldGrant;

const knock = (body: object): Promise<DoorAnswer> => post(federation, `${federation.entityId(OWNER)}/grants`, body);
const seen = () => new SeenCheckpoints({ dataSource: federation.agency(OWNER).node.dataSource, clock: systemClock });
const statement = () => statementFor(federation, [OWNER], { plate: 'ORE123' });

beforeAll(async () => {
  federation = await startFederation({ ports: hands.ports, start: [OWNER, REQUESTER, 'peachtree-flats'] });
  broker = await LyingBroker.of(federation);
  people = federation.people(REQUESTER);
  // A tree with some depth: a proof of one hash has no order that could be wrong.
  for (let nth = 0; nth < 9; nth += 1) await broker.logged('failed', { accountability: { nth }, content: {} });
  held = await holdGrant(hands.wire('broker'), people, { ...statement(), respond_within_seconds: 900 });
});

afterAll(async () => {
  await federation.close();
});

/** Refused by name at the owner's door; nothing left it, and the request is not spent. */
async function expectRefused(body: object, status: number, code: string): Promise<void> {
  expectRefusal(await knock(body), status, code);
  expect(await releasesOf(federation.agency(OWNER), held.txn)).toEqual([]);
}

const origin = () => broker.noteKey.name;

/** What the owner sees on first contact, when it looks for a checkpoint that somebody else has cosigned. */
const showInstead = (note: () => Promise<string>) =>
  hands.wire(OWNER).tap('/ledger/witnessed-checkpoint', async (_, pass) => {
    return { ...(await pass()), status: 200, body: JSON.stringify({ checkpoint: await note() }) };
  });

/** A request under the broker's own key: it has no other. */
function signRequest(trustChain: readonly string[], claims: JsonObject): Promise<string> {
  return signToken({ kind: 'request', claims, key: broker.signingKey, trustChain });
}

/** The held request, granted on other evidence. */
async function granted(evidence: Evidence, changed: JsonObject = {}): Promise<SentGrant> {
  const [receipt] = evidence.receipts;
  if (receipt === undefined) throw new TypeError('evidence of one receipt is expected');
  return { ...held.body, grant: await broker.grantFor(held.body.request, receipt, changed), evidence };
}

let another: JsonObject | undefined;

/** Claims of another request of the same agency to the same owner. */
async function otherRequest(): Promise<JsonObject> {
  if (another !== undefined) return another;
  const second = await holdGrant(hands.wire('broker'), people, statement());
  second.letGo();
  await people.outcome(second.txn);
  another = readToken('request', second.body.request).claims;
  return another;
}

function flip(sealed: unknown): string {
  const parts = typeof sealed === 'string' ? sealed.split('.') : [];
  const body = Buffer.from(parts[3] ?? '', 'base64url');
  body.writeUInt8(body.readUInt8(0) ^ 1, 0);
  return [...parts.slice(0, 3), body.toString('base64url'), parts[4]].join('.');
}

const loose = async () => [await broker.looseReceipt('granted', grantOf(held.body.request))];

async function remembered() {
  const memory = await seen().get(origin());
  if (memory === undefined) throw new TypeError('the owner has followed this ledger already');
  return memory;
}

const ZERO = Buffer.alloc(32).toString('base64');
type Receipt = Evidence['receipts'][number];

function withReceipt(
  evidence: Evidence,
  change: Partial<Receipt> | ((receipt: Receipt) => Partial<Receipt>),
): Evidence {
  const receipts = evidence.receipts.map((r) => ({ ...r, ...(typeof change === 'function' ? change(r) : change) }));
  return { ...evidence, receipts };
}

function sizeOf({ checkpoint }: Evidence): string {
  return checkpoint.split('\n')[1] ?? '';
}

function resigned(entry: string): string {
  const [header, payload, signature] = entry.split('.');
  const bytes = Buffer.from(signature ?? '', 'base64url');
  bytes.writeUInt8(bytes.readUInt8(40) ^ 1, 40);
  return `${header}.${payload}.${bytes.toString('base64url')}`;
}

/** What the broker's true receipt of the release says. */
function valuesOf({ receipts: [receipt] }: Evidence): JsonObject {
  const opened = Object.entries(receipt?.opening.accountability ?? {});
  return Object.fromEntries(opened.map(([name, { value }]) => [name, value])) as JsonObject;
}

describe('on first contact', () => {
  test('B04: a checkpoint that no witness has cosigned is not believed', async () => {
    const honest = await federation.broker.node.ledger.head();
    const stop = showInstead(() => Promise.resolve(honest.checkpoint));
    await expectRefused(held.body, 422, 'first_contact_unwitnessed').finally(stop);
    expect(await seen().get(origin())).toBeUndefined();
  });

  test('B04: a broker is no witness of its own ledger, whatever key it cosigns with', async () => {
    const { key: own } = generateNoteKey(noteKeyName(broker.entityId, 'witness'), 'cosignature', systemRandomness);
    const stop = showInstead(async () => {
      const { checkpoint } = await federation.broker.node.ledger.head();
      return `${checkpoint}${cosign(splitNote(checkpoint).text, own, Math.floor(Date.now() / 1000))}`;
    });
    await expectRefused(held.body, 422, 'first_contact_unwitnessed').finally(stop);
    expect(await seen().get(origin())).toBeUndefined();
  });
});

describe('a broker that forges', () => {
  test('B01: a request that no agency signed is refused, though the broker signs it in the name of one', async () => {
    const { header, claims } = readToken('request', held.body.request);
    const request = await signRequest(header.trustChain ?? [], { ...claims, jti: 'f'.repeat(22) });
    await expectRefused(await broker.grantAnyway(request), 401, 'token_invalid');
  });

  test('B01: a broker that asks in its own name is no agency', async () => {
    const { claims } = readToken('request', held.body.request);
    const chain = federation.agency(OWNER).node.directory.statementsFor(broker.entityId);
    const request = await signRequest(chain, { ...claims, iss: broker.entityId, jti: 'o'.repeat(22) });
    await expectRefused(await broker.grantAnyway(request), 401, 'token_invalid');
  });

  test('B01: what its own decision denied, the owner denies again with every reason, though the broker logs a grant', async () => {
    const denied = federation.people('peachtree-flats');
    const txn = await askAndApprove(denied, statement());
    await denied.outcome(txn);
    const [{ request, state } = {}] = await federation.agency('peachtree-flats').node.outgoing.forTransaction(txn);
    expect(state).toBe('broker_denied');
    const answer = await knock(await broker.grantAnyway(request ?? ''));
    expect(answer).toMatchObject({ status: 200, document: { state: 'denied' } });
    const { denial } = answer.document;
    const { reasons } = readToken('denial', typeof denial === 'string' ? denial : '').claims;
    expect((reasons as JsonObject[]).length).toBeGreaterThan(1);
    expect(await releasesOf(federation.agency(OWNER), txn)).toEqual([]);
  });

  test('B01: a grant that is proven by the refusal of the same request is refused', async () => {
    const { txn, trace, request, requester, owner, rule } = grantOf(held.body.request).accountability as Record<
      string,
      string
    >;
    const of = {
      txn: txn ?? '',
      trace: trace ?? '',
      request: request ?? '',
      requester: requester ?? '',
      owner: owner ?? '',
    };
    for (const [kind, fields] of [
      ['refused', refusedFields({ ...of, rule: rule ?? '', reasons: ['purpose_not_allowed'] })],
      ['expired', endedFields({ ...of, state: 'expired' })],
    ] as const) {
      const evidence = await broker.logged(kind, fields);
      await expectRefused(await granted(evidence), 422, 'evidence_differs');
    }
  });

  test('B01: an owner believes no broker that its anchor does not list', async () => {
    const stranger = await broker.signAgain('grant', held.body.grant, { iss: federation.entityId('peachtree-flats') });
    await expectRefused({ ...held.body, grant: stranger }, 401, 'token_invalid');
  });

  test('B12: whoever holds the keys of a broker obtains nothing by them once its anchor has suspended it', async () => {
    await federation.authority.suspend(broker.entityId);
    const stolen = await broker.signAgain('grant', held.body.grant, {});
    try {
      await expectRefused({ ...held.body, grant: stolen }, 401, 'token_invalid');
    } finally {
      await federation.authority.reinstate(broker.entityId);
    }
  });
});

describe('a broker that alters what was signed', () => {
  const altered: readonly [string, (claims: JsonObject, other: JsonObject) => JsonObject][] = [
    ['B02: the sealed part', ({ sealed }) => ({ sealed: flip(sealed) })],
    ['B02: the sealed part, by that of another request', (_, { sealed }) => ({ sealed: sealed ?? null })],
    ['B02: the answer key', (_, { answer_key: key }) => ({ answer_key: key ?? null })],
    [
      'B02: the window in the clear facts',
      ({ clear }) => ({ clear: { ...(clear as JsonObject), from: '2020-01-01T00:00:00Z' } }),
    ],
    [
      'B02: the beneficiary in the clear facts',
      ({ clear }) => ({ clear: { ...(clear as JsonObject), beneficiary: 'http://127.0.0.1:1' } }),
    ],
    ['B02: the owner', () => ({ owner: 'http://127.0.0.1:1' })],
    ['B02: the time to answer', ({ respond_by: by }) => ({ respond_by: Number(by) + 300 })],
    ['B02: the fan-out', () => ({ fan_out: 2 })],
  ];

  test.each(altered)('%s, and is refused as not authentic', async (_, change) => {
    const [header, , signature] = held.body.request.split('.');
    const { claims } = readToken('request', held.body.request);
    const other = await otherRequest();
    const payload = Buffer.from(JSON.stringify({ ...claims, ...change(claims, other) })).toString('base64url');
    const request = `${header}.${payload}.${signature}`;
    // The broker logs and grants what it altered, so that nothing but the requester's signature can tell.
    await expectRefused(await broker.grantAnyway(request), 401, 'token_invalid');
  });
});

describe('a broker that does not log', () => {
  test('B03: a grant whose receipt is in no ledger is refused', async () => {
    const loose = await broker.looseReceipt('granted', grantOf(held.body.request));
    const { checkpoint, receipts } = held.body.evidence;
    const [real] = receipts;
    const receipt = { ...loose, index: real?.index ?? 0, inclusion: real?.inclusion ?? [] };
    const evidence = { checkpoint, consistency_from: 0, consistency: [], receipts: [receipt] };
    await expectRefused(await granted(evidence), 422, 'log_proof_invalid');
  });

  test('B03: a grant that is proven by the receipt of another request is refused', async () => {
    const foreign = grantOf(held.body.request);
    const fields = { ...foreign, accountability: { ...foreign.accountability, request: 'x'.repeat(43) } };
    await expectRefused(await granted(await broker.logged('granted', fields)), 422, 'evidence_differs');
  });

  test.each(['requester', 'owner', 'txn', 'decision'])(
    'B03: a logged grant that names another `%s` is refused',
    async (field) => {
      const { accountability, content } = grantOf(held.body.request);
      const evidence = await broker.logged('granted', {
        accountability: { ...accountability, [field]: 'another' },
        content,
      });
      await expectRefused(await granted(evidence), 422, 'evidence_differs');
    },
  );

  test('B03: a proven receipt whose fields stay closed says nothing, and is refused', async () => {
    const [receipt] = held.body.evidence.receipts;
    if (receipt === undefined) throw new TypeError('a grant has a receipt');
    const closed = { ...receipt, opening: { accountability: {}, content: {} } };
    await expectRefused(
      { ...held.body, evidence: { ...held.body.evidence, receipts: [closed] } },
      422,
      'evidence_differs',
    );
  });

  test('B03: a field that is opened otherwise than it was committed to is refused', async () => {
    const [receipt] = held.body.evidence.receipts;
    if (receipt === undefined) throw new TypeError('a grant has a receipt');
    const { accountability, content } = receipt.opening;
    const rule = { salt: accountability['rule']?.salt ?? '', value: 's'.repeat(43) };
    const opening = { accountability: { ...accountability, rule }, content };
    const evidence = { ...held.body.evidence, receipts: [{ ...receipt, opening }] };
    await expectRefused({ ...held.body, evidence }, 422, 'log_proof_invalid');
  });

  test('B03: evidence without any receipt is no evidence', async () => {
    await expectRefused({ ...held.body, evidence: { ...held.body.evidence, receipts: [] } }, 400, 'malformed_body');
  });
});

describe('a broker that shows another history', () => {
  test('B04: two trees of one size are a split view, and the owner keeps both signed notes as evidence', async () => {
    const before = await remembered();
    const fork = await broker.privateFork({ honest: before.size - 1, receipts: await loose(), consistencyFrom: 0 });
    await expectRefused(await granted(fork), 422, 'split_view');
    const [kept, ...more] = await seen().splitViews(origin());
    expect(more).toEqual([]);
    expect(kept).toMatchObject({ storedNote: before.note, shownNote: fork.checkpoint });
    expect(await remembered()).toEqual(before);
  });

  test('B04: a larger private tree does not continue what was seen, whatever it proves of itself', async () => {
    const before = await remembered();
    const input = { honest: before.size - 1, filler: 3, receipts: await loose() };
    const fork = await broker.privateFork({ ...input, consistencyFrom: before.size });
    await expectRefused(await granted(fork), 422, 'consistency_invalid');
    expect(await remembered()).toEqual(before);
  });

  test('B04: a larger private tree without a proof is one that the ledger does not prove', async () => {
    const before = await remembered();
    const fork = await broker.privateFork({
      honest: before.size - 1,
      filler: 5_000,
      receipts: await loose(),
      consistencyFrom: 0,
    });
    await expectRefused(await granted(fork), 422, 'log_proof_invalid');
    expect(await remembered()).toEqual(before);
  });

  test('B04: a smaller private tree is no beginning of what was seen', async () => {
    const before = await remembered();
    const fork = await broker.privateFork({ honest: before.size - 3, receipts: await loose(), consistencyFrom: 0 });
    await expectRefused(await granted(fork), 422, 'consistency_invalid');
    expect(await remembered()).toEqual(before);
  });

  test('B05: an old checkpoint does not hold what was logged after it', async () => {
    const [receipt] = held.body.evidence.receipts;
    const { size } = await federation.broker.node.ledger.head();
    const rows: { note: string }[] = await federation.broker.node.dataSource.query(
      'select note from log_checkpoint where size <= $1 order by size desc limit 1',
      [receipt?.index ?? 0],
    );
    expect(size).toBeGreaterThan(receipt?.index ?? 0);
    const evidence = { ...held.body.evidence, checkpoint: rows[0]?.note ?? '' };
    await expectRefused({ ...held.body, evidence }, 422, 'log_proof_invalid');
  });

  test('B04: a checkpoint under any key but the ledger’s own is refused', async () => {
    const { checkpoint } = await federation.agency(REQUESTER).node.ledger.head();
    await expectRefused({ ...held.body, evidence: { ...held.body.evidence, checkpoint } }, 422, 'log_proof_invalid');
  });
});

describe('B06: a degenerate proof is refused', () => {
  const proofs: readonly [string, (evidence: Evidence) => Promise<Evidence> | Evidence][] = [
    ['an empty path', (evidence) => withReceipt(evidence, { inclusion: [] })],
    [
      'a hash too many',
      (evidence) => withReceipt(evidence, (receipt) => ({ inclusion: [...receipt.inclusion, ZERO] })),
    ],
    ['a hash too few', (evidence) => withReceipt(evidence, (receipt) => ({ inclusion: receipt.inclusion.slice(1) }))],
    [
      'the hashes in another order',
      (evidence) => withReceipt(evidence, (r) => ({ inclusion: r.inclusion.toReversed() })),
    ],
    ['another index', (evidence) => withReceipt(evidence, (receipt) => ({ index: receipt.index + 1 }))],
    ['an index at the size of the tree', (evidence) => withReceipt(evidence, { index: Number(sizeOf(evidence)) })],
    ['an index far beyond the tree', (evidence) => withReceipt(evidence, { index: Number.MAX_SAFE_INTEGER })],
    [
      'another signature over the same claims',
      (evidence) => withReceipt(evidence, (r) => ({ entry: resigned(r.entry) })),
    ],
    [
      'the proof of another ledger',
      async (evidence) => {
        const { ledger } = federation.agency(REQUESTER).node;
        const { entry, index, inclusion } = await ledger.proofOf(`asked/${held.txn}`);
        return withReceipt(evidence, { entry, index, inclusion });
      },
    ],
  ];

  test.each(proofs)('B06: %s', async (_, change) => {
    await expectRefused(await granted(await change(held.body.evidence)), 422, 'log_proof_invalid');
  });

  test('B06: a tree of one entry, whose root is the receipt itself, is not the ledger', async () => {
    const receipts = [await broker.looseReceipt('granted', grantOf(held.body.request))];
    const tree = await broker.privateFork({ honest: 0, receipts, consistencyFrom: 0 });
    await expectRefused(await granted(tree), 422, 'consistency_invalid');
  });

  test('B06: an empty tree proves nothing', async () => {
    const evidence = { ...held.body.evidence, checkpoint: broker.checkpoint(0, emptyRoot()) };
    await expectRefused({ ...held.body, evidence }, 422, 'log_proof_invalid');
  });
});

describe('a broker that presents a grant otherwise than it was given', () => {
  test.each([
    ['another request', 'request', 'x'.repeat(43)],
    ['another requester', 'requester', 'http://127.0.0.1:1'],
    ['another transaction', 'txn', '00000000-0000-4000-8000-000000000000'],
    ['another receipt', 'receipt', 'x'.repeat(43)],
    ['another index', 'leaf_index', 0],
  ])('B01: a grant for %s is refused', async (_, claim, value) => {
    const grant = await broker.signAgain('grant', held.body.grant, { [claim]: value });
    await expectRefused({ ...held.body, grant }, 422, 'grant_differs');
  });

  test('B01: the grant of an exchange that ended long ago is none for a new request', async () => {
    const earlier = await holdGrant(hands.wire('broker'), people, statement());
    earlier.letGo();
    await people.outcome(earlier.txn);
    await expectRefused({ ...held.body, grant: earlier.body.grant }, 422, 'grant_differs');
    await expectRefused(
      { ...held.body, grant: earlier.body.grant, evidence: earlier.body.evidence },
      422,
      'grant_differs',
    );
  });

  test('J19: a grant is over after its 120 s, and its age cannot be stretched', async () => {
    hands.clock(OWNER).moveBy(121_000);
    await expectRefused(held.body, 401, 'token_invalid').finally(() => hands.clock(OWNER).restore());
    const { iat } = readToken('grant', held.body.grant).claims;
    const long = await broker.signAgain('grant', held.body.grant, { exp: Number(iat) + 121 });
    await expectRefused({ ...held.body, grant: long }, 401, 'token_invalid');
  });

  test('J17: a grant for another owner is refused here', async () => {
    const grant = await broker.signAgain('grant', held.body.grant, { aud: federation.entityId('peachtree-flats') });
    await expectRefused({ ...held.body, grant }, 401, 'token_invalid');
  });

  test('B07: a request that was logged after it had expired is refused, though the broker backdates its grant', async () => {
    hands.clock('broker').moveBy(140_000);
    const late = await broker.grantAnyway(held.body.request).finally(() => hands.clock('broker').restore());
    await expectRefused(late, 422, 'respond_by_passed');
  });

  test('B07: a receipt that is older than the request it decides on was back-dated, and is refused', async () => {
    hands.clock('broker').moveBy(-60_000);
    const early = await broker.grantAnyway(held.body.request).finally(() => hands.clock('broker').restore());
    await expectRefused(early, 422, 'evidence_differs');
  });
});

describe('a broker that does not log the release', () => {
  const lies: readonly [string, string, (evidence: Evidence) => Promise<Evidence> | Evidence][] = [
    ['withholds the receipt', 'evidence_differs', () => held.body.evidence],
    [
      'shows a receipt that is in no ledger',
      'log_proof_invalid',
      async (evidence) => {
        const accountability = valuesOf(evidence);
        const [real] = evidence.receipts;
        const loose = await broker.looseReceipt('release_logged', { accountability, content: {} });
        return { ...evidence, receipts: [{ ...loose, index: real?.index ?? 0, inclusion: real?.inclusion ?? [] }] };
      },
    ],
    [
      'shows a checkpoint from before it was logged',
      'log_proof_invalid',
      (evidence) => ({ ...evidence, checkpoint: held.body.evidence.checkpoint }),
    ],
    [
      'logs the release of another ciphertext',
      'evidence_differs',
      (evidence) => {
        const accountability = valuesOf(evidence);
        return broker.logged('release_logged', {
          accountability: { ...accountability, ciphertext: 'x'.repeat(43) },
          content: {},
        });
      },
    ],
    [
      'shows it in a private tree',
      'split_view',
      async (evidence) => {
        const accountability = valuesOf(evidence);
        const { size } = (await seen().get(broker.noteKey.name)) ?? { size: 0 };
        const receipts = [await broker.looseReceipt('release_logged', { accountability, content: {} })];
        return broker.privateFork({ honest: size - 1, receipts, consistencyFrom: 0 });
      },
    ],
  ];

  test.each(lies)('B03: a broker that %s gets no answer to pass on', async (_, code, lie) => {
    const stop = hands.wire(OWNER).tap('/release-notices', async (__, pass) => {
      const answer = await pass();
      const evidence = objectOf(answer.body)['evidence'] as unknown as Evidence;
      return { ...answer, body: JSON.stringify({ evidence: await lie(evidence) }) };
    });
    const ends: DoorAnswer[] = [];
    const watch = hands.wire('broker').tap('/grants', async (request, pass) => {
      const answer = await pass();
      if (txnOf(request) !== held.txn) ends.push(read(answer));
      return answer;
    });
    const txn = await askAndApprove(people, statement());
    await expect.poll(() => ends.length, { timeout: 10_000 }).toBeGreaterThan(0);
    expectRefusal(ends[0] ?? ({} as DoorAnswer), 422, code);
    expect(await releasesOf(federation.agency(OWNER), txn)).toEqual(['release']);
    stop();
    watch();
    // The release is on record in one ledger only and has not left: with an honest broker the same one leaves, once.
    expect(await people.outcome(txn)).toMatchObject({ owners: [{ state: 'replied' }] });
    await expect.poll(() => releasesOf(federation.agency(OWNER), txn)).toEqual(['release', 'sent']);
  });
});

test('B01: after all these lies the request itself is unspent, and goes through when its broker is honest', async () => {
  held.letGo();
  expect(await people.outcome(held.txn)).toMatchObject({
    state: 'ended',
    owners: [{ state: 'replied', outcome: 'reads' }],
  });
  await expect.poll(() => releasesOf(federation.agency(OWNER), held.txn)).toEqual(['release', 'sent']);
});

test('no door answered any of it with a failure of its own', () => {
  expect(hands.statuses.filter((status) => status === 500)).toEqual([]);
});
