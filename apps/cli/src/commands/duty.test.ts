import { describe, expect, it } from 'vitest';
import { FakeCli, TXN } from '../../test/fake-cli.js';

const OWNER = 'https://node.juniper-bend.example';
const owed = { txn: TXN, owner: OWNER, duty: 'report', exception: 'emergency', due_by: '2026-11-23T12:00:00.000Z' };

describe('comity duty', () => {
  it('P21: lists what is owed to others and by others, and what is late', async () => {
    const cli = await FakeCli.create();
    await cli.signIn();
    const body = { owed_by_us: [{ ...owed, state: 'overdue' }], owed_to_us: [] };
    const ran = await cli.run(['duty', 'list'], { 'GET /duties': { body } });
    expect(ran).toMatchObject({ exit: 0, err: '' });
    expect(ran.out).toContain('overdue');
    expect(ran.out).toContain('nothing');
  });

  it('sends one report to one owner', async () => {
    const cli = await FakeCli.create();
    await cli.signIn();
    const routes = { [`POST /duties/${TXN}/report`]: { body: { ...owed, state: 'fulfilled' } } };
    const argv = ['duty', 'report', TXN, '--owner', OWNER];
    expect((await cli.run(argv, routes)).err).toContain('--text TEXT or --file FILE');
    const ran = await cli.run([...argv, '--text', 'found'], routes);
    expect(ran).toMatchObject({ exit: 0 });
    expect(JSON.parse(ran.requests[0]?.body ?? '')).toEqual({ owner: OWNER, report: 'found' });
  });
});
