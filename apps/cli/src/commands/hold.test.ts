import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeCli } from '../../test/fake-cli.js';

const ID = 'hold-0001-0001-0001';
const HOLD = {
  hold: ID,
  basis: 'prosecution',
  statute: 'nc-20-183.32',
  state: 'proposed',
  waits_for: 'place',
  expires_at: '2026-11-25T12:00:00.000Z',
};
const CASE = ['--basis', 'prosecution', '--statute', 'nc-20-183.32', '--case', '26-01234'];
const WINDOW = ['--from', '2026-11-01T00:00:00-05:00', '--until', '2026-11-08T00:00:00-05:00'];
const RELEASE = 'R'.repeat(43);

let cli: FakeCli;
beforeEach(async () => {
  cli = await FakeCli.create();
  await cli.signIn();
});

const place = (...more: string[]) => cli.run(['hold', 'place', ...CASE, ...more], { 'POST /holds': { body: HOLD } });

describe('comity hold place', () => {
  it('sends the digest of what was sworn and never the document, and says that a second person is waited for', async () => {
    const file = await cli.textFile('affidavit.pdf', 'what was sworn');
    const reads = ['--plate', '7ABC123', '--device', 'north', ...WINDOW];
    const { exit, out, requests } = await place('--sworn', file, '--sworn-by', 'Deputy Lane', ...reads);
    expect(exit).toBe(0);
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual({
      basis: 'prosecution',
      statute: 'nc-20-183.32',
      case_number: '26-01234',
      sworn_digest: createHash('sha256').update('what was sworn').digest('base64url'),
      sworn_by: 'Deputy Lane',
      plates: ['7ABC123'],
      devices: ['north'],
      from: '2026-11-01T00:00:00-05:00',
      until: '2026-11-08T00:00:00-05:00',
    });
    expect(requests[0]?.body).not.toContain('what was sworn');
    expect(out).toContain('proposed, waits for a second person to place it');
    expect(out).toContain('until 2026-11-25T12:00:00.000Z');
  });

  it('takes a release in place of plates', async () => {
    const { exit, requests } = await place('--release-owner', 'https://owner.example', '--release', RELEASE);
    expect(exit).toBe(0);
    expect(JSON.parse(requests[0]?.body ?? '')).toMatchObject({
      release_owner: 'https://owner.example',
      release_digest: RELEASE,
    });
  });

  it.each<[string, string[], string]>([
    ['a basis that there is not', ['--basis', 'whim'], 'Allowed choices'],
    ['nothing to keep', [], 'a hold names a --plate or a --device; a hold has a window'],
    ['a window without its end', ['--plate', 'ABC123', '--from', '2026-11-01T00:00:00Z'], 'a hold has a window'],
    ['an instant without an offset', ['--plate', 'ABC123', '--from', '2026-11-01'], 'An instant with an offset'],
    ['half a sworn statement', ['--plate', 'ABC123', ...WINDOW, '--sworn-by', 'Lane'], '--sworn and --sworn-by'],
    ['half a release', ['--release', RELEASE], '--release and --release-owner go together'],
    ['a release that is none', ['--release', 'short'], 'A digest has 43'],
    [
      'two things to keep',
      ['--plate', 'ABC123', ...WINDOW, '--release', RELEASE, '--release-owner', 'https://owner.example'],
      'on reads of your own or on one release',
    ],
    ['a file that is not there', ['--plate', 'A1', ...WINDOW, '--sworn', '/none', '--sworn-by', 'L'], 'cannot be read'],
  ])('refuses %s before it asks the node', async (_what, options, said) => {
    const { exit, err, requests } = await place(...options);
    expect([exit, requests]).toEqual([2, []]);
    expect(err).toContain(said);
  });

  it('takes no empty file for a sworn statement', async () => {
    const file = await cli.textFile('empty.pdf', '');
    const { exit, err } = await place('--plate', 'A1', ...WINDOW, '--sworn', file, '--sworn-by', 'L');
    expect(exit).toBe(2);
    expect(err).toContain('is empty');
  });
});

describe('comity hold', () => {
  it('lists holds with what they wait for, and says where there is none', async () => {
    const { out } = await cli.run(['hold', 'list'], { 'GET /holds': { body: { holds: [HOLD] } } });
    expect(out).toMatch(new RegExp(`${ID} .*nc-20-183.32 .*waits for a second person.*2026-11-25T12:00:00Z`));
    const none = await cli.run(['hold', 'list'], { 'GET /holds': { body: { holds: [] } } });
    expect(none).toMatchObject({ exit: 0, out: 'there is no hold' });
  });

  it('confirms what waits, renews with a new statement and releases', async () => {
    const file = await cli.textFile('new.pdf', 'sworn anew');
    const digest = createHash('sha256').update('sworn anew').digest('base64url');
    const acts: [string[], string, object | undefined][] = [
      [['confirm', ID, '--act', 'place'], `/holds/${ID}/confirmation/place`, undefined],
      [['renew', ID, '--sworn', file], `/holds/${ID}/renewal`, { sworn_digest: digest }],
      [['release', ID], `/holds/${ID}/release`, undefined],
    ];
    for (const [argv, path, body] of acts) {
      const { exit, requests } = await cli.run(['hold', ...argv], { [`POST ${path}`]: { body: HOLD } });
      expect(exit).toBe(0);
      expect(requests[0]?.body).toEqual(body === undefined ? undefined : JSON.stringify(body));
    }
    for (const wrong of [
      ['confirm', ID],
      ['confirm', ID, '--act', 'burn'],
      ['release', 'x'],
      ['reads', ID],
    ]) {
      expect(await cli.run(['hold', ...wrong])).toMatchObject({ exit: 2, requests: [] });
    }
  });

  it('shows what it keeps for its case alone, in no address, and what the node refuses', async () => {
    const read = { plate: '7ABC123', plate_state: 'OR', seen_at: '2026-11-02T00:00:00.000Z', device: 'north' };
    const route = `POST /holds/${ID}/reads`;
    const { out, requests } = await cli.run(['hold', 'reads', ID, '--case', '26-01234'], {
      [route]: { body: { reads: [read] } },
    });
    expect(out).toMatch(/7ABC123 +OR +2026-11-02T00:00:00.000Z +north/);
    expect(requests[0]?.url).not.toContain('26-01234');
    const none = await cli.run(['hold', 'reads', ID, '--case', '26-01234'], { [route]: { body: { reads: [] } } });
    expect(none.out).toBe('nothing is kept under it');
    const refused = await cli.run(['hold', 'reads', ID, '--case', 'x'], {
      [route]: {
        status: 422,
        body: { code: 'hold_refused', title: 'a hold is read for the case that it was placed for' },
      },
    });
    expect(refused).toMatchObject({ exit: 2, err: expect.stringContaining('for the case that it was placed for') });
  });
});
