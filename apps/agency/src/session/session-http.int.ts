import { Controller, Get, Module, Post, UseGuards } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createHttpApp,
  systemClock,
  systemRandomness,
  LOOPBACK_TOO,
  undiciNetwork,
  type ClosableNetwork,
} from '#protocol/io';
import {
  createSessionDatabase,
  scriptedLogin,
  ScriptedLoginError,
  startTestIdp,
  type TestIdp,
} from '../../../../test/support/officer-login.js';
import { CurrentOfficer, OfficerGuard, OfficerSessions, Roles, SessionModule, type OfficerSession } from './index.js';

@Controller('desk')
@UseGuards(OfficerGuard)
class DeskController {
  @Get('me')
  me(@CurrentOfficer() officer: OfficerSession) {
    return { pseudonym: officer.pseudonym, acr: officer.acr };
  }

  @Post('approve')
  @Roles('supervisor')
  approve() {
    return { approved: true };
  }
}

@Controller('open')
class UnguardedController {
  @Get()
  me(@CurrentOfficer() officer: OfficerSession) {
    return { pseudonym: officer.pseudonym };
  }
}

describe('sessions over HTTP', () => {
  let idp: TestIdp;
  let network: ClosableNetwork;
  let dataSource: DataSource;
  let app: NestFastifyApplication;
  let agencyUrl: string;

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
    const sessions = new OfficerSessions({
      dataSource,
      clock: systemClock,
      randomness: systemRandomness,
      network,
      provider: {
        issuer: idp.url,
        clientId: 'juniper-bend',
        clientSecret: idp.clientSecret,
        acrValues: ['urn:comity:acr:mfa'],
        allowLoopbackHttp: true,
      },
      pseudonymKey: systemRandomness.bytes(32),
    });
    @Module({ imports: [SessionModule.register(sessions)], controllers: [DeskController, UnguardedController] })
    class TestModule {}
    app = await createHttpApp(TestModule, { problemOf: () => undefined });
    await app.listen(0, '127.0.0.1');
    agencyUrl = await app.getUrl();
  });

  afterAll(async () => {
    await app.close();
    await dataSource.destroy();
    await network.close();
    await idp.close();
  });

  const call = async (
    method: string,
    path: string,
    options: { token?: string; body?: unknown; headers?: object } = {},
  ) => {
    const answer = await fetch(`${agencyUrl}${path}`, {
      method,
      headers: {
        ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      body: options.body === undefined ? null : JSON.stringify(options.body),
    });
    return { status: answer.status, text: await answer.text() };
  };

  const login = (username: string) => scriptedLogin({ agencyUrl, network, ...idp.credentials(username) });

  it('begin with code, PKCE and both factors, and carry a person to a guarded route', async () => {
    const token = await login('vega');
    const me = await call('GET', '/desk/me', { token });
    expect(JSON.parse(me.text)).toEqual({
      pseudonym: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/) as string,
      acr: 'urn:comity:acr:mfa',
    });
  });

  it('N04: do not begin for a stolen password', async () => {
    const stolen = { ...idp.credentials('vega'), totpSecret: 'AAAAAAAAAAAAAAAA' };
    await expect(scriptedLogin({ agencyUrl, ...stolen })).rejects.toThrow(
      new ScriptedLoginError('the code is not right'),
    );
  });

  it('let a role do what is its own, and refuse the rest with 403', async () => {
    expect(await call('POST', '/desk/approve', { token: await login('okafor') })).toMatchObject({ status: 201 });
    const refused = await call('POST', '/desk/approve', { token: await login('vega') });
    expect(refused.status).toBe(403);
    expect(JSON.parse(refused.text)).toMatchObject({ code: 'role_missing' });
  });

  it('fail with one text, whatever failed', async () => {
    const ended = await login('vega');
    expect((await call('POST', '/session/end', { token: ended })).status).toBe(204);
    const finish = (login_id: string, callback_url: string) =>
      call('POST', '/session/finish', { body: { login_id, callback_url } });
    const started = JSON.parse(
      (await call('POST', '/session/start', { body: { redirect_uri: 'http://127.0.0.1:50333/callback' } })).text,
    ) as { login_id: string };
    const failures = [
      await call('GET', '/desk/me'),
      await call('GET', '/desk/me', { token: ended }),
      await call('GET', '/desk/me', { token: 'x'.repeat(43) }),
      await call('GET', '/desk/me', { headers: { authorization: `Basic ${ended}` } }),
      await call('POST', '/session/end', { token: ended }),
      await call('POST', '/session/end'),
      await finish('x'.repeat(43), 'http://127.0.0.1:50333/callback?code=x&state=y'),
      await finish(started.login_id, 'http://127.0.0.1:50333/callback?code=x&state=y'),
      await call('GET', '/open'),
    ];
    expect(new Set(failures.map(({ status, text }) => `${status} ${text}`))).toEqual(
      new Set([`401 ${failures[0]?.text}`]),
    );
    expect(JSON.parse(failures[0]?.text ?? '')).toEqual({
      type: 'urn:comity:problem:not_signed_in',
      title: 'sign in with your agency, then try again',
      status: 401,
      code: 'not_signed_in',
    });
  });

  it('W18: are carried by the Authorization header alone, never by a cookie, a query or a body', async () => {
    const token = await login('vega');
    for (const attempt of [
      call('GET', '/desk/me', { headers: { cookie: `session=${token}; session_token=${token}` } }),
      call('GET', `/desk/me?access_token=${token}&session_token=${token}`),
      call('POST', '/desk/approve', { body: { session_token: token } }),
    ]) {
      expect((await attempt).status).toBe(401);
    }
  });

  it('W08, W19: begin with a loopback redirect and no other member', async () => {
    const bodies = [
      {},
      [],
      { redirect_uri: 'https://evil.example/callback' },
      { redirect_uri: ['http://127.0.0.1:50333/callback'] },
      { redirect_uri: 'http://127.0.0.1:50333/callback', roles: ['supervisor'] },
      { redirect_uri: 'http://127.0.0.1:99999/callback' },
    ];
    for (const body of bodies) expect((await call('POST', '/session/start', { body })).status).toBe(400);
    for (const body of [
      {},
      { login_id: 'x' },
      { login_id: 'x'.repeat(43), callback_url: 7 },
      { login_id: ['x'], callback_url: '' },
    ]) {
      expect((await call('POST', '/session/finish', { body })).status).toBe(400);
    }
  });
});
