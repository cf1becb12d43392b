import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeCli } from '../../test/fake-cli.js';

const SECRET = 's'.repeat(43);
const ADDED = { body: { id: 'gate', url: 'https://node.salish-point.example/cameras/gate/reads', secret: SECRET } };
const CAMERA = {
  id: 'gate',
  format: 'hikvision',
  owner_class: 'business',
  device: 'gate',
  time_zone: null,
  location: null,
  named: null,
  registered_at: '2026-11-22T12:00:00.000Z',
  secret_since: '2026-11-22T12:00:00.000Z',
  revoked_at: null,
  posted_at: '2026-11-22T12:05:00.000Z',
  read_at: '2026-11-22T12:05:00.000Z',
  rejected_at: '2026-11-22T12:05:00.000Z',
  rejected_because: 'plate_wildcard',
  accepted: 7,
  already_present: 1,
  superseded: 0,
  passed_over: 2,
  rejected: { plate_wildcard: 3, instant_no_offset: 1 },
};
const ADD = ['camera', 'add', 'gate', '--format', 'hikvision', '--owner-class', 'business'];

let cli: FakeCli;
beforeEach(async () => {
  cli = await FakeCli.create();
  await cli.signIn({ profile: 'admin', roles: ['rule_admin'] });
});

describe('comity camera', () => {
  it('registers a camera and shows its secret once', async () => {
    const { exit, out, requests } = await cli.run([...ADD, '--location', '44.1,-121.2', '--named', 'Gate 1'], {
      'POST /cameras': ADDED,
    });
    expect(exit).toBe(0);
    expect(out).toContain(SECRET);
    expect(out).toContain('/cameras/gate/reads');
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual({
      id: 'gate',
      format: 'hikvision',
      owner_class: 'business',
      device: 'gate',
      lat: 44.1,
      lon: -121.2,
      named: 'Gate 1',
    });
  });

  it('writes the secret where it is told to, for its owner alone, and shows it nowhere', async () => {
    const file = join(cli.home, 'gate.secret');
    const { exit, out, err } = await cli.run([...ADD, '--secret-file', file, '--json'], { 'POST /cameras': ADDED });
    expect(exit).toBe(0);
    expect(out + err).not.toContain(SECRET);
    expect(await readFile(file, 'utf8')).toBe(`${SECRET}\n`);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const again = await cli.run(['camera', 'renew', 'gate', '--secret-file', file], {
      'POST /cameras/gate/secret': ADDED,
    });
    expect(again).toMatchObject({ exit: 2, err: expect.stringContaining('comity camera renew gate') });
  });

  it.each([
    ['an id with capitals', ['camera', 'revoke', 'Gate']],
    ['no owner class', ADD.slice(0, 5)],
    ['a format that nobody writes', [...ADD.slice(0, 4), 'vhs', ...ADD.slice(5)]],
    ['a place in the sea', [...ADD, '--location', '0,0']],
  ])('refuses %s before anything is sent', async (_, argv) => {
    expect(await cli.run(argv)).toMatchObject({ exit: 2, requests: [] });
  });

  it('lists cameras and tells of each what came of what it posted', async () => {
    const routes = { 'GET /cameras': { body: { cameras: [CAMERA] } } };
    expect((await cli.run(['camera', 'list'], routes)).out).toMatch(
      /gate +hikvision +business +in force +2026-11-22T12:05:00.000Z +7 +4/,
    );
    const { out } = await cli.run(['camera', 'status', 'gate'], routes);
    expect(out).toMatch(/rejected +4: 3 plate_wildcard, 1 instant_no_offset/);
    expect(out).toMatch(/time zone +none: times without an offset are rejected/);
    expect((await cli.run(['camera', 'status', 'other'], routes)).exit).toBe(1);
  });

  it('revokes one', async () => {
    const { exit, out } = await cli.run(['camera', 'revoke', 'gate'], {
      'POST /cameras/gate/revocation': { body: { revoked: true } },
    });
    expect([exit, out]).toEqual([0, 'gate  revoked']);
  });
});
