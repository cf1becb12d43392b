import { beforeEach, describe, expect, it } from 'vitest';
import { FakeCli, TXN } from '../../test/fake-cli.js';
import { asking, permitted, shownAsk } from '../../test/shown-asks.js';

let cli: FakeCli;
beforeEach(async () => {
  cli = await FakeCli.create();
  await cli.signIn({ roles: ['supervisor'] });
});

describe('comity disapprove', () => {
  it('P21: sends why, and shows that what came is gone', async () => {
    const body = shownAsk('ended', [{ ...permitted, reads: [] }], { approval: 'disapproved' });
    const routes = { [`POST /asks/${TXN}/disapproval`]: { body } };
    const { exit, out, requests } = await cli.run(['disapprove', TXN, '--reason', 'nobody was in danger'], routes);
    expect(exit).toBe(0);
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual({ reason: 'nobody was in danger' });
    expect(out).toContain('a supervisor disapproved; what came is deleted');
  });

  it('asks for a reason before it asks the node', async () => {
    const { exit, requests } = await cli.run(['disapprove', TXN]);
    expect([exit, requests]).toEqual([2, []]);
  });

  it('P21: an emergency that waits says what a supervisor has to do', async () => {
    const body = shownAsk('asking', [asking], { approval: 'owed' });
    const { out } = await cli.run(['show', TXN], { [`GET /asks/${TXN}`]: { body } });
    expect(out).toContain(`owed by a supervisor: comity approve ${TXN}, or comity disapprove ${TXN}`);
  });
});
