// Long because every way to get or keep a session without a right to it stands in one list.
import { exportJWK, generateKeyPair, importJWK, SignJWT, decodeJwt, decodeProtectedHeader, type JWK } from 'jose';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ProtocolError, type HttpRequest, type HttpResponse } from '#protocol';
import { systemClock, systemRandomness, LOOPBACK_TOO, undiciNetwork, type ClosableNetwork } from '#protocol/io';
import { fakeClock, type FakeClock } from '../../../../test/support/fakes.js';
import {
  createSessionDatabase,
  startTestIdp,
  walkSignIn,
  type TestIdp,
} from '../../../../test/support/officer-login.js';
import { OfficerSessions, SessionError } from './index.js';

const REDIRECT = 'http://127.0.0.1:50321/callback';
type Lie = (request: HttpRequest, answer: HttpResponse) => HttpResponse | Promise<HttpResponse>;

describe('a login', () => {
  let idp: TestIdp;
  let network: ClosableNetwork;
  let dataSource: DataSource;
  let clock: FakeClock;
  let lie: Lie;
  let sessions: OfficerSessions;

  beforeAll(async () => {
    idp = await startTestIdp({
      clients: ['juniper-bend'],
      accounts: [
        { username: 'vega', roles: ['officer'] },
        { username: 'okafor', roles: ['supervisor'] },
      ],
    });
    network = undiciNetwork({ egress: LOOPBACK_TOO });
    dataSource = await createSessionDatabase();
  });

  afterAll(async () => {
    await dataSource.destroy();
    await network.close();
    await idp.close();
  });

  beforeEach(() => {
    clock = fakeClock(systemClock.now());
    lie = (_request, answer) => answer;
    sessions = newSessions();
  });

  const newSessions = () =>
    new OfficerSessions({
      dataSource,
      clock,
      randomness: systemRandomness,
      network: { request: async (request) => lie(request, await network.request(request)) },
      provider: {
        issuer: idp.url,
        clientId: 'juniper-bend',
        clientSecret: idp.clientSecret,
        acrValues: ['urn:comity:acr:mfa'],
        allowLoopbackHttp: true,
      },
      pseudonymKey: new Uint8Array(32).fill(9),
    });

  /** Up to the redirect back to the loopback address, with the authorization request changed on its way. */
  const walk = async (change: (url: URL) => void = () => undefined, username = 'vega') => {
    const { loginId, authorizationUrl } = await sessions.start(REDIRECT);
    const url = new URL(authorizationUrl);
    change(url);
    const credentials = idp.credentials(username);
    const callback = await walkSignIn({ authorizationUrl: url.href, redirectUri: REDIRECT, ...credentials });
    return { loginId, callback: new URL(callback) };
  };

  /** The provider's own key signs other claims: TLS and signature are right, what is said is not. */
  const resigned = async (idToken: string, change: Record<string, unknown>, key?: JWK): Promise<string> => {
    const signer = await importJWK(key ?? (idp.signingJwk as unknown as JWK), 'ES256');
    const header = decodeProtectedHeader(idToken);
    return new SignJWT({ ...decodeJwt(idToken), ...change })
      .setProtectedHeader({ ...header, alg: 'ES256' })
      .sign(signer);
  };

  it('asks the provider for code, PKCE, state, nonce, both factors and a fresh sign-in', async () => {
    const { authorizationUrl } = await sessions.start(REDIRECT);
    const parameters = Object.fromEntries(new URL(authorizationUrl).searchParams);
    const secret = expect.stringMatching(/^[A-Za-z0-9_-]{43}$/) as string;
    expect(parameters).toEqual({
      client_id: 'juniper-bend',
      response_type: 'code',
      scope: 'openid',
      redirect_uri: REDIRECT,
      state: secret,
      nonce: secret,
      code_challenge: secret,
      code_challenge_method: 'S256',
      acr_values: 'urn:comity:acr:mfa',
      prompt: 'login',
      max_age: '600',
    });
  });

  it('ends in a session that names a pseudonym, roles, level and the token as evidence', async () => {
    const { loginId, callback } = await walk();
    const { sessionToken, session } = await sessions.finish(loginId, callback.href);
    expect(session).toMatchObject({ sub: 'sub-vega', roles: ['officer'], acr: 'urn:comity:acr:mfa' });
    expect(session.pseudonym).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(session.pseudonym).not.toContain('vega');
    expect(decodeJwt(session.idToken).sub).toBe('sub-vega');
    expect(await sessions.authenticate(sessionToken)).toEqual(session);
  });

  it('W20: is refused for a missing, wrong or doubled state', async () => {
    for (const spoil of [
      (url: URL) => url.searchParams.delete('state'),
      (url: URL) => url.searchParams.set('state', 'x'.repeat(43)),
      (url: URL) => url.searchParams.append('state', 'x'),
    ]) {
      const { loginId, callback } = await walk();
      spoil(callback);
      await expectRefused(sessions.finish(loginId, callback.href), 'code exchange');
    }
  });

  it('W19: is refused with the answer to somebody else’s login', async () => {
    const [mine, theirs] = [await walk(), await walk(undefined, 'okafor')];
    await expectRefused(sessions.finish(mine.loginId, theirs.callback.href), 'code exchange');
  });

  it('W20: is refused for a missing or other nonce', async () => {
    const changes = [
      (url: URL) => url.searchParams.set('nonce', 'n'.repeat(43)),
      (url: URL) => url.searchParams.delete('nonce'),
    ];
    for (const change of changes) {
      const { loginId, callback } = await walk(change);
      await expectRefused(sessions.finish(loginId, callback.href), 'code exchange');
    }
  });

  it('W20: is refused where the code belongs to another PKCE challenge', async () => {
    const { loginId, callback } = await walk((url) => url.searchParams.set('code_challenge', 'c'.repeat(43)));
    await expectRefused(sessions.finish(loginId, callback.href), 'code exchange');
  });

  it('W20: is refused where the answer names another issuer (mix-up) or none', async () => {
    for (const spoil of [
      (url: URL) => url.searchParams.set('iss', 'https://evil.example'),
      (url: URL) => url.searchParams.delete('iss'),
    ]) {
      const { loginId, callback } = await walk();
      spoil(callback);
      await expectRefused(sessions.finish(loginId, callback.href), 'code exchange');
    }
  });

  it('W20: is refused where the ID token was altered behind TLS, though its claims are right', async () => {
    const other = await exportJWK((await generateKeyPair('ES256', { extractable: true })).privateKey);
    const lies: Lie[] = [
      withIdToken((token) => token.replace(/\.[^.]+$/, `.${'A'.repeat(86)}`)),
      withIdToken((token) => resigned(token, {}, other)),
      withIdToken((token) => {
        const [header, , signature] = token.split('.');
        const claims = { ...decodeJwt(token), sub: 'sub-okafor', roles: ['supervisor'] };
        return `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`;
      }),
    ];
    for (const next of lies) {
      const { loginId, callback } = await walk();
      lie = next;
      await expectRefused(sessions.finish(loginId, callback.href), 'code exchange');
    }
  });

  it('N04, W20: is refused below the agreed level, though the provider signed it', async () => {
    const downgrades: readonly [Record<string, unknown>, string][] = [
      [{ acr: undefined }, 'acr_refused'],
      [{ acr: 'urn:comity:acr:password' }, 'acr_refused'],
      [{ amr: ['pwd'] }, 'second_factor_missing'],
      [{ amr: ['pwd', 'sms'] }, 'second_factor_missing'],
      [{ amr: undefined }, 'second_factor_missing'],
    ];
    for (const [change, detail] of downgrades) {
      const { loginId, callback } = await walk();
      lie = withIdToken((token) => resigned(token, change));
      await expectRefused(sessions.finish(loginId, callback.href), detail);
    }
  });

  it('is refused for a token of another audience, another issuer, no role, or an old sign-in', async () => {
    const seconds = Math.floor(clock.now() / 1000);
    const spoiled: readonly [Record<string, unknown>, string][] = [
      [{ aud: 'salish-point' }, 'code exchange'],
      [{ aud: ['juniper-bend', 'salish-point'], azp: 'juniper-bend' }, 'audience_mismatch'],
      [{ iss: 'https://evil.example' }, 'code exchange'],
      [{ roles: ['janitor'] }, 'role_missing'],
      [{ auth_time: seconds - 60 }, 'auth_time before the login began'],
      [{ auth_time: seconds - 13 * 3600 }, 'code exchange'],
      [{ auth_time: undefined }, 'code exchange'],
      [{ exp: seconds - 60 }, 'code exchange'],
    ];
    for (const [change, detail] of spoiled) {
      const { loginId, callback } = await walk();
      lie = withIdToken((token) => resigned(token, change));
      await expectRefused(sessions.finish(loginId, callback.href), detail);
    }
  });

  it('J14: is refused where the provider shows a secret among its keys', async () => {
    const { loginId, callback } = await walk();
    lie = (request, answer) => {
      if (!request.url.endsWith('/jwks')) return answer;
      const { keys } = JSON.parse(answer.body) as { keys: object[] };
      return { ...answer, body: JSON.stringify({ keys: [...keys, { kty: 'oct', kid: 'shared', k: 'AAAA' }] }) };
    };
    await expectRefused(sessions.finish(loginId, callback.href), 'provider keys');
  });

  it('is single use, also when it failed, and for two callers at once', async () => {
    const first = await walk();
    await sessions.finish(first.loginId, first.callback.href);
    await expectRefused(sessions.finish(first.loginId, first.callback.href), 'login unknown or used');

    const failed = await walk();
    await expectRefused(sessions.finish(failed.loginId, `${failed.callback.href}&state=x`), 'code exchange');
    await expectRefused(sessions.finish(failed.loginId, failed.callback.href), 'login unknown or used');

    const doubled = await walk();
    const both = [1, 2, 3].map(() => sessions.finish(doubled.loginId, doubled.callback.href));
    const outcomes = (await Promise.allSettled(both)).map(({ status }) => status);
    expect(outcomes.toSorted()).toEqual(['fulfilled', 'rejected', 'rejected']);
  });

  it('is refused after ten minutes, and for an id that was never given', async () => {
    const { loginId, callback } = await walk();
    clock.advance(10 * 60_000);
    await expectRefused(sessions.finish(loginId, callback.href), 'login expired');
    await expectRefused(sessions.finish('x'.repeat(43), callback.href), 'login unknown or used');
    await expectRefused(sessions.finish("' or true --", callback.href), 'login id grammar');
  });

  it('is refused where the browser came back elsewhere than it was sent', async () => {
    const moves = [
      (url: URL) => url.href.replace(':50321', ':50322'),
      (url: URL) => url.href.replace('/callback', '/callback/'),
      (url: URL) => url.href.replace('127.0.0.1', 'localhost'),
      (url: URL) => `${url.href}#fragment`,
      () => 'not an address',
    ];
    for (const move of moves) {
      const { loginId, callback } = await walk();
      await expectRefused(sessions.finish(loginId, move(callback)), 'callback address');
    }
  });

  it('W19: sends nobody anywhere but to a loopback address by number', async () => {
    const elsewhere = [
      'https://127.0.0.1:50321/callback',
      'http://localhost:50321/callback',
      'http://127.0.0.1/callback',
      'http://127.0.0.1:0/callback',
      'http://127.0.0.1:80/callback',
      'http://127.0.0.1:99999/callback',
      'http://127.0.0.1:50321/other',
      'http://127.0.0.1:50321/callback?next=https://evil.example',
      'http://127.0.0.1:50321@evil.example/callback',
      'http://127.0.0.1:50321/callback\n',
      'https://evil.example/callback',
    ];
    for (const uri of elsewhere) expect((await refusal(sessions.start(uri))).code).toBe('redirect_uri_refused');
  });

  it('ends with the token it rests on, where that is sooner than 8 hours', async () => {
    const { loginId, callback } = await walk();
    const exp = Math.floor(clock.now() / 1000) + 3600;
    lie = withIdToken((token) => resigned(token, { exp }));
    const { session } = await sessions.finish(loginId, callback.href);
    expect(session.expiresAtMs).toBe(exp * 1000);
  });

  it('answers 503 while the provider is away, at either step, and works again afterwards', async () => {
    const failures: Lie[] = [
      () => Promise.reject(new ProtocolError('network_failed', 'the other side could not be reached')),
      (_request, answer) => ({ ...answer, status: 502, body: '' }),
    ];
    const atToken =
      (failure: Lie): Lie =>
      (request, answer) =>
        request.url.endsWith('/token') ? failure(request, answer) : answer;
    for (const failure of failures) {
      const begun = await walk();
      lie = atToken(failure);
      expect((await refusal(sessions.finish(begun.loginId, begun.callback.href))).code).toBe('provider_unreachable');
      lie = (_request, answer) => answer;
    }
    for (const failure of failures) {
      // Without a description of the provider in memory.
      sessions = newSessions();
      lie = failure;
      expect((await refusal(sessions.start(REDIRECT))).problem).toMatchObject({ status: 503, retryAfterSeconds: 5 });
      lie = (_request, answer) => answer;
      const { loginId, callback } = await walk();
      lie = failure;
      expect((await refusal(sessions.finish(loginId, callback.href))).code).toBe('provider_unreachable');
      lie = (_request, answer) => answer;
      const next = await walk();
      await sessions.finish(next.loginId, next.callback.href);
    }
  });

  it('trusts no provider that describes itself with another issuer or an address in the open', async () => {
    const descriptions = [
      { issuer: 'http://127.0.0.1:1' },
      { issuer: `${idp.url}/` },
      { token_endpoint: 'http://10.0.0.5/token' },
      { jwks_uri: 'http://127.0.0.1.evil.example/jwks' },
      { authorization_endpoint: 'http://evil.example/auth' },
      { jwks_uri: undefined },
    ];
    for (const change of descriptions) {
      lie = (_request, answer) => ({ ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), ...change }) });
      expect((await refusal(sessions.start(REDIRECT))).code).toBe('provider_unreachable');
    }
  });

  it('keeps neither the login id nor the session token, only their SHA-256', async () => {
    const pending = await sessions.start(REDIRECT);
    const { loginId, callback } = await walk();
    const { sessionToken } = await sessions.finish(loginId, callback.href);
    for (const [table, secret] of [
      ['login_attempt', pending.loginId],
      ['officer_session', sessionToken],
    ] as const) {
      const rows: unknown = await dataSource.query(`select t::text as row from ${table} t`);
      const text = JSON.stringify(rows);
      expect(text).not.toContain(secret);
      expect(text).not.toContain(Buffer.from(secret, 'base64url').toString('hex'));
      expect(text).not.toContain(Buffer.from(secret).toString('hex'));
    }
  });
});

async function refusal(attempt: Promise<unknown>): Promise<SessionError> {
  const error = await attempt.then(
    () => new Error('it was accepted'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof SessionError)) throw error;
  return error;
}

/** The token endpoint's answer with another ID token in it. */
function withIdToken(edit: (idToken: string) => string | Promise<string>): Lie {
  return async (request, answer) => {
    if (!request.url.endsWith('/token')) return answer;
    const body = JSON.parse(answer.body) as { id_token: string };
    return { ...answer, body: JSON.stringify({ ...body, id_token: await edit(body.id_token) }) };
  };
}

/** Refused as every failure is, privately for `detail`. */
async function expectRefused(attempt: Promise<unknown>, detail: string): Promise<void> {
  const error = await refusal(attempt);
  expect(error.problem).toEqual({
    type: 'urn:comity:problem:not_signed_in',
    title: 'sign in with your agency, then try again',
    status: 401,
    code: 'not_signed_in',
  });
  expect(error.detail).toContain(detail);
}
