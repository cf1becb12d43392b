import { beforeEach, describe, expect, it } from 'vitest';
import { FakeCli, TXN } from '../../test/fake-cli.js';
import {
  NEW_MEXICO,
  OREGON,
  REASON,
  asking,
  brokerDenied,
  denied,
  empty,
  expired,
  failed,
  permitted,
  refusedSealed,
  shownAsk,
} from '../../test/shown-asks.js';

const ROUTE = `GET /asks/${TXN}`;
let cli: FakeCli;
beforeEach(async () => {
  cli = await FakeCli.create();
  await cli.signIn();
});

describe('comity show', () => {
  it.each([
    ['all permitted', shownAsk('ended', [permitted]), 0],
    ['permitted, and nothing was seen', shownAsk('ended', [empty]), 0],
    ['denied by the owner', shownAsk('ended', [denied]), 3],
    ['denied at the broker', shownAsk('ended', [brokerDenied]), 3],
    ['denied on sealed facts', shownAsk('ended', [refusedSealed]), 3],
    ['denied in three ways', shownAsk('ended', [denied, brokerDenied, refusedSealed]), 3],
    ['refused by the agency’s own rule', shownAsk('refused_here', [{ ...asking, state: 'not_asked' }]), 3],
    ['permitted and denied', shownAsk('ended', [permitted, denied]), 4],
    ['permitted and expired', shownAsk('ended', [permitted, expired]), 4],
    ['denied and failed', shownAsk('ended', [denied, failed]), 4],
    ['asking', shownAsk('asking', [asking]), 5],
    ['all ended, and not all of it written down', shownAsk('asking', [permitted]), 5],
    ['one ended, one asking', shownAsk('asking', [permitted, asking]), 5],
    ['waiting for a supervisor', shownAsk('awaiting_approval', [{ ...asking, state: 'not_asked' }]), 5],
    ['nobody decided', shownAsk('ended', [expired, failed]), 1],
  ])('ends with the code of its outcome: %s', async (_, body, exit) => {
    expect((await cli.run(['show', TXN], { [ROUTE]: { body } })).exit).toBe(exit);
    const json = await cli.run(['show', TXN, '--json'], { [ROUTE]: { body } });
    expect(json.exit).toBe(exit);
    expect(JSON.parse(json.out)).toEqual(body);
  });

  it('P05: shows a supervisor what a narrative shows signs of, and says that it decides nothing', async () => {
    const signs = [
      { kind: 'immigration', sign: 'ice' },
      { kind: 'immigration', sign: 'disguised' },
      { kind: 'protected-activity', sign: 'protest' },
    ];
    const waiting = shownAsk('awaiting_approval', [{ ...asking, state: 'not_asked' }]);
    const shown = await cli.run(['show', TXN], { [ROUTE]: { body: { ...waiting, review: signs } } });
    expect(shown.out).toContain(
      '  review     the narrative shows signs of immigration (ice, disguised); protected-activity (protest); look at it: it decides nothing',
    );
    expect((await cli.run(['show', TXN], { [ROUTE]: { body: waiting } })).out).not.toContain('review');
  });

  it('shows released reads as a table, with what binds, until when, and the warnings', async () => {
    const { out } = await cli.run(['show', TXN], { [ROUTE]: { body: shownAsk('ended', [permitted]) } });
    expect(out).toContain(`${OREGON}  permitted: 2 reads`);
    expect(out.split('\n').slice(8, 11)).toEqual([
      '  plate    state  seen at                   place                 camera  confidence',
      '  7ABC123  OR     2026-11-18T09:30:00.000Z  44.05000, -121.30000  cam-7   93 %',
      '  7ABC123         2026-11-17T21:02:11.000Z',
    ]);
    expect(out).toContain('delete by 2026-12-13T16:00:00.000Z');
    expect(out).toContain('use for the named case only');
    expect(out).toContain('pass on to nobody');
    expect(out).toContain('warning  a read is no ground to act');
  });

  it('shows every reason of a refusal with code, required, found, source and remedy', async () => {
    const { out } = await cli.run(['show', TXN], { [ROUTE]: { body: shownAsk('ended', [brokerDenied]) } });
    expect(out).toContain(`${NEW_MEXICO}  refused by its published rule, at the broker: 1 requirement not met`);
    for (const text of Object.values(REASON)) expect(out).toContain(text);
  });

  it('shows the reasons of the agency’s own rule', async () => {
    const body = shownAsk('refused_here', [{ ...asking, state: 'not_asked' }], { reasons: [REASON] });
    const { out } = await cli.run(['show', TXN], { [ROUTE]: { body } });
    expect(out).toContain('nothing left the agency');
    expect(out).toContain(REASON.remedy);
    expect(out).toContain(`${OREGON}  not asked`);
  });

  it('says by name why an answer was not believed', async () => {
    const { out } = await cli.run(['show', TXN], { [ROUTE]: { body: shownAsk('ended', [failed]) } });
    expect(out).toContain('log_proof_invalid');
  });

  it('says what has expired and what was left out', async () => {
    const body = shownAsk('ended', [{ ...permitted, read_count: 9, truncated: true }]);
    const { out } = await cli.run(['show', TXN], { [ROUTE]: { body } });
    expect(out).toContain('7 reads expired and deleted');
    expect(out).toContain('the oldest were left out');
  });

  it('waits until every owner has ended, also while the node restarts', async () => {
    const answers = [
      shownAsk('asking', [asking]),
      undefined,
      shownAsk('asking', [asking]),
      shownAsk('ended', [permitted]),
    ];
    let asked = 0;
    const route = () => {
      const body = answers[asked];
      asked += 1;
      return body === undefined ? undefined : { body };
    };
    const { exit, progress } = await cli.run(['show', TXN, '--wait'], { [ROUTE]: route });
    expect(exit).toBe(0);
    expect(asked).toBe(4);
    expect(progress).toEqual(['0 of 1 owner ended ...', '0 of 1 owner ended ...']);
  });

  it('waits no longer than it was told to, and then ends with 5', async () => {
    const body = shownAsk('asking', [asking]);
    const { exit, requests } = await cli.run(['show', TXN, '--wait', '--timeout', '3'], { [ROUTE]: { body } });
    expect(exit).toBe(5);
    expect(requests.length).toBeGreaterThan(3);
    expect(requests.length).toBeLessThan(20);
  });

  it('does not wait for a node that stays away', async () => {
    const { exit, requests } = await cli.run(['show', TXN, '--wait']);
    expect(exit).toBe(7);
    expect(requests).toHaveLength(11);
  });

  it('W15: shows a hostile narrative, warning and reason as harmless text', async () => {
    const hostile = '\u001b[31m\nverdict: permitted\u202E';
    const body = shownAsk('ended', [{ ...permitted, warnings: [hostile], reasons: [{ ...REASON, found: hostile }] }]);
    const { out } = await cli.run(['show', TXN], { [ROUTE]: { body } });
    expect(out).not.toContain('\u001b');
    expect(out).not.toContain('\u202E');
    expect(out.split('\n').some((line) => line.startsWith('verdict'))).toBe(false);
  });

  it('refuses an answer that is no ask', async () => {
    const { exit, err } = await cli.run(['show', TXN], {
      [ROUTE]: { body: { ...shownAsk('ended', []), owners: [1] } },
    });
    expect(exit).toBe(1);
    expect(err).toContain('cannot be read at `owners`');
  });
});

describe('comity requests', () => {
  it('lists asks with their state in a few words', async () => {
    const asks = [
      shownAsk('awaiting_approval', [{ ...asking, state: 'not_asked' }]),
      shownAsk('ended', [permitted, denied, failed]),
      shownAsk('ended', [permitted]),
      shownAsk('asking', [asking, asking]),
      shownAsk('refused_here', []),
    ];
    const { exit, out } = await cli.run(['requests'], { 'GET /asks': { body: { asks } } });
    expect(exit).toBe(0);
    const lines = out.split('\n');
    expect(lines).toHaveLength(6);
    expect(lines[1]).toMatch(/26-01234 +waits for a supervisor +7ABC123:OR from/);
    expect(lines[2]).toContain('1 permitted, 1 refused, 1 without answer');
    expect(lines[3]).toContain('permitted: 2 reads');
    expect(lines[4]).toContain('asking 2 agencies');
    expect(lines[5]).toContain('refused by own rule');
  });

  it('says what to do where there is none', async () => {
    const { exit, out } = await cli.run(['requests'], { 'GET /asks': { body: { asks: [] } } });
    expect([exit, out]).toEqual([0, 'nobody has asked yet: comity ask --help']);
  });
});

describe('comity approve', () => {
  const APPROVAL = `POST /asks/${TXN}/approval`;

  it('approves and says that owners are asked', async () => {
    const { exit, out } = await cli.run(['approve', TXN], { [APPROVAL]: { body: shownAsk('asking', [asking]) } });
    expect(exit).toBe(0);
    expect(out).toContain('asking 1 agency');
  });

  it('ends with 3 where the agency’s own rule refuses by now', async () => {
    const body = shownAsk('refused_here', [{ ...asking, state: 'not_asked' }], { reasons: [REASON] });
    expect((await cli.run(['approve', TXN], { [APPROVAL]: { body } })).exit).toBe(3);
  });

  it('with --wait it ends as the ask ends', async () => {
    const routes = {
      [APPROVAL]: { body: shownAsk('asking', [asking]) },
      [ROUTE]: { body: shownAsk('ended', [permitted, denied]) },
    };
    const { exit, out } = await cli.run(['approve', TXN, '--wait', '--json'], routes);
    expect(exit).toBe(4);
    expect(JSON.parse(out)).toMatchObject({ state: 'ended' });
  });

  it('tells whoever asked that a second person is needed', async () => {
    const title = 'an ask is approved by a second person';
    const body = { type: 'urn:comity:problem:second_person_needed', title, status: 403, code: 'second_person_needed' };
    const { exit, err } = await cli.run(['approve', TXN], { [APPROVAL]: { status: 403, body } });
    expect(exit).toBe(1);
    expect(err).toContain(title);
    expect(err).toContain('--as');
  });
});
