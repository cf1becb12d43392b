import { createServer } from 'node:http';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeCli, TOKEN, type Route } from '../../test/fake-cli.js';
import type { HttpRequest } from '#protocol';

const NODE = 'http://127.0.0.1:7010';
const FINISHED = {
  session_token: TOKEN,
  expires_at: '2026-11-22T20:00:00.000Z',
  officer: { pseudonym: 'pseudonym', roles: ['officer'] },
};
let cli: FakeCli;
let redirectUri = '';
beforeEach(async () => {
  cli = await FakeCli.create();
});

const started = (request: HttpRequest): Route => {
  redirectUri = String(JSON.parse(request.body ?? '{}').redirect_uri);
  return {
    body: {
      login_id: 'L'.repeat(43),
      authorization_url: `https://idp.example/auth?state=the-state&redirect_uri=${encodeURIComponent(redirectUri)}`,
    },
  };
};

/** Does what the person's browser would: it calls, as soon as the command listens. */
async function visit(path: string): Promise<number> {
  const listening = await vi.waitUntil(() => redirectUri);
  return (await fetch(`${new URL(listening).origin}${path}`)).status;
}

describe('comity login', () => {
  beforeEach(() => {
    redirectUri = '';
  });

  it('prints the page, waits for the redirect, and keeps the session under its name', async () => {
    cli.isPatient = true;
    let finished: HttpRequest | undefined;
    const ran = cli.run(['login', '--agency', NODE, '--as', 'officer', '--timeout', '600'], {
      'POST /session/start': started,
      'POST /session/finish': (request) => {
        finished = request;
        return { body: FINISHED };
      },
    });
    expect(await visit('/callback?state=the-state&code=the-code')).toBe(200);
    const { exit, out, err } = await ran;
    expect(exit).toBe(0);
    expect(redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
    expect(err).toContain('open this page https://idp.example/auth?state=the-state');
    expect(JSON.parse(finished?.body ?? '')).toEqual({
      login_id: 'L'.repeat(43),
      callback_url: `${redirectUri}?state=the-state&code=the-code`,
    });
    expect(out).toContain('as officer (officer) until 2026-11-22T20:00:00.000Z');
    expect(out).not.toContain(TOKEN);
    expect(await cli.sessions.list()).toMatchObject([{ agency: NODE, profile: 'officer', token: TOKEN }]);
    expect(cli.opened).toHaveLength(1);
  });

  it('W20: ignores a call with another `state`, another path, or two of them', async () => {
    cli.isPatient = true;
    const ran = cli.run(['login', '--agency', NODE, '--no-browser'], {
      'POST /session/start': started,
      'POST /session/finish': { body: FINISHED },
    });
    expect(await visit('/callback?state=another&code=stolen')).toBe(400);
    expect(await visit('/callback?code=stolen')).toBe(400);
    expect(await visit('/callback?state=another&state=the-state')).toBe(400);
    expect(await visit('/callback?state=the-state&state=another')).toBe(400);
    expect(await visit('/other?state=the-state')).toBe(400);
    expect(await visit('/callback?state=the-state&code=mine')).toBe(200);
    expect((await ran).exit).toBe(0);
    expect(cli.opened).toEqual([]);
  });

  it('ends with 8 where nobody signs in in time', async () => {
    const { exit, err } = await cli.run(['login', '--agency', NODE, '--timeout', '1'], {
      'POST /session/start': started,
    });
    expect(exit).toBe(8);
    expect(err).toContain('nobody signed in in time');
    await expect(visit('/callback?state=the-state')).rejects.toThrow('fetch failed');
  });

  it.each([
    ['a page of another kind', 'file:///etc/passwd?state=x', 'no https address'],
    ['a page over plain http', 'http://idp.example/auth?state=x', 'no https address'],
    ['a program', 'javascript:alert(1)//?state=x', 'no https address'],
    ['a page without state', 'https://idp.example/auth', 'without `state`'],
  ])('opens no %s that a node names', async (_, authorizationUrl, expected) => {
    const body = { login_id: 'L'.repeat(43), authorization_url: authorizationUrl };
    const { exit, err } = await cli.run(['login', '--agency', NODE], { 'POST /session/start': { body } });
    expect(exit).toBe(1);
    expect(err).toContain(expected);
    expect(cli.opened).toEqual([]);
  });

  it('keeps nothing of a sign-in that the node does not accept', async () => {
    cli.isPatient = true;
    const body = { type: 'x', title: 'sign in with your agency, then try again', status: 401, code: 'not_signed_in' };
    const ran = cli.run(['login', '--agency', NODE], {
      'POST /session/start': started,
      'POST /session/finish': { status: 401, body },
    });
    await visit('/callback?state=the-state&error=access_denied');
    const { exit, err } = await ran;
    expect(exit).toBe(8);
    expect(err).toContain('the node does not accept this sign-in');
    expect(await cli.sessions.list()).toEqual([]);
  });

  it('needs an agency', async () => {
    const { exit, err } = await cli.run(['login']);
    expect([exit, err.split('\n')[0]]).toEqual([2, 'comity: --agency is missing']);
    cli.environment['COMITY_AGENCY'] = 'http://node.example';
    expect((await cli.run(['login'])).err).toContain('COMITY_AGENCY is no address of a node');
  });
});

describe('comity login --script', () => {
  const credentials = ['--username', 'u', '--password', 'p', '--totp-secret', 'JBSWY3DPEHPK3PXP'];

  it('is for the development provider on this machine only', async () => {
    const argv = ['login', '--script', ...credentials, '--agency'];
    expect((await cli.run([...argv, 'https://node.example'])).exit).toBe(2);
    cli.environment['COMITY_ENV'] = 'production';
    const { exit, err, requests } = await cli.run([...argv, NODE]);
    expect(exit).toBe(2);
    expect(err).toContain('development provider on this machine only');
    expect(requests).toEqual([]);
  });

  it('needs all of the credentials', async () => {
    const { exit, err } = await cli.run(['login', '--script', '--username', 'u', '--agency', NODE]);
    expect(exit).toBe(2);
    expect(err).toContain('--totp-secret');
  });

  it('says what the provider’s page says', async () => {
    const page = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<p role="alert">the user name or the password is not right</p>');
    });
    await new Promise<void>((resolve) => {
      page.listen(0, '127.0.0.1', resolve);
    });
    const address = page.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const body = { login_id: 'L'.repeat(43), authorization_url: `http://127.0.0.1:${port}/auth?state=x` };
    const { exit, err } = await cli.run(['login', '--script', ...credentials, '--agency', NODE], {
      'POST /session/start': { body },
    });
    page.close();
    expect(exit).toBe(8);
    expect(err).toContain('the user name or the password is not right');
  });
});

describe('comity logout', () => {
  it('ends the session at the node and forgets it here', async () => {
    await cli.signIn();
    await cli.signIn({ profile: 'supervisor' });
    const { exit, requests } = await cli.run(['logout', '--as', 'officer'], {
      'POST /session/end': { status: 204, body: null },
    });
    expect(exit).toBe(0);
    expect(requests[0]?.headers?.['authorization']).toBe(`Bearer ${TOKEN}`);
    expect((await cli.sessions.list()).map(({ profile }) => profile)).toEqual(['supervisor']);
  });

  it('forgets a session that the node does not know any more', async () => {
    await cli.signIn();
    const body = { type: 'x', title: 't', status: 401, code: 'not_signed_in' };
    expect((await cli.run(['logout'], { 'POST /session/end': { status: 401, body } })).exit).toBe(0);
    expect(await cli.sessions.list()).toEqual([]);
  });

  it('keeps it where the node could not be told', async () => {
    await cli.signIn();
    expect((await cli.run(['logout'])).exit).toBe(7);
    expect(await cli.sessions.list()).toHaveLength(1);
  });
});
