import { beforeEach, describe, expect, it } from 'vitest';
import type { JsonValue } from '#protocol';
import { EXAMPLE_IDS, ExampleTrace } from '../../../../libs/exchange/test/example-trace.js';
import { FakeCli, TXN } from '../../test/fake-cli.js';

const ROUTE = `GET /trace/${TXN}`;
let cli: FakeCli;
let example: ExampleTrace;
let anchors: string;
beforeEach(async () => {
  cli = await FakeCli.create();
  await cli.signIn();
  example = await ExampleTrace.begin('cli');
  anchors = await cli.file('anchors.json', anchorsOf(example));
  // In the home it would be found by itself.
  cli.environment['COMITY_HOME'] = cli.home;
});

function anchorsOf({ anchors: pinned }: ExampleTrace): JsonValue {
  return pinned.map(({ entityId, jwks }) => ({ entity_id: entityId, jwks }));
}

const trace = (...more: string[]) =>
  cli.run(['trace', TXN, '--anchors', anchors, ...more], { [ROUTE]: () => ({ body: example.bundle() }) });

describe('comity trace', () => {
  it('shows the way so that a person sees it: a line a hop in time order, the links, the verdict', async () => {
    await example.permitted();
    const { exit, out } = await trace();
    expect(exit).toBe(0);
    const way = out.split('\n').filter((line) => line.startsWith('2026-'));
    expect(way.map((line) => line.replaceAll(/ {2,}/g, ' | '))).toEqual([
      '2026-11-22T11:59:00Z | Salish Point Police | 1 | asked | ✓✓✓ | officer officer-… asks: criminal-investigation, offence 120, for none, 1 owner',
      '2026-11-22T11:59:01Z | Salish Point Police | 2 | approved | ✓✓✓ | supervisor supervis… approves this ask',
      '2026-11-22T11:59:02Z | Example broker | 1 | granted | ✓✓✓ | forwards to Juniper Bend Police, which judges 1 sealed requirement',
      '2026-11-22T11:59:03Z | Juniper Bend Police | 1 | release | ✓✓✓ | is about to release a sealed answer to Salish Point Police',
      '2026-11-22T11:59:04Z | Example broker | 2 | release_logged | ✓✓✓ | logs that release by Juniper Bend Police',
      '2026-11-22T11:59:05Z | Juniper Bend Police | 2 | sent | ✓✓✓ | the answer left',
      '2026-11-22T11:59:06Z | Salish Point Police | 3 | delivered | ✓✓✓ | arrived from Juniper Bend Police: replied',
    ]);
    expect(out).toContain('✓ Juniper Bend Police: chain to a pinned anchor, signed checkpoint, every receipt');
    expect(out).toContain('✓ Juniper Bend Police: the release cites the broker’s grant');
    expect(out).toContain('Juniper Bend Police: released, delivered as `replied`');
    expect(out).toMatch(/verdict {2}the whole way is proven: 7 receipts in 3 ledgers, \d+ checks$/);
  });

  it('shows a refusal, with the owner that was never reached', async () => {
    await example.refused();
    const body = example.bundle({ owner: 'the other node answered 404 `not_found`' });
    const { exit, out } = await cli.run(['trace', TXN, '--anchors', anchors], { [ROUTE]: { body } });
    expect(exit).toBe(0);
    expect(out).toContain('Juniper Bend Police (no evidence)');
    expect(out).toContain('✓ Juniper Bend Police: was never reached, and has nothing of this');
    expect(out).toContain('refuses: protection_not_met');
    expect(out).toContain('the whole way is proven: 4 receipts in 2 ledgers');
  });

  it('prints the whole report as JSON', async () => {
    await example.permitted();
    const { exit, out } = await trace('--json');
    expect(exit).toBe(0);
    const report = JSON.parse(out);
    expect(report).toMatchObject({ txn: TXN, verdict: 'holds', trace_id: 'a1'.repeat(16) });
    expect(report.hops).toHaveLength(7);
    expect(report.hops[3]).toMatchObject({
      ledger: EXAMPLE_IDS.owner,
      kind: 'release',
      index: 1,
      proof: { inclusion: true, signature: true, opening: true },
    });
    expect(report.hops[3].erased).toContain('read_count');
    expect(report.requests).toMatchObject([{ end: 'released', delivered: 'replied' }]);
    expect(report.ledgers.map(({ role }: { role: string }) => role)).toEqual(['agency', 'broker', 'agency']);
  });

  it('names the party that owes a missing hop, and ends with 6', async () => {
    await example.asked();
    await example.approved();
    const release = await example.released(await example.granted());
    await example.logged(release);
    await example.delivered('replied', release);
    const { exit, out, progress } = await trace();
    expect(exit).toBe(6);
    expect(out).toContain('verdict  not proven: 1 thing missing');
    expect(out).toContain(
      '  Juniper Bend Police  unconfirmed: released, and the owner does not state that it was sent',
    );
    expect(progress.length).toBeGreaterThan(3);
  });

  it('gives an owner a moment to state that it sent', async () => {
    await example.asked();
    await example.approved();
    const release = await example.released(await example.granted());
    await example.logged(release);
    await example.delivered('replied', release);
    const early = example.bundle();
    await example.sent(release);
    const bundles = [early, early, example.bundle()];
    const { exit, requests } = await cli.run(['trace', TXN, '--anchors', anchors], {
      [ROUTE]: () => ({ body: bundles.shift() ?? null }),
    });
    expect(exit).toBe(0);
    expect(requests).toHaveLength(3);
  });

  it('ends with 5 where something may still come', async () => {
    await example.asked();
    await example.approved();
    await example.granted();
    const { ledgers } = JSON.parse(
      JSON.stringify(example.bundle({ owner: 'the other node answered 404 `not_found`' })),
    );
    const bundle = { txn: TXN, ledgers: ledgers.slice(0, 2) };
    const { exit, out, requests } = await cli.run(['trace', TXN, '--anchors', anchors], { [ROUTE]: { body: bundle } });
    expect(exit).toBe(5);
    expect(out).toContain('proven as far as it goes; 2 things may still come');
    expect(requests).toHaveLength(1);
  });

  it('J12: shows what does not verify, and ends with 6', async () => {
    await example.permitted();
    const bundle = JSON.parse(JSON.stringify(example.bundle()));
    bundle.ledgers[1].evidence.receipts[0].opening.accountability.decision.value = 'deny';
    const { exit, out } = await cli.run(['trace', TXN, '--anchors', anchors], { [ROUTE]: { body: bundle } });
    expect(exit).toBe(6);
    expect(out).toContain('✗ Example broker: entry 1: its opening does not verify');
    expect(out).toMatch(/Example broker +1 +\? +✓✓✗ +not believed/);
    expect(out).toContain('not believed: 1 check failed');
  });

  it('T01: believes nothing below another anchor', async () => {
    await example.permitted();
    anchors = await cli.file('other.json', anchorsOf(await ExampleTrace.begin('other')));
    const { exit, out } = await trace();
    expect(exit).toBe(6);
    expect(out).toContain('no receipt could be verified');
    expect(out).toContain('its chain does not lead to a pinned anchor (signature_invalid)');
  });

  it('needs anchors: an option, COMITY_ANCHORS, or a file in the home', async () => {
    await example.permitted();
    const routes = { [ROUTE]: { body: example.bundle() } };
    expect((await cli.run(['trace', TXN], routes)).exit).toBe(0);
    cli.environment['COMITY_ANCHORS'] = await cli.file('none.json', []);
    const { exit, err, requests } = await cli.run(['trace', TXN], routes);
    expect(exit).toBe(2);
    expect(err).toContain('is no list of anchors');
    expect(requests).toEqual([]);
    cli.environment['COMITY_ANCHORS'] = anchors;
    expect((await cli.run(['trace', TXN], routes)).exit).toBe(0);
    const bare = await FakeCli.create();
    await bare.signIn();
    expect((await bare.run(['trace', TXN], routes)).err).toContain('without a trust anchor nothing can be verified');
  });

  it('refuses a trace of another transaction, and what is no trace', async () => {
    const other = { ...example.bundle(), txn: '0f0e0d0c-0b0a-4908-8706-050403020199' };
    const argv = ['trace', TXN, '--anchors', anchors];
    const told = 'comity: the node answered with another transaction';
    expect(await cli.run(argv, { [ROUTE]: { body: other } })).toMatchObject({ exit: 6, err: told });
    expect(await cli.run(argv, { [ROUTE]: { body: { txn: TXN } } })).toMatchObject({ exit: 6 });
  });

  it('says where there is no such transaction', async () => {
    const body = { type: 'x', title: 'there is no such transaction', status: 404, code: 'not_found' };
    const { exit, err } = await cli.run(['trace', TXN, '--anchors', anchors], { [ROUTE]: { status: 404, body } });
    expect(exit).toBe(1);
    expect(err).toContain('there is no such transaction');
  });
});
