import { beforeEach, describe, expect, it } from 'vitest';
import { FakeCli, NOW, TXN } from '../../test/fake-cli.js';
import { OREGON, asking, shownAsk } from '../../test/shown-asks.js';

const OPTIONS = {
  '--plate': '7ABC123:OR',
  '--owner': OREGON,
  '--case': '26-01234',
  '--offence': '240',
  '--purpose': 'stolen-vehicle',
  '--narrative': 'stolen from a drive',
  '--beneficiary': 'none',
  '--legal-process': 'documented-purpose',
};
const argv = (change: Record<string, string | undefined> = {}) => [
  'alert',
  'follow',
  ...Object.entries({ ...OPTIONS, ...change }).flatMap(([flag, value]) => (value === undefined ? [] : [flag, value])),
];
const plates = [{ text: '7ABC123', state: 'OR' }];
const query = { kind: 'hot_list_alert', plates, from: '2026-11-22T12:00:00.000Z', until: '2026-11-22T20:00:00.000Z' };
let cli: FakeCli;
beforeEach(async () => {
  cli = await FakeCli.create();
  await cli.signIn();
});

describe('comity alert follow', () => {
  it('asks for one plate from now on, and waits for a supervisor', async () => {
    const waiting = shownAsk('awaiting_approval', [{ ...asking, state: 'not_asked' }]);
    const body = { ...waiting, ask: { ...(waiting['ask'] as object), query } };
    const { exit, out, requests } = await cli.run(argv({ '--hours': '8' }), { 'POST /asks': { body } });
    expect([exit, NOW]).toEqual([0, Date.parse(query.from)]);
    expect(JSON.parse(requests[0]?.body ?? '')).toMatchObject({ query, owners: [OREGON], exception: 'none' });
    expect(out).toContain('each read of 7ABC123:OR at once');
  });

  it('says what is missing or wrong before it asks the node', async () => {
    for (const change of [{ '--plate': undefined }, { '--hours': '25' }, { '--hours': 'x' }, { '--owner': 'nobody' }]) {
      const { exit, requests } = await cli.run(argv(change));
      expect([change, exit, requests]).toEqual([change, 2, []]);
    }
  });

  it('ends with what the node says where the plate is on no fresh list', async () => {
    const body = { status: 422, code: 'not_listed', title: 'the plate is on no list of your own that is fresh' };
    const { exit, err } = await cli.run(argv(), { 'POST /asks': { status: 422, body } });
    expect(exit).toBe(2);
    expect(err).toContain('on no list of your own that is fresh');
  });
});

describe('comity alert end', () => {
  it('ends a standing request', async () => {
    const routes = { [`POST /alerts/subscriptions/${TXN}/end`]: { body: { ended: true } } };
    const { exit, out } = await cli.run(['alert', 'end', TXN], routes);
    expect([exit, out]).toEqual([0, expect.stringContaining('ended')]);
  });
});
