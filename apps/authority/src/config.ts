import { readFileSync } from 'node:fs';
import { parseTlogPolicy, type TlogPolicy } from '#ledger';
import { isJsonObject, parseStrictObject, type JsonObject } from '#protocol';
import { networkList, type Egress } from '#protocol/io';
import { parseEntityId, type EntityId } from '#trust';
import { AuthorityConfigError } from './authority-config-error.js';
import { jurisdictionsWithKeys, readAuthorityKeys, type AuthorityKeys } from './authority-keys.js';
import { readRegister, type Register } from './register.js';

export interface AuthorityConfig {
  readonly environment: 'development' | 'production';
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Entity id of the anchor, and the address under which everything here is published. */
  readonly anchor: string;
  readonly databaseUrl: string | undefined;
  /** Where the embedded database server keeps its files in development without `databaseUrl`. */
  readonly dataDirectory: string;
  readonly keys: AuthorityKeys;
  /** Whom it may call: nodes that it enrolled, by names that they chose. */
  readonly egress: Egress;
  /** Who cosigns the authority's own ledger, and is asked at each start what they saw of it. */
  readonly witnessPolicy: TlogPolicy | undefined;
  /** For the first start alone; a database that was begun has its own. */
  readonly register: Register | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

const MAX_REGISTER_BYTES = 8 * 1_024 * 1_024;

/**
 * One read of the environment, the register and the key files:
 * `COMITY_ENV` (`development` or `production`), `COMITY_HOST` (127.0.0.1), `PORT`, `COMITY_BASE_URL`, `DATABASE_URL`
 * (development may leave it out for an embedded server in `COMITY_DATA`), `COMITY_AUTHORITY_KEYS`, and for the first start
 * `COMITY_REGISTER`; `COMITY_REACHABLE_NETWORKS` (none), `COMITY_WITNESS_POLICY` (none, a file).
 *
 * @throws AuthorityConfigError with every problem
 */
export async function readAuthorityConfig(env: Environment): Promise<AuthorityConfig> {
  const problems: string[] = [];
  const environment = readEnvironment(env, problems);
  const anchor = readBaseUrl(env, environment, problems);
  const port = readPort(env, problems);
  const databaseUrl = env['DATABASE_URL'] === '' ? undefined : env['DATABASE_URL'];
  if (databaseUrl === undefined && environment !== 'development') {
    problems.push('DATABASE_URL is missing: the embedded server is for development only');
  }
  const networks = readNetworks(env, problems);
  const witnessPolicy = readWitnessPolicy(env['COMITY_WITNESS_POLICY'], problems);
  const path = env['COMITY_REGISTER'] === '' ? undefined : env['COMITY_REGISTER'];
  const file = readRegisterFile(path, problems);
  const directory = required(env, 'COMITY_AUTHORITY_KEYS', problems);
  const ids = [...new Set([...jurisdictionIds(file), ...(directory ? jurisdictionsWithKeys(directory) : [])])];
  const keys = directory && (await readAuthorityKeys(directory, anchor, ids, problems));
  const jurisdictionJwks = (id: string): JsonObject | undefined => {
    const key = keys ? keys.jurisdictions.get(id) : undefined;
    return key && { keys: [key.publicJwk] };
  };
  const context = { anchor, anchorKid: keys ? keys.anchor.kid : undefined, jurisdictionJwks };
  const register = file && (await readRegister(file, context, problems));
  if (problems.length > 0 || !environment || !keys) throw new AuthorityConfigError(problems);
  const host = env['COMITY_HOST'] ?? '127.0.0.1';
  const dataDirectory = env['COMITY_DATA'] ?? '.comity/authority';
  // On loopback stands nothing but a development federation; below any other anchor it is an attacker's address (W11).
  const egress = { loopback: anchor.startsWith('http:'), networks };
  return Object.freeze({
    environment,
    host,
    port,
    anchor,
    databaseUrl,
    dataDirectory,
    keys,
    egress,
    witnessPolicy,
    register,
  });
}

function readEnvironment(env: Environment, problems: string[]): AuthorityConfig['environment'] | undefined {
  const value = env['COMITY_ENV'];
  if (value === 'development' || value === 'production') return value;
  problems.push('COMITY_ENV is neither `development` nor `production`');
  return undefined;
}

function readBaseUrl(env: Environment, environment: string | undefined, problems: string[]): string {
  const value = required(env, 'COMITY_BASE_URL', problems) ?? '';
  const parsed = entityIdOf(value);
  if (value !== '' && !parsed)
    problems.push('COMITY_BASE_URL is not an entity id: https, one spelling, no final slash');
  if (parsed?.loopback && environment !== 'development') {
    problems.push('COMITY_BASE_URL is plain http on loopback, which is for development only');
  }
  return value;
}

function entityIdOf(value: string): EntityId | undefined {
  try {
    return parseEntityId(value);
  } catch {
    return undefined;
  }
}

function readPort(env: Environment, problems: string[]): number {
  const text = env['PORT'] ?? '';
  const port = Number(text);
  if (/^[0-9]{1,5}$/.test(text) && port <= 65_535) return port;
  problems.push('PORT is not a port');
  return 0;
}

function readNetworks(env: Environment, problems: string[]): string[] {
  const networks = (env['COMITY_REACHABLE_NETWORKS'] ?? '').split(' ').filter((network) => network !== '');
  try {
    networkList(networks);
  } catch (error) {
    problems.push(`COMITY_REACHABLE_NETWORKS: ${error instanceof Error ? error.message : 'no list of networks'}`);
  }
  return networks;
}

function readWitnessPolicy(path: string | undefined, problems: string[]): TlogPolicy | undefined {
  if (path === undefined || path === '') return undefined;
  try {
    const policy = parseTlogPolicy(readFileSync(path, 'utf8'));
    if (policy.witnesses.some(({ url }) => url !== undefined)) return policy;
    problems.push(`COMITY_WITNESS_POLICY: no \`witness\` line of \`${path}\` has an address to ask`);
  } catch (error) {
    const why = error instanceof Error ? error.message : 'it cannot be read';
    problems.push(`COMITY_WITNESS_POLICY: \`${path}\` is no witness policy: ${why}`);
  }
  return undefined;
}

function required(env: Environment, name: string, problems: string[]): string | undefined {
  const value = env[name];
  if (value !== undefined && value !== '') return value;
  problems.push(`${name} is missing`);
  return undefined;
}

function readRegisterFile(path: string | undefined, problems: string[]): JsonObject | undefined {
  if (path === undefined) return undefined;
  try {
    return parseStrictObject(readFileSync(path), { maxBytes: MAX_REGISTER_BYTES });
  } catch {
    problems.push(`COMITY_REGISTER: the file \`${path}\` cannot be read as JSON`);
    return undefined;
  }
}

/** Read ahead of the register itself, whose entries need the keys; what is odd in them is reported there. */
function jurisdictionIds(file: JsonObject | undefined): string[] {
  const list = file?.['jurisdictions'];
  const ids = Array.isArray(list) ? list.map((entry) => (isJsonObject(entry) ? entry['id'] : undefined)) : [];
  return ids.filter((id) => typeof id === 'string' && /^[a-z0-9]{1,16}$/.test(id)) as string[];
}
