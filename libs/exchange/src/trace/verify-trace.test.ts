// Long because each fault changes the same made-up trace in one place.
import { beforeEach, describe, expect, it } from 'vitest';
import { digestOfText, isJsonObject, type JsonObject, type JsonValue } from '#protocol';
import { CIPHERTEXT, EXAMPLE_IDS as ids, ExampleTrace, NOW, REQUEST, TXN } from '../../test/example-trace.js';
import type { TraceCheck } from './trace-check.js';
import { readTrace, verifyTrace, type TraceReport } from './verify-trace.js';

let trace: ExampleTrace;
beforeEach(async () => {
  trace = await ExampleTrace.begin('trace');
});

const verify = (bundle: JsonValue = trace.bundle()): Promise<TraceReport> =>
  verifyTrace(readTrace(bundle), { anchors: trace.anchors, now: NOW });

/** Code, state and party of everything that does not hold. */
function findings({ checks }: TraceReport): Pick<TraceCheck, 'code' | 'state' | 'party'>[] {
  return checks.filter(({ state }) => state !== 'holds').map(({ code, state, party }) => ({ code, state, party }));
}

/** The receipts that one party shows, to be changed. */
function receiptsOf(bundle: JsonObject, entityId: string): JsonObject[] {
  const ledgers = Array.isArray(bundle['ledgers']) ? bundle['ledgers'].filter(isJsonObject) : [];
  const evidence = ledgers.find((ledger) => ledger['entity_id'] === entityId)?.['evidence'];
  const receipts = isJsonObject(evidence) ? evidence['receipts'] : undefined;
  return Array.isArray(receipts) ? receipts.filter(isJsonObject) : [];
}

const broken = (code: TraceCheck['code'], party: string | undefined) => ({ code, state: 'broken', party });

const changed = async (party: string, change: (receipt: JsonObject) => void) => {
  const bundle = (await trace.permitted()).bundle();
  const [receipt] = receiptsOf(bundle, party);
  if (receipt !== undefined) change(receipt);
  return verify(bundle);
};

describe('a trace of an exchange that went as it should', () => {
  it('proves every hop of a release and every link between three ledgers', async () => {
    const report = await verify((await trace.permitted()).bundle());
    expect(findings(report)).toEqual([]);
    expect(report.verdict).toBe('holds');
    expect(report.hops.map(({ receipt }) => receipt?.kind)).toEqual([
      'asked',
      'approved',
      'granted',
      'release',
      'release_logged',
      'sent',
      'delivered',
    ]);
    expect(report.requests).toEqual([
      { request: REQUEST, requester: ids.requester, owner: ids.owner, end: 'released', delivered: 'replied' },
    ]);
    expect(report.traceId).toBe('a1'.repeat(16));
    expect(report.ledgers.map(({ name, role }) => [name, role])).toEqual([
      ['Salish Point Police', 'agency'],
      ['Example broker', 'broker'],
      ['Juniper Bend Police', 'agency'],
    ]);
  });

  it('proves a refusal by the broker, where the owner was never reached and says so', async () => {
    await trace.refused();
    const report = await verify(trace.bundle({ owner: 'the other node answered 404 `not_found`' }));
    expect(findings(report)).toEqual([]);
    expect(report.requests).toMatchObject([{ end: 'refused_by_broker', delivered: 'broker_denied' }]);
    const silent = report.ledgers.find(({ entityId }) => entityId === ids.owner);
    expect(silent).toEqual({ entityId: ids.owner, name: 'Juniper Bend Police', role: 'agency', size: undefined });
  });

  it('proves a refusal by the owner', async () => {
    await trace.asked();
    await trace.approved();
    await trace.granted();
    await trace.refusedBy('owner');
    await trace.delivered('denied');
    const report = await verify();
    expect(findings(report)).toEqual([]);
    expect(report.requests).toMatchObject([{ end: 'refused_by_owner', delivered: 'denied' }]);
  });

  it('proves a refusal by the agency’s own rule, which no other ledger knows of', async () => {
    await trace.asked();
    await trace.refusedHere();
    const [own] = readTrace(trace.bundle({ broker: '', owner: '' })).ledgers;
    const report = await verifyTrace({ txn: TXN, ledgers: own ? [own] : [] }, { anchors: trace.anchors, now: NOW });
    expect(findings(report)).toEqual([]);
    expect(report.requests).toEqual([]);
  });

  it('proves a release that was withdrawn before it was sent', async () => {
    await trace.asked();
    await trace.approved();
    await trace.released(await trace.granted());
    await trace.refusedBy('owner');
    await trace.delivered('denied');
    const report = await verify();
    expect(findings(report)).toEqual([]);
    expect(report.requests).toMatchObject([{ end: 'refused_by_owner' }]);
  });
});

describe('a trace of an exchange that is under way', () => {
  it('waits for a supervisor', async () => {
    await trace.asked();
    const nobody = 'the other node answered 404 `not_found`';
    const [own] = readTrace(trace.bundle({ broker: nobody, owner: nobody })).ledgers;
    const report = await verifyTrace({ txn: TXN, ledgers: own ? [own] : [] }, { anchors: trace.anchors, now: NOW });
    expect(findings(report)).toEqual([{ code: 'approved', state: 'pending', party: ids.requester }]);
    expect(report.verdict).toBe('pending');
  });

  it('waits for the owner and the delivery after a grant', async () => {
    await trace.asked();
    await trace.approved();
    await trace.granted();
    const report = await verify(trace.bundle({ owner: 'the other node answered 503 `unavailable`' }));
    expect(findings(report)).toEqual([
      { code: 'grant_ended', state: 'pending', party: ids.owner },
      { code: 'delivered', state: 'pending', party: ids.requester },
      { code: 'ledger_answers', state: 'missing', party: ids.owner },
    ]);
  });

  it('waits for owners that were approved and not asked yet', async () => {
    await trace.asked(3);
    await trace.approved();
    await trace.refusedBy('broker');
    await trace.delivered('broker_denied');
    const report = await verify(trace.bundle({ owner: 'the other node answered 404 `not_found`' }));
    expect(findings(report)).toEqual([{ code: 'fan_out', state: 'pending', party: ids.requester }]);
  });
});

describe('a missing hop is reported with the party that owes it', () => {
  it('a release without `sent` is unconfirmed', async () => {
    await trace.asked();
    await trace.approved();
    const release = await trace.released(await trace.granted());
    await trace.logged(release);
    expect(findings(await verify())).toEqual([
      { code: 'sent', state: 'pending', party: ids.owner },
      { code: 'delivered', state: 'pending', party: ids.requester },
    ]);
    await trace.delivered('replied', release);
    const report = await verify();
    expect(findings(report)).toEqual([{ code: 'sent', state: 'missing', party: ids.owner }]);
    expect(report.checks.find(({ code }) => code === 'sent')?.text).toContain('unconfirmed');
  });

  it('B03: an entry that the broker dropped', async () => {
    const bundle = (await trace.permitted()).bundle();
    const shown = receiptsOf(bundle, ids.broker);
    const dropped = shown.findIndex((receipt) => JSON.stringify(receipt['opening']).includes('undetermined'));
    const ledgers = readTrace(bundle).ledgers.map((ledger) => {
      if (ledger.entityId !== ids.broker || ledger.evidence === undefined) return ledger;
      const receipts = ledger.evidence.receipts.filter((_, index) => index !== dropped);
      return { ...ledger, evidence: { ...ledger.evidence, receipts } };
    });
    const report = await verifyTrace({ txn: TXN, ledgers }, { anchors: trace.anchors, now: NOW });
    expect(findings(report)).toEqual([{ code: 'decided', state: 'missing', party: ids.broker }]);
  });

  it('B03: a release that the broker never logged', async () => {
    await trace.asked();
    await trace.approved();
    const release = await trace.released(await trace.granted());
    await trace.sent(release);
    await trace.delivered('replied', release);
    expect(findings(await verify())).toEqual([{ code: 'release_logged', state: 'missing', party: ids.broker }]);
  });

  it('a ledger without answer', async () => {
    await trace.permitted();
    const report = await verify(trace.bundle({ owner: 'the other side could not be reached' }));
    expect(findings(report)).toContainEqual({ code: 'ledger_answers', state: 'missing', party: ids.owner });
    expect(findings(report)).toContainEqual({ code: 'grant_ended', state: 'missing', party: ids.owner });
  });

  it('an owner that says it has nothing, although the broker granted', async () => {
    await trace.permitted();
    const report = await verify(trace.bundle({ owner: 'the other node answered 404 `not_found`' }));
    expect(findings(report)).toContainEqual({ code: 'ledger_answers', state: 'missing', party: ids.owner });
  });

  it('an outcome that the requesting node did not believe', async () => {
    await trace.asked();
    await trace.approved();
    await trace.granted();
    await trace.delivered('log_proof_invalid');
    expect(findings(await verify(trace.bundle({ owner: 'the other node answered 404 `not_found`' })))).toEqual([
      { code: 'grant_ended', state: 'missing', party: ids.owner },
      { code: 'delivered', state: 'missing', party: ids.broker },
      { code: 'ledger_answers', state: 'missing', party: ids.owner },
    ]);
  });

  it('an approval, where requests went out', async () => {
    await trace.asked();
    await trace.refusedBy('broker');
    await trace.delivered('broker_denied');
    const report = await verify(trace.bundle({ owner: 'the other node answered 404 `not_found`' }));
    expect(findings(report)).toEqual([{ code: 'approved', state: 'missing', party: ids.requester }]);
  });
});

describe('ledgers that contradict each other', () => {
  it('a release that cites another grant', async () => {
    await trace.asked();
    await trace.approved();
    await trace.granted();
    const release = await trace.released(digestOfText('another grant'));
    await trace.logged(release);
    await trace.sent(release);
    await trace.delivered('replied', release);
    expect(findings(await verify())).toEqual([broken('grant_cited', ids.owner)]);
  });

  it.each([
    ['another release', (release: string) => trace.logged(digestOfText(release))],
    ['another ciphertext', (release: string) => trace.logged(release, { ciphertext: digestOfText('other') })],
  ])('J22: a broker that logged %s', async (_, logged) => {
    await trace.asked();
    await trace.approved();
    const release = await trace.released(await trace.granted());
    await logged(release);
    await trace.sent(release);
    await trace.delivered('replied', release);
    expect(findings(await verify())).toEqual([broken('release_logged', ids.broker)]);
  });

  it('J22: an answer that arrived and is not the one that was released', async () => {
    await trace.asked();
    await trace.approved();
    const release = await trace.released(await trace.granted(), { ciphertext: digestOfText('other') });
    await trace.logged(release, { ciphertext: digestOfText('other') });
    await trace.sent(release);
    await trace.delivered('replied', release);
    expect(findings(await verify())).toEqual([broken('delivered', ids.requester)]);
  });

  it('a node that sent before it released', async () => {
    await trace.asked();
    await trace.approved();
    const granted = await trace.granted();
    await trace.sent(digestOfText('a release to come'));
    const release = await trace.released(granted);
    await trace.logged(release);
    await trace.delivered('replied', release);
    expect(findings(await verify())).toEqual([broken('sent', ids.owner)]);
  });

  it('a delivery that tells of another end', async () => {
    await trace.asked();
    await trace.approved();
    await trace.refusedBy('broker');
    await trace.delivered('expired');
    const report = await verify(trace.bundle({ owner: 'the other node answered 404 `not_found`' }));
    expect(findings(report)).toEqual([broken('delivered', ids.requester)]);
  });

  it('a broker that states what only the owner can', async () => {
    await trace.asked();
    await trace.approved();
    const release = await trace.released(await trace.granted());
    await trace.logged(release);
    await trace.sent(release, 'broker');
    await trace.delivered('replied', release);
    expect(findings(await verify())).toEqual([
      broken('placed', ids.broker),
      { code: 'sent', state: 'missing', party: ids.owner },
    ]);
  });

  it('what was approved is not what was asked', async () => {
    await trace.asked();
    await trace.approved({ ask: digestOfText('another ask') });
    await trace.refusedBy('broker');
    await trace.delivered('broker_denied');
    const report = await verify(trace.bundle({ owner: 'the other node answered 404 `not_found`' }));
    expect(findings(report)).toEqual([broken('approved', ids.requester)]);
  });

  it('one person asked and approved', async () => {
    await trace.asked();
    await trace.approved({ supervisor: 'officer-pseudonym' });
    await trace.refusedBy('broker');
    await trace.delivered('broker_denied');
    const report = await verify(trace.bundle({ owner: 'the other node answered 404 `not_found`' }));
    expect(findings(report)).toEqual([broken('two_persons', ids.requester)]);
  });

  it('more owners asked than were approved', async () => {
    await trace.permitted();
    await trace.granted({ request: digestOfText('a second request') });
    expect(findings(await verify())).toContainEqual(broken('fan_out', ids.requester));
  });

  it('B07: a back-dated receipt', async () => {
    await trace.asked();
    await trace.approved();
    const release = await trace.released(await trace.granted(), { iat: NOW / 1000 - 3_600 });
    await trace.logged(release);
    await trace.sent(release);
    await trace.delivered('replied', release);
    expect(findings(await verify())).toEqual([broken('time_order', ids.owner)]);
  });

  it('B07: receipts that do not follow each other', async () => {
    await trace.asked();
    await trace.ledgers.requester.add('approved', { accountability: { txn: TXN }, content: {} }, NOW / 1000, {
      claims: { prev: digestOfText('a receipt that was taken out') },
    });
    expect(findings(await verify())).toContainEqual(broken('sequence', ids.requester));
  });
});

describe('what the node hands out is not believed but checked', () => {
  it('names the entry whose opening was changed', async () => {
    const report = await changed(ids.owner, (receipt) => {
      const opening = receipt['opening'];
      const fields = isJsonObject(opening) ? opening['accountability'] : undefined;
      const field = isJsonObject(fields) ? fields['ciphertext'] : undefined;
      if (isJsonObject(field)) field['value'] = digestOfText('other');
    });
    expect(report.checks).toContainEqual({
      code: 'receipt',
      state: 'broken',
      party: ids.owner,
      text: 'entry 1: its opening does not verify',
    });
    expect(report.hops.find(({ receipt }) => receipt === undefined)).toMatchObject({
      ledger: ids.owner,
      proof: { inclusion: true, signature: true, opening: false },
    });
  });

  it('B06: names the entry that does not stand where it is said to stand', async () => {
    const report = await changed(ids.broker, (receipt) => {
      receipt['index'] = 2;
    });
    expect(report.checks).toContainEqual({
      code: 'receipt',
      state: 'broken',
      party: ids.broker,
      text: 'entry 2: its place in the tree does not verify',
    });
  });

  it('J12: refuses a receipt that the ledger’s keeper did not sign', async () => {
    const stranger = await ExampleTrace.begin('stranger');
    await trace.permitted();
    await stranger.permitted();
    const own = readTrace(trace.bundle());
    const foreign = readTrace(stranger.bundle());
    const ledgers = own.ledgers.map((ledger, index) => ({ ...ledger, evidence: foreign.ledgers[index]?.evidence }));
    const report = await verifyTrace({ txn: TXN, ledgers }, { anchors: trace.anchors, now: NOW });
    expect(findings(report).slice(0, 3)).toEqual(
      [ids.requester, ids.broker, ids.owner].map((party) => ({ code: 'checkpoint', state: 'broken', party })),
    );
    expect(report.hops).toEqual([]);
  });

  it('T01: believes no chain that leads to another anchor', async () => {
    const { anchors } = await ExampleTrace.begin('another anchor');
    const report = await verifyTrace(readTrace((await trace.permitted()).bundle()), { anchors, now: NOW });
    expect(findings(report)).toContainEqual({ code: 'chain', state: 'broken', party: ids.owner });
    expect(report.hops).toEqual([]);
    expect(report.verdict).toBe('broken');
  });

  it('believes no chain that has run out', async () => {
    const bundle = (await trace.permitted()).bundle();
    const report = await verifyTrace(readTrace(bundle), { anchors: trace.anchors, now: NOW + 86_400_000 });
    expect(findings(report)).toContainEqual({ code: 'chain', state: 'broken', party: ids.broker });
  });

  it('refuses the ledger of one party under the name of another', async () => {
    const { ledgers, txn } = readTrace((await trace.permitted()).bundle());
    const renamed = ledgers.map((ledger) =>
      ledger.entityId === ids.owner ? { ...ledger, entityId: 'https://somebody.example' } : ledger,
    );
    const report = await verifyTrace({ txn, ledgers: renamed }, { anchors: trace.anchors, now: NOW });
    expect(findings(report)).toContainEqual({ code: 'chain', state: 'broken', party: 'https://somebody.example' });
  });

  it('leaves out receipts of another transaction, and says so', async () => {
    const bundle = (await trace.permitted()).bundle();
    const report = await verify({ ...bundle, txn: '0f0e0d0c-0b0a-4908-8706-050403020199' });
    expect(findings(report)).toContainEqual({ code: 'transaction', state: 'broken', party: ids.owner });
    expect(report.requests).toEqual([]);
  });

  it.each([
    ['a list', []],
    ['no ledgers', { txn: TXN }],
    ['a ledger without a name', { txn: TXN, ledgers: [{}] }],
  ])('refuses %s instead of a trace', (_, value) => {
    expect(() => readTrace(value)).toThrow(expect.objectContaining({ code: 'request_malformed' }));
  });

  it('takes an evidence that cannot be read for no answer', () => {
    const { ledgers } = readTrace({ txn: TXN, ledgers: [{ entity_id: ids.owner, chain: [], evidence: { x: 1 } }] });
    expect(ledgers).toEqual([
      { entityId: ids.owner, chain: [], evidence: undefined, missing: 'its answer cannot be read' },
    ]);
  });

  it('says what was released by digest alone', async () => {
    const report = await verify((await trace.permitted()).bundle());
    const release = report.hops.find(({ receipt }) => receipt?.kind === 'release')?.receipt;
    expect(release?.opened['ciphertext']).toBe(CIPHERTEXT);
    expect(release?.erased).toContain('read_count');
  });
});

describe('a member that has left since (T11)', () => {
  const MUCH_LATER = NOW + 400 * 86_400_000;
  /** The trace with the chains dated as they come out of an archive. */
  const dated = async (at: JsonValue | undefined) => {
    const bundle = (await trace.permitted()).bundle();
    const ledgers = Array.isArray(bundle['ledgers']) ? bundle['ledgers'].filter(isJsonObject) : [];
    const withDate = ledgers.map((ledger) => ({ ...ledger, ...(at !== undefined && { chain_at: at }) }));
    return verifyTrace(readTrace({ ...bundle, ledgers: withDate }), { anchors: trace.anchors, now: MUCH_LATER });
  };

  it('is believed by the chain that was in force then, and the check says when', async () => {
    const report = await dated(NOW);
    expect([findings(report), report.verdict]).toEqual([[], 'holds']);
    expect(report.checks.filter(({ code }) => code === 'chain').map(({ text }) => text)).toContain(
      'its chain led on 2026-11-22 to a pinned anchor',
    );
  });

  it.each([
    ['without a date, when its statements have expired', undefined],
    ['dated before its statements', NOW - 400 * 86_400_000],
    ['dated after them', NOW + 30 * 86_400_000],
    ['dated in the future', MUCH_LATER + 1],
    ['dated at no instant', 1.5],
  ])('is not believed %s', async (_, at) => {
    const report = await dated(at);
    expect(report.verdict).toBe('broken');
    expect(findings(report).map(({ code }) => code)).toContain('chain');
  });
});
