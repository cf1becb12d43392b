import { readFileSync } from 'node:fs';
import { parseStrictObject } from '#protocol';
import { Account, accountProblems } from './accounts.js';
import { Client, clientProblems } from './clients.js';
import { readRecordFile } from './record-file.js';
import { signingKeysFrom, type ProviderSigningKeys } from './signing-keys.js';

export interface DevIdpConfig {
  /** This provider knows demonstration passwords: it runs nowhere else (N09). */
  readonly environment: 'development';
  readonly host: '127.0.0.1' | '::1';
  /** 0 takes a free port. */
  readonly port: number;
  readonly accounts: readonly Account[];
  readonly clients: readonly Client[];
  readonly signingKeys: ProviderSigningKeys;
}

/** Lists every problem of the configuration at once. */
export class DevIdpConfigError extends Error {
  override readonly name = 'DevIdpConfigError';
  readonly code = 'configuration_refused';

  constructor(readonly problems: readonly string[]) {
    super(['the configuration is refused:', ...problems.map((problem) => `- ${problem}`)].join('\n'));
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * One read of the environment: `COMITY_ENV`, `COMITY_IDP_HOST` (127.0.0.1), `COMITY_IDP_PORT` (0), and the paths
 * `COMITY_IDP_ACCOUNTS`, `COMITY_IDP_CLIENTS`, `COMITY_IDP_KEYS`.
 *
 * @throws DevIdpConfigError
 */
export function readDevIdpConfig(
  environment: Environment,
  readFile: (path: string) => string = utf8File,
): DevIdpConfig {
  const problems: string[] = [];
  const host = environment['COMITY_IDP_HOST'] ?? '127.0.0.1';
  const port = readPort(environment['COMITY_IDP_PORT'], problems);
  const text = (name: string) => readNamedFile(environment, name, readFile, problems);
  const clients = readRecords('COMITY_IDP_CLIENTS', text('COMITY_IDP_CLIENTS'), 'clients', Client, problems);
  const accounts = readRecords('COMITY_IDP_ACCOUNTS', text('COMITY_IDP_ACCOUNTS'), 'accounts', Account, problems);
  const signingKeys = readKeys(text('COMITY_IDP_KEYS'), problems);
  const setting = { environment: environment['COMITY_ENV'], host };
  problems.push(...placeProblems(setting), ...clientProblems(clients));
  problems.push(...accountProblems(accounts, new Set(clients.map((client) => client.client_id))));
  if (problems.length > 0 || signingKeys === undefined || !isAllowedPlace(setting)) {
    throw new DevIdpConfigError(problems);
  }
  return Object.freeze({ ...setting, port, accounts, clients, signingKeys });
}

type Place = Pick<DevIdpConfig, 'environment' | 'host'>;

/** N09: neither outside development nor where another machine could reach it. */
export function placeProblems(place: { environment: unknown; host: unknown }): string[] {
  return [
    ...(place.environment === 'development'
      ? []
      : ['COMITY_ENV is not `development`: this identity provider is for development only']),
    ...(place.host === '127.0.0.1' || place.host === '::1'
      ? []
      : ['COMITY_IDP_HOST is not a loopback address (`127.0.0.1` or `::1`)']),
  ];
}

function isAllowedPlace(place: { environment: unknown; host: unknown }): place is Place {
  return placeProblems(place).length === 0;
}

function readPort(text: string | undefined, problems: string[]): number {
  const port = Number(text ?? '0');
  if (/^[0-9]{1,5}$/.test(text ?? '0') && port <= 65_535) return port;
  problems.push('COMITY_IDP_PORT is not a port');
  return 0;
}

function readNamedFile(
  environment: Environment,
  name: string,
  readFile: (path: string) => string,
  problems: string[],
): string | undefined {
  const path = environment[name];
  if (path === undefined || path === '') {
    problems.push(`${name} is missing: the path of a JSON file`);
    return undefined;
  }
  try {
    return readFile(path);
  } catch {
    problems.push(`${name}: the file \`${path}\` cannot be read`);
    return undefined;
  }
}

function readRecords<T extends object>(
  name: string,
  text: string | undefined,
  member: string,
  Shape: new () => T,
  problems: string[],
): readonly T[] {
  if (text === undefined) return [];
  try {
    const file = readRecordFile(text, member, Shape);
    problems.push(...file.problems.map((problem) => `${name}: ${problem}`));
    return file.problems.length === 0 ? file.records : [];
  } catch {
    problems.push(`${name}: the file is not acceptable JSON`);
    return [];
  }
}

function readKeys(text: string | undefined, problems: string[]): ProviderSigningKeys | undefined {
  if (text === undefined) return undefined;
  try {
    return signingKeysFrom(parseStrictObject(text));
  } catch (error) {
    const reason = error instanceof TypeError ? error.message : 'the file is not acceptable JSON';
    problems.push(`COMITY_IDP_KEYS: ${reason}`);
    return undefined;
  }
}

function utf8File(path: string): string {
  return readFileSync(path, 'utf8');
}
