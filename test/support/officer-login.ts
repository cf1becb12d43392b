import type { DataSource } from 'typeorm';
import { createDataSource, runMigrations } from '#postgres/io';
import type { Clock, JsonObject } from '#protocol';
import { systemClock, systemRandomness } from '#protocol/io';
import { createDevIdp } from '../../apps/dev-idp/src/app.js';
import { readDevIdpConfig } from '../../apps/dev-idp/src/config.js';
import { generateProviderJwk, type IdTokenAlgorithm } from '../../apps/dev-idp/src/signing-keys.js';
import { migrations } from '../../migrations/agency-session/index.js';
import { createTestDatabase } from './database.js';

export {
  scriptedLogin,
  ScriptedLoginError,
  walkSignIn,
  type Credentials,
  type ScriptedLoginInput,
  type SignInWalk,
} from '../../apps/dev-idp/src/scripted-login.js';

export interface TestAccount {
  readonly username: string;
  readonly roles: readonly string[];
  /** Client ids; all of the provider's where it is left out. */
  readonly clients?: readonly string[];
}

export interface TestIdp {
  readonly url: string;
  /** The provider's private key, for tests that forge what it signs. */
  readonly signingJwk: JsonObject;
  readonly clientSecret: string;
  /** What `scriptedLogin` needs to be this person. */
  credentials(username: string): { username: string; password: string; totpSecret: string };
  close(): Promise<void>;
}

const CLIENT_SECRET = 'a-client-secret-for-tests-only-0123456789';
const PASSWORD = 'correct horse battery staple';
const TOTP_SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';

/** The development provider in this process, on a free port, with one confidential client an id. */
export async function startTestIdp(options: {
  readonly clients: readonly string[];
  readonly accounts: readonly TestAccount[];
  readonly algorithm?: IdTokenAlgorithm;
  readonly clock?: Clock;
}): Promise<TestIdp> {
  const signingJwk = await generateProviderJwk(options.algorithm ?? 'ES256');
  const accounts = options.accounts.map((account) => ({
    sub: `sub-${account.username}`,
    username: account.username,
    password: PASSWORD,
    name: `Person ${account.username}`,
    roles: account.roles,
    clients: account.clients ?? options.clients,
    totp_secret: TOTP_SECRET,
    demo: true,
  }));
  const clients = options.clients.map((id) => ({
    client_id: id,
    client_name: `Agency ${id}`,
    client_secret: CLIENT_SECRET,
    redirect_uris: ['http://127.0.0.1/callback'],
  }));
  const files = new Map<string, string>([
    ['keys', JSON.stringify({ keys: [signingJwk] })],
    ['accounts', JSON.stringify({ accounts })],
    ['clients', JSON.stringify({ clients })],
  ]);
  const config = readDevIdpConfig(
    {
      COMITY_ENV: 'development',
      COMITY_IDP_KEYS: 'keys',
      COMITY_IDP_ACCOUNTS: 'accounts',
      COMITY_IDP_CLIENTS: 'clients',
    },
    (path) => files.get(path) ?? '',
  );
  const idp = await createDevIdp(config, { clock: options.clock ?? systemClock, randomness: systemRandomness });
  return {
    url: idp.url,
    signingJwk,
    clientSecret: CLIENT_SECRET,
    credentials: (username) => ({ username, password: PASSWORD, totpSecret: TOTP_SECRET }),
    close: () => idp.close(),
  };
}

/** An empty database with the tables of officers' sessions only. */
export async function createSessionDatabase(): Promise<DataSource> {
  const { url, dataSource: empty } = await createTestDatabase('empty');
  await empty.destroy();
  const dataSource = await createDataSource({ url, entities: [], migrations }).initialize();
  await runMigrations(dataSource);
  return dataSource;
}
