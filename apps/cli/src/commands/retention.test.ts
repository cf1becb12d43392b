import { beforeEach, describe, expect, it } from 'vitest';
import { digestOf, type JsonObject } from '#protocol';
import { FakeCli } from '../../test/fake-cli.js';

const STATUS = {
  limits: { reads_seconds: 1_814_400, hits_seconds: 180, configured_seconds: null, records_seconds: null },
  oldest_read: null,
  holds_open: 2,
  reads_held: 7,
  certificates: 1,
  newest_certificate: '2026-11-22T11:00:00.000Z',
  tables_to_rewrite: 0,
};
const DOCUMENT: JsonObject = {
  v: 1,
  deletion: 'd2FycmFudC1udW1iZXItMDE',
  what: 'reads',
  basis: 'non_hit',
  count: 93,
  method: 'partition_dropped',
  held: 4,
  made_at: '2026-11-22T11:00:00.000Z',
};
const shown = (change: JsonObject = {}) => ({ position: 12, digest: digestOf(DOCUMENT), ...DOCUMENT, ...change });
const certificates = (...list: JsonObject[]) => ({
  'GET /retention/certificates': { body: { certificates: list, evidence: null } },
});

let cli: FakeCli;
beforeEach(async () => {
  cli = await FakeCli.create();
  await cli.signIn({ roles: ['supervisor'] });
});

describe('comity retention status', () => {
  it('says each limit, and that there is none', async () => {
    const { exit, out } = await cli.run(['retention', 'status'], { 'GET /retention': { body: STATUS } });
    expect(exit).toBe(0);
    expect(out).toMatch(/reads +21 days/);
    expect(out).toMatch(/hits +180 seconds/);
    expect(out).toMatch(/asks, requests +no limit is set and none is attested/);
    expect(out).toMatch(/holds +2 open, 7 reads/);
    expect(out).toMatch(/oldest read +none/);
  });
});

describe('comity retention certificates', () => {
  it('shows what was deleted, by which limit and how, and proves nothing without anchors', async () => {
    const { exit, out } = await cli.run(['retention', 'certificates'], certificates(shown()));
    expect(exit).toBe(0);
    expect(out).toMatch(/12 +2026-11-22T11:00:00Z +reads +non_hit +93 +partition_dropped +4/);
    expect(out).not.toContain('proven');
  });

  it('N05: ends with 6 where a certificate is not what its digest says', async () => {
    const { exit, out } = await cli.run(['retention', 'certificates'], certificates(shown({ count: 9 })));
    expect(exit).toBe(6);
    expect(out).toContain('not in the ledger');
    const json = await cli.run(['retention', 'certificates', '--json'], certificates(shown({ held: 0 })));
    expect(JSON.parse(json.out)).toMatchObject({ proven: ['not in the ledger'] });
    expect(json.exit).toBe(6);
  });

  it('refuses a wrong file of anchors although nothing was deleted yet', async () => {
    const options = ['retention', 'certificates', '--anchors', 'no-such-file.json'];
    const { exit, err } = await cli.run(options, certificates());
    expect(exit).toBe(2);
    expect(err).toContain('no-such-file.json');
  });

  it('goes on before a position, which is a number', async () => {
    const routes = { 'GET /retention/certificates?before=12': { body: { certificates: [], evidence: null } } };
    const { out } = await cli.run(['retention', 'certificates', '--before', '12'], routes);
    expect(out).toBe('nothing was deleted yet');
    for (const wrong of ['x', '-1', '1&limit=9']) {
      const refused = await cli.run(['retention', 'certificates', `--before=${wrong}`]);
      expect(refused).toMatchObject({ exit: 2, requests: [] });
    }
  });
});

describe('comity retention run', () => {
  it('says what went, and ends with 1 where something could not', async () => {
    const body = { certificates: [shown()], rewritten: ['received_read'], failed: [] as string[] };
    const { exit, out } = await cli.run(['retention', 'run'], { 'POST /retention/run': { body } });
    expect(exit).toBe(0);
    expect(out).toBe('93 reads deleted, 4 held\nrewritten: received_read');
    const failed = await cli.run(['retention', 'run'], {
      'POST /retention/run': { body: { ...body, failed: ['id_tokens'] } },
    });
    expect(failed).toMatchObject({ exit: 1, out: expect.stringContaining('id_tokens could not be deleted') });
  });

  it('is a supervisor’s', async () => {
    const refusal = { status: 403, body: { code: 'role_missing', title: 'your role does not include this' } };
    const { exit, err } = await cli.run(['retention', 'run'], { 'POST /retention/run': refusal });
    expect(exit).toBe(1);
    expect(err).toContain('sign in as another person');
  });
});
