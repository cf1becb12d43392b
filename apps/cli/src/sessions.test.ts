import { chmod, readFile, stat } from 'node:fs/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { AGENCY, FakeCli, NOW, TOKEN, TXN } from '../test/fake-cli.js';
import { chooseSession } from './choose-session.js';
import type { StoredSession } from './sessions-file.js';

const session = (change: Partial<StoredSession> = {}): StoredSession => ({
  agency: AGENCY,
  profile: 'officer',
  token: TOKEN,
  expiresAt: '2026-11-22T20:00:00.000Z',
  roles: ['officer'],
  ...change,
});
const nobody = { agency: undefined, profile: undefined };

describe('the file of sessions', () => {
  let cli: FakeCli;
  beforeEach(async () => {
    cli = await FakeCli.create();
  });

  it('is for its owner’s eyes, also after it was replaced', async () => {
    await cli.signIn();
    await cli.signIn({ profile: 'supervisor' });
    expect((await stat(cli.sessions.path)).mode & 0o777).toBe(0o600);
    expect(await cli.sessions.list()).toEqual([session(), session({ profile: 'supervisor' })]);
  });

  it('is keyed by agency and person: a second sign-in of one replaces the first', async () => {
    await cli.signIn();
    await cli.signIn({ token: 'U'.repeat(43) });
    expect((await cli.sessions.list()).map(({ token }) => token)).toEqual(['U'.repeat(43)]);
    const document = JSON.parse(await readFile(cli.sessions.path, 'utf8'));
    expect(document.sessions[AGENCY].officer.token).toBe('U'.repeat(43));
  });

  it('is not used where others may read it', async () => {
    await cli.signIn();
    await chmod(cli.sessions.path, 0o644);
    const { exit, err, requests } = await cli.run(['requests']);
    expect(exit).toBe(2);
    expect(err).toContain('others may read');
    expect(requests).toEqual([]);
  });

  it('that cannot be read is said so, and not overwritten', async () => {
    await cli.file('sessions.json', { v: 2 });
    await chmod(cli.sessions.path, 0o600);
    const { exit, err } = await cli.run(['requests']);
    expect(exit).toBe(2);
    expect(err).toContain('remove it, and sign in again');
  });

  it('gives the session to its own agency alone', async () => {
    await cli.signIn();
    const { exit, requests } = await cli.run(['show', TXN, '--agency', 'https://another.example']);
    expect(exit).toBe(8);
    expect(requests).toEqual([]);
    const own = await cli.run(['show', TXN], {});
    expect(own.requests[0]?.headers?.['authorization']).toBe(`Bearer ${TOKEN}`);
  });
});

describe('choosing among the persons who are signed in', () => {
  const supervisor = session({ profile: 'supervisor', roles: ['supervisor'] });

  it('takes the only one', () => {
    expect(chooseSession([session()], nobody, NOW)).toEqual(session());
  });

  it('never guesses between two', () => {
    expect(() => chooseSession([session(), supervisor], nobody, NOW)).toThrow(
      expect.objectContaining({ code: 'usage', message: 'more than one person is signed in' }),
    );
    expect(chooseSession([session(), supervisor], { ...nobody, profile: 'supervisor' }, NOW)).toBe(supervisor);
  });

  it('takes the one without a name where no name is given', () => {
    const unnamed = session({ profile: 'default' });
    expect(chooseSession([session(), unnamed, supervisor], nobody, NOW)).toBe(unnamed);
  });

  it('asks for the agency where one name is signed in at two', () => {
    const elsewhere = session({ agency: 'https://another.example' });
    const wanted = { ...nobody, profile: 'officer' };
    expect(() => chooseSession([session(), elsewhere], wanted, NOW)).toThrow(
      expect.objectContaining({ more: expect.objectContaining({ remedy: 'choose with --agency and --as' }) }),
    );
    expect(chooseSession([session(), elsewhere], { ...wanted, agency: elsewhere.agency }, NOW)).toBe(elsewhere);
  });

  it('takes no session that has ended', () => {
    const ended = session({ expiresAt: '2026-11-22T12:00:00.000Z' });
    expect(() => chooseSession([ended], nobody, NOW)).toThrow(
      expect.objectContaining({ code: 'not_signed_in', message: 'your session has ended' }),
    );
    expect(chooseSession([ended, supervisor], nobody, NOW)).toBe(supervisor);
  });
});
