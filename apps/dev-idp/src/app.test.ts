import { decodeJwt } from 'jose';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOfText } from '#protocol';
import { startTestIdp, walkSignIn, type TestIdp } from '../../../test/support/officer-login.js';
import { CookieJar } from './cookie-jar.js';
import { totpCode, totpStep } from './totp.js';

const VERIFIER = 'v'.repeat(43);
const CALLBACK = 'http://127.0.0.1:50123/callback';

describe('the development identity provider', () => {
  let idp: TestIdp;

  beforeAll(async () => {
    idp = await startTestIdp({
      clients: ['juniper-bend', 'salish-point'],
      accounts: [
        { username: 'vega', roles: ['officer'], clients: ['juniper-bend'] },
        { username: 'okafor', roles: ['supervisor', 'officer'], clients: ['juniper-bend'] },
      ],
    });
  });

  afterAll(() => idp.close());

  const authorizationUrl = (change: Record<string, string | undefined> = {}): string => {
    const url = new URL('/auth', idp.url);
    const parameters: Record<string, string | undefined> = {
      client_id: 'juniper-bend',
      response_type: 'code',
      scope: 'openid',
      redirect_uri: CALLBACK,
      state: 'the-state',
      nonce: 'the-nonce',
      code_challenge: digestOfText(VERIFIER),
      code_challenge_method: 'S256',
      prompt: 'login',
      ...change,
    };
    for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value);
    return url.href;
  };

  const callbackOf = async (username = 'vega'): Promise<URL> =>
    new URL(
      await walkSignIn({ authorizationUrl: authorizationUrl(), redirectUri: CALLBACK, ...idp.credentials(username) }),
    );

  const exchange = async (callback: URL, change: Record<string, string> = {}) => {
    const answer = await request(`${idp.url}/token`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from(`juniper-bend:${idp.clientSecret}`).toString('base64')}`,
      },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: callback.searchParams.get('code') ?? '',
        redirect_uri: CALLBACK,
        code_verifier: VERIFIER,
        ...change,
      }).toString(),
    });
    return { status: answer.statusCode, body: (await answer.body.json()) as Record<string, string> };
  };

  const statusOf = async (redirect_uri: string) => {
    const answer = await request(authorizationUrl({ redirect_uri }), {
      headers: { accept: 'text/html' },
    });
    await answer.body.dump();
    return answer.statusCode;
  };

  /** A browser at the sign-in page, by hand. */
  const openPage = async () => {
    const jar = new CookieJar();
    const first = await request(authorizationUrl(), { method: 'GET' });
    jar.take(authorizationUrl(), first.headers['set-cookie']);
    const url = new URL(String(first.headers['location']), idp.url).href;
    await first.body.dump();
    const page = await request(url, { headers: { cookie: jar.header(url) } });
    const html = await page.body.text();
    const token = /name="form_token" value="([^"]+)"/.exec(html)?.[1] ?? '';
    const post = async (action: string, fields: Record<string, string>, headers: Record<string, string> = {}) => {
      const answer = await request(`${url}/${action}`, {
        method: 'POST',
        headers: { cookie: jar.header(url), 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body: new URLSearchParams({ form_token: token, ...fields }).toString(),
      });
      return { status: answer.statusCode, location: answer.headers['location'], html: await answer.body.text() };
    };
    return { url, html, cookie: jar.header(url), headers: page.headers, post };
  };

  it('puts level, factors and time of the sign-in into the ID token, and no name', async () => {
    const { body } = await exchange(await callbackOf('okafor'));
    const claims = decodeJwt(String(body['id_token']));
    expect(claims).toMatchObject({
      iss: idp.url,
      aud: 'juniper-bend',
      sub: 'sub-okafor',
      nonce: 'the-nonce',
      roles: ['supervisor', 'officer'],
      acr: 'urn:comity:acr:mfa',
      amr: ['pwd', 'otp'],
      auth_time: expect.any(Number),
    });
    expect(JSON.stringify(claims)).not.toContain('Person');
    const standard = ['acr', 'amr', 'aud', 'auth_time', 'exp', 'iat', 'iss', 'nonce', 'roles', 'sub'];
    expect(Object.keys(claims).toSorted()).toEqual(standard);
  });

  it('W20: starts no sign-in without PKCE', async () => {
    for (const change of [
      { code_challenge: undefined, code_challenge_method: undefined },
      { code_challenge_method: 'plain' },
    ]) {
      const answer = await request(authorizationUrl(change), { headers: { accept: 'text/html' } });
      await answer.body.dump();
      expect(String(answer.headers['location'])).toContain('error=invalid_request');
    }
  });

  it('W20: gives no token for a wrong verifier, nor for a code that was used', async () => {
    expect(await exchange(await callbackOf(), { code_verifier: 'w'.repeat(43) })).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
    const callback = await callbackOf();
    expect((await exchange(callback)).status).toBe(200);
    expect((await exchange(callback)).body['error']).toBe('invalid_grant');
  });

  it('sends the browser to the registered loopback path on any port (RFC 8252 §7.3), and nowhere else', async () => {
    for (const port of [1025, 50123, 65535]) expect(await statusOf(`http://127.0.0.1:${port}/callback`)).toBe(303);
    const elsewhere = [
      'http://127.0.0.1:50123/other',
      'http://localhost:50123/callback',
      'https://127.0.0.1:50123/callback',
      'http://127.0.0.1:50123/callback?next=evil',
      'http://127.0.0.1.evil.example:50123/callback',
      'http://evil.example/callback',
    ];
    for (const uri of elsewhere) expect(await statusOf(uri)).toBe(400);
  });

  it('N04: shows the code page after the password, and gives no code for it', async () => {
    const { post } = await openPage();
    const answer = await post('password', { ...pick(idp.credentials('vega')) });
    expect(answer).toMatchObject({ status: 200, location: undefined });
    expect(answer.html).toContain('Six-digit code');
    expect(await post('code', { code: '' })).toMatchObject({ status: 401, location: undefined });
  });

  it('N04: gives no code for a one-time code without the password', async () => {
    const { post } = await openPage();
    const code = totpCode(idp.credentials('vega').totpSecret, totpStep(Date.now()));
    expect(await post('code', { code })).toMatchObject({ status: 200, location: undefined });
  });

  it('labels the current code of a demonstration account as such', async () => {
    const { post } = await openPage();
    const { html } = await post('password', pick(idp.credentials('vega')));
    expect(html).toContain('Demonstration account: the current code is');
  });

  it('signs nobody in at an agency that the account does not belong to', async () => {
    const url = authorizationUrl({ client_id: 'salish-point' });
    await expect(
      walkSignIn({ authorizationUrl: url, redirectUri: CALLBACK, ...idp.credentials('vega') }),
    ).rejects.toThrow('the user name or the password is not right');
  });

  it('N03: asks each person at one browser for both factors, also where the agency does not insist', async () => {
    const jar = new CookieJar();
    const url = authorizationUrl({ prompt: undefined });
    for (const username of ['vega', 'vega', 'okafor']) {
      const credentials = idp.credentials(username);
      const wrong = { ...credentials, totpSecret: 'AAAAAAAAAAAAAAAA' };
      await expect(walkSignIn({ authorizationUrl: url, redirectUri: CALLBACK, jar, ...wrong })).rejects.toThrow('code');
      const callback = await walkSignIn({ authorizationUrl: url, redirectUri: CALLBACK, jar, ...credentials });
      const { body } = await exchange(new URL(callback));
      expect(decodeJwt(String(body['id_token'])).sub).toBe(`sub-${username}`);
    }
  });

  it('W18: takes a form from its own page only', async () => {
    const { post, url } = await openPage();
    const fields = pick(idp.credentials('vega'));
    expect((await post('password', { ...fields, form_token: 'x'.repeat(43) })).status).toBe(403);
    expect((await post('password', fields, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await post('password', fields, { origin: 'null' })).status).toBe(403);
    expect((await post('password', fields, { 'content-type': 'text/plain' })).status).toBe(403);
    const withoutCookie = await request(`${url}/password`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    });
    await withoutCookie.body.dump();
    expect(withoutCookie.statusCode).toBe(400);
  });

  it('W19: finds a sign-in by the browser’s cookie, and shows it at its own address only', async () => {
    const [mine, theirs] = [await openPage(), await openPage()];
    const tossed = await request(theirs.url, { headers: { cookie: mine.cookie } });
    await tossed.body.dump();
    expect(tossed.statusCode).toBe(400);
    const unsigned = await request(mine.url, { headers: { cookie: mine.cookie.replace(/sig=[^;]+/g, 'sig=x') } });
    await unsigned.body.dump();
    expect(unsigned.statusCode).toBe(400);
  });

  it('W18: cannot be framed, runs no script and asks nobody else', async () => {
    const { headers } = await openPage();
    expect(headers['x-frame-options']).toBe('DENY');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['cache-control']).toBe('no-store');
  });

  it('names what is wrong in an alert, and its fields by labels', async () => {
    const { post, html } = await openPage();
    for (const field of ['username', 'password']) expect(html).toContain(`<label for="${field}">`);
    const answer = await post('password', { username: '<b>', password: 'wrong' });
    expect(answer.status).toBe(401);
    expect(answer.html).toContain('<p role="alert">the user name or the password is not right</p>');
    expect(answer.html).not.toContain('<b>');
  });

  it('tells the agency when the person cancels', async () => {
    const { post } = await openPage();
    const answer = await post('cancel', {});
    expect(answer.status).toBe(303);
    expect(String(answer.location)).toContain(`${idp.url}/auth/`);
  });

  it('publishes its keys without their private halves', async () => {
    const answer = await request(`${idp.url}/jwks`);
    const { keys } = (await answer.body.json()) as { keys: Record<string, unknown>[] };
    expect(keys).toHaveLength(1);
    expect(keys[0]).not.toHaveProperty('d');
    expect(keys[0]?.['kid']).toBe(idp.signingJwk['kid']);
  });
});

function pick(credentials: { username: string; password: string }): { username: string; password: string } {
  return { username: credentials.username, password: credentials.password };
}
