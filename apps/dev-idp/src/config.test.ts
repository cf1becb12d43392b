import { beforeAll, describe, expect, it } from 'vitest';
import { createDevIdp } from './app.js';
import { hashPassword, passwordMatches } from './accounts.js';
import { DevIdpConfigError, readDevIdpConfig, type DevIdpConfig } from './config.js';
import { generateProviderJwk } from './signing-keys.js';

const CLIENT = { client_id: 'juniper-bend', client_name: 'Juniper Bend', redirect_uris: ['http://127.0.0.1/callback'] };
const ACCOUNT = {
  sub: 'sub-1',
  username: 'vega',
  password: 'correct horse',
  name: 'A. Vega',
  roles: ['officer'],
  clients: ['juniper-bend'],
  totp_secret: 'JBSWY3DPEHPK3PXP',
  demo: true,
};

const ENVIRONMENT = {
  COMITY_ENV: 'development',
  COMITY_IDP_ACCOUNTS: '/accounts.json',
  COMITY_IDP_CLIENTS: '/clients.json',
  COMITY_IDP_KEYS: '/keys.json',
};

describe('the configuration of the development identity provider', () => {
  let keys: string;

  beforeAll(async () => {
    keys = JSON.stringify({ keys: [await generateProviderJwk('ES256')] });
  });

  const read = (
    change: {
      environment?: Record<string, string | undefined>;
      accounts?: unknown;
      clients?: unknown;
      keys?: string;
    } = {},
  ): DevIdpConfig => {
    const files: Record<string, string | undefined> = {
      '/accounts.json': JSON.stringify({ accounts: change.accounts ?? [ACCOUNT] }),
      '/clients.json': JSON.stringify({ clients: change.clients ?? [CLIENT] }),
      '/keys.json': change.keys ?? keys,
    };
    return readDevIdpConfig({ ...ENVIRONMENT, ...change.environment }, (path) => {
      const text = files[path];
      if (text === undefined) throw new Error('no such file');
      return text;
    });
  };

  const problemsOf = (change: Parameters<typeof read>[0]): readonly string[] => {
    try {
      read(change);
    } catch (error) {
      if (error instanceof DevIdpConfigError) return error.problems;
      throw error;
    }
    return [];
  };

  it('reads accounts, clients and keys', () => {
    const config = read({ environment: { COMITY_IDP_PORT: '4400' } });
    expect(config).toMatchObject({ environment: 'development', host: '127.0.0.1', port: 4400 });
    expect(config.accounts[0]).toMatchObject({ username: 'vega', roles: ['officer'] });
    expect(config.signingKeys.algorithm).toBe('ES256');
  });

  it('N09: refuses to start outside development', async () => {
    for (const COMITY_ENV of [undefined, '', 'production', 'Development', 'test']) {
      expect(problemsOf({ environment: { COMITY_ENV } })).toEqual([expect.stringContaining('COMITY_ENV')]);
    }
    // A program that skips the environment is refused as well.
    const forced = { ...read(), environment: 'production' } as unknown as DevIdpConfig;
    await expect(createDevIdp(forced)).rejects.toBeInstanceOf(DevIdpConfigError);
  });

  it('N09: refuses to listen where another machine could reach it', async () => {
    for (const host of ['0.0.0.0', '::', '10.0.0.5', 'localhost', '127.0.0.1.example.com']) {
      expect(problemsOf({ environment: { COMITY_IDP_HOST: host } })).toEqual([expect.stringContaining('loopback')]);
    }
    const forced = { ...read(), host: '0.0.0.0' } as unknown as DevIdpConfig;
    await expect(createDevIdp(forced)).rejects.toBeInstanceOf(DevIdpConfigError);
  });

  it('lists every problem in one error', () => {
    const environment = {
      COMITY_ENV: 'production',
      COMITY_IDP_HOST: '0.0.0.0',
      COMITY_IDP_PORT: '99999',
      COMITY_IDP_ACCOUNTS: undefined,
      COMITY_IDP_CLIENTS: '/absent.json',
      COMITY_IDP_KEYS: '',
    };
    const named = [
      'COMITY_ENV',
      'COMITY_IDP_HOST',
      'COMITY_IDP_PORT',
      'COMITY_IDP_ACCOUNTS',
      'COMITY_IDP_CLIENTS',
      'COMITY_IDP_KEYS',
    ];
    const problems = problemsOf({ environment });
    for (const name of named) expect(problems.filter((problem) => problem.includes(name))).toHaveLength(1);
  });

  it('takes a plain password for a demonstration account only', () => {
    expect(problemsOf({ accounts: [{ ...ACCOUNT, demo: false }] })).toEqual([
      expect.stringContaining('plain password'),
    ]);
  });

  it('names the place of a bad entry and never its value', () => {
    const problems = problemsOf({ accounts: [{ ...ACCOUNT, totp_secret: 'secret-of-a-person', admin: true }] });
    expect(problems).toHaveLength(2);
    for (const problem of problems) expect(problem).toMatch(/^COMITY_IDP_ACCOUNTS: accounts\[0\]: /);
    expect(problems.join()).not.toContain('secret-of-a-person');
  });

  it('refuses arrays for objects, unknown roles, unknown clients, names used twice', () => {
    expect(problemsOf({ accounts: [[]] })).toEqual([expect.stringContaining('not an object')]);
    expect(problemsOf({ accounts: [] })).toEqual([expect.stringContaining('at least one entry')]);
    expect(problemsOf({ accounts: [{ ...ACCOUNT, roles: ['admin'] }] })).toHaveLength(1);
    expect(problemsOf({ accounts: [{ ...ACCOUNT, roles: 'officer' }] })).not.toHaveLength(0);
    expect(problemsOf({ accounts: [{ ...ACCOUNT, clients: ['elsewhere'] }] })).toEqual([
      expect.stringContaining('`elsewhere`'),
    ]);
    expect(problemsOf({ accounts: [ACCOUNT, ACCOUNT] })).toHaveLength(2);
    expect(problemsOf({ clients: [CLIENT, CLIENT] })).toEqual([expect.stringContaining('used twice')]);
  });

  it('takes loopback redirect addresses only', () => {
    for (const uri of [
      'https://example.com/callback',
      'http://localhost/callback',
      'http://127.0.0.1@evil.example/callback',
      'http://127.0.0.1/callback?x=1',
      'com.example:/callback',
    ]) {
      expect(problemsOf({ clients: [{ ...CLIENT, redirect_uris: [uri] }] })).toHaveLength(1);
    }
  });

  it('takes private keys of one kind only', async () => {
    const [ec, ed] = [await generateProviderJwk('ES256'), await generateProviderJwk('Ed25519')];
    const { d: _, ...publicHalf } = ec;
    for (const file of [{ keys: [ec, ed] }, { keys: [publicHalf] }, { keys: [] }, { kty: 'oct', k: 'AAAA', d: 'AA' }]) {
      expect(problemsOf({ keys: JSON.stringify(file) })).toEqual([expect.stringContaining('COMITY_IDP_KEYS')]);
    }
    expect(read({ keys: JSON.stringify(ed) }).signingKeys.algorithm).toBe('Ed25519');
  });
});

describe('a password', () => {
  it('is kept as a salted scrypt hash that only it matches', async () => {
    const password = await hashPassword('correct horse battery', new Uint8Array(16).fill(7));
    const account = Object.assign(Object.create(null), ACCOUNT, { password, demo: false }) as never;
    expect(password).not.toContain('correct');
    expect(await passwordMatches(account, 'correct horse battery')).toBe(true);
    expect(await passwordMatches(account, 'correct horse batterz')).toBe(false);
    expect(await passwordMatches(account, password)).toBe(false);
  });

  it('never matches where there is no account, not even an empty one', async () => {
    expect(await passwordMatches(undefined, '')).toBe(false);
  });
});
