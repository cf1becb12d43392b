import { beforeEach, describe, expect, it } from 'vitest';
import { AGENCY, FakeCli, TXN } from '../../test/fake-cli.js';
import { OREGON, permitted, shownAsk } from '../../test/shown-asks.js';

const RELEASES = ['A'.repeat(43), 'B'.repeat(43)];
const routes = { [`GET /asks/${TXN}`]: { body: shownAsk('ended', [{ ...permitted, releases: RELEASES }]) } };
let cli: FakeCli;
beforeEach(async () => {
  cli = await FakeCli.create();
  await cli.signIn();
});

describe('comity reads cite', () => {
  it('P23: says which release it was, and tells no read of it', async () => {
    const { exit, out } = await cli.run(['reads', 'cite', TXN, '--owner', OREGON], routes);
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toEqual({ release: RELEASES[0], txn: TXN, recipient: AGENCY });
    const second = await cli.run(['reads', 'cite', TXN, '--owner', OREGON, '--page', '2'], routes);
    expect(JSON.parse(second.out)).toMatchObject({ release: RELEASES[1] });
  });

  it('cites nothing where nothing was received', async () => {
    for (const wrong of [
      ['--owner', 'https://two.example'],
      ['--owner', OREGON, '--page', '3'],
    ]) {
      const { exit, err } = await cli.run(['reads', 'cite', TXN, ...wrong], routes);
      expect(exit).not.toBe(0);
      expect(err).toContain('nothing was received');
    }
    const page = await cli.run(['reads', 'cite', TXN, '--owner', OREGON, '--page', '0'], routes);
    expect(page.exit).toBe(2);
  });
});
