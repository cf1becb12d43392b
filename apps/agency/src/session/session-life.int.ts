import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ProtocolError, type Network } from '#protocol';
import { systemClock, systemRandomness, LOOPBACK_TOO, undiciNetwork, type ClosableNetwork } from '#protocol/io';
import { fakeClock, type FakeClock } from '../../../../test/support/fakes.js';
import {
  createSessionDatabase,
  startTestIdp,
  walkSignIn,
  type TestIdp,
} from '../../../../test/support/officer-login.js';
import { officerPseudonym, OfficerSessions, verifyOfficerIdToken, type FinishedLogin } from './index.js';

const REDIRECT = 'http://127.0.0.1:50322/callback';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

describe('a session', () => {
  let idp: TestIdp;
  let network: ClosableNetwork;
  let dataSource: DataSource;
  let clock: FakeClock;
  let reach: Network['request'];
  let sessions: OfficerSessions;

  beforeAll(async () => {
    idp = await startTestIdp({
      clients: ['juniper-bend'],
      algorithm: 'Ed25519',
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
    reach = (request) => network.request(request);
    sessions = newSessions();
  });

  const newSessions = () =>
    new OfficerSessions({
      dataSource,
      clock,
      randomness: systemRandomness,
      network: { request: (request) => reach(request) },
      provider: {
        issuer: idp.url,
        clientId: 'juniper-bend',
        clientSecret: idp.clientSecret,
        acrValues: ['urn:comity:acr:mfa'],
        allowLoopbackHttp: true,
      },
      pseudonymKey: new Uint8Array(32).fill(9),
    });

  const login = async (username = 'vega'): Promise<FinishedLogin> => {
    const { loginId, authorizationUrl } = await sessions.start(REDIRECT);
    const credentials = idp.credentials(username);
    return sessions.finish(loginId, await walkSignIn({ authorizationUrl, redirectUri: REDIRECT, ...credentials }));
  };

  const expectEnded = (token: string) =>
    expect(sessions.authenticate(token)).rejects.toMatchObject({
      code: 'not_signed_in',
      problem: { status: 401, title: 'sign in with your agency, then try again' },
    });

  it('lives while it is used at least every 30 minutes', async () => {
    const { sessionToken } = await login();
    for (let use = 0; use < 4; use += 1) {
      clock.advance(30 * MINUTE_MS - 1);
      await sessions.authenticate(sessionToken);
    }
    clock.advance(30 * MINUTE_MS);
    await expectEnded(sessionToken);
  });

  it('ends after 8 hours, however much it is used', async () => {
    const { sessionToken, session } = await login();
    expect(session.expiresAtMs - session.issuedAtMs).toBe(8 * HOUR_MS);
    for (let use = 0; use < 8 * 3 - 1; use += 1) {
      clock.advance(20 * MINUTE_MS);
      await sessions.authenticate(sessionToken);
    }
    clock.advance(20 * MINUTE_MS - 1);
    await sessions.authenticate(sessionToken);
    clock.advance(1);
    await expectEnded(sessionToken);
  });

  it('rests on evidence that is valid whenever it is: an owner accepts the token to its last instant', async () => {
    const { session } = await login();
    const provider = await sessions.providerKeys();
    const approvedAt = session.expiresAtMs - 1;
    const now = approvedAt + 24 * HOUR_MS;
    const officer = await verifyOfficerIdToken({ idToken: session.idToken, provider, now, approvedAt });
    expect(officer).toMatchObject({ sub: session.sub, digest: session.idTokenDigest });
  });

  it('N03: ends when the same person signs in elsewhere; another person’s goes on', async () => {
    const [first, supervisor] = [await login(), await login('okafor')];
    const second = await login();
    expect(second.sessionToken).not.toBe(first.sessionToken);
    await expectEnded(first.sessionToken);
    await sessions.authenticate(second.sessionToken);
    await sessions.authenticate(supervisor.sessionToken);
    const ended: unknown = await dataSource.query(
      `select ended_reason from officer_session where sub = 'sub-vega' and ended_at is not null order by issued_at desc, ended_at desc limit 1`,
    );
    expect(ended).toEqual([{ ended_reason: 'superseded' }]);
  });

  it('N03: is one, also when a person signs in twice at once', async () => {
    const logins = await Promise.all([login(), login(), login()]);
    const alive = await Promise.allSettled(logins.map(({ sessionToken }) => sessions.authenticate(sessionToken)));
    expect(alive.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('ends when the person signs out, once', async () => {
    const { sessionToken } = await login();
    await sessions.end(sessionToken);
    await expectEnded(sessionToken);
    await expect(sessions.end(sessionToken)).rejects.toMatchObject({ code: 'not_signed_in' });
  });

  it('ends when the agency revokes the person', async () => {
    const { sessionToken } = await login();
    expect(await sessions.revoke('sub-vega')).toBe(1);
    expect(await sessions.revoke('sub-vega')).toBe(0);
    await expectEnded(sessionToken);
  });

  it('survives a restart of the node', async () => {
    const { sessionToken, session } = await login();
    sessions = newSessions();
    expect(await sessions.authenticate(sessionToken)).toEqual(session);
  });

  it('is found by its token only: nothing else passes, and all of it reads the same', async () => {
    await login();
    for (const token of ['', 'x'.repeat(43), 'x'.repeat(42), "' or true --", '\u0000'.repeat(43)])
      await expectEnded(token);
  });

  it('shows the same pseudonym at every sign-in, and another under another key', async () => {
    const [first, second, other] = [await login(), await login(), await login('okafor')];
    expect(second.session.pseudonym).toBe(first.session.pseudonym);
    expect(other.session.pseudonym).not.toBe(first.session.pseudonym);
    const key = new Uint8Array(32).fill(8);
    expect(officerPseudonym(key, idp.url, 'sub-vega')).not.toBe(first.session.pseudonym);
  });

  describe('and the keys of its provider', () => {
    it('are published with issuer, client and levels, without private members', async () => {
      const { d: _private, ...publicJwk } = idp.signingJwk;
      expect(await sessions.providerKeys()).toEqual({
        issuer: idp.url,
        client_id: 'juniper-bend',
        jwks: { keys: [publicJwk] },
        acr_values: ['urn:comity:acr:mfa'],
      });
    });

    it('are fetched again after five minutes, so that a roll is seen', async () => {
      await sessions.providerKeys();
      reach = async (request) => {
        const answer = await network.request(request);
        if (!request.url.endsWith('/jwks')) return answer;
        return { ...answer, body: JSON.stringify(renamed(answer.body, 'rolled')) };
      };
      expect((await sessions.providerKeys()).jwks.keys[0]?.['kid']).toBe(idp.signingJwk['kid']);
      clock.advance(5 * MINUTE_MS);
      expect((await sessions.providerKeys()).jwks.keys[0]?.['kid']).toBe('rolled');
    });

    it('are those of the sign-in at once, when it came under a new key', async () => {
      reach = async (request) => {
        const answer = await network.request(request);
        if (!request.url.endsWith('/jwks')) return answer;
        return { ...answer, body: JSON.stringify(renamed(answer.body, 'before')) };
      };
      expect((await sessions.providerKeys()).jwks.keys[0]?.['kid']).toBe('before');
      reach = (request) => network.request(request);
      await login();
      expect((await sessions.providerKeys()).jwks.keys[0]?.['kid']).toBe(idp.signingJwk['kid']);
    });

    it('are published for an hour while the provider is away, and then no longer', async () => {
      const known = await sessions.providerKeys();
      reach = () => Promise.reject(new ProtocolError('network_failed', 'away'));
      clock.advance(HOUR_MS - 1);
      expect(await sessions.providerKeys()).toEqual(known);
      clock.advance(1);
      await expect(sessions.providerKeys()).rejects.toMatchObject({ code: 'provider_unreachable' });
    });
  });

  it('is not to be had from a provider without TLS, outside development', () => {
    const provider = { issuer: idp.url, clientId: 'c', acrValues: ['a'], allowLoopbackHttp: false };
    const options = { dataSource, clock, randomness: systemRandomness, network, pseudonymKey: new Uint8Array(32) };
    expect(() => new OfficerSessions({ ...options, provider })).toThrow('https');
    const remote = { ...provider, issuer: 'http://idp.example', allowLoopbackHttp: true };
    expect(() => new OfficerSessions({ ...options, provider: remote })).toThrow('https');
  });
});

function renamed(jwks: string, kid: string): unknown {
  const { keys } = JSON.parse(jwks) as { keys: Record<string, unknown>[] };
  return { keys: keys.map((key) => ({ ...key, kid })) };
}
