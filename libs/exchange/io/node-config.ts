import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { noteKeyFromJwk, parseTlogPolicy, type NoteKey, type NoteKeyType, type TlogPolicy } from '#ledger';
import { isJsonObject, parseStrictJson, parseStrictObject, type JsonValue, type SigningKey } from '#protocol';
import { networkList, readPrivateText, readSigningKeyFile, type Egress } from '#protocol/io';
import type { SideRecordKeys } from '#ledger/io';
import { parseEntityId, type PinnedAnchor } from '#trust';
import { readSideRecordKeys } from './side-record-keys.js';
import type { SideRecordDays } from './side-records.job.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Lists every problem of a configuration at once, so that an operator mends them in one go. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';

  constructor(readonly problems: readonly string[]) {
    super(['the configuration is refused:', ...problems.map((problem) => `- ${problem}`)].join('\n'));
  }
}

/** What every node is told: who it is, where it listens, whom it trusts, where its keys and its database are. */
export interface NodeConfig {
  readonly environment: 'development' | 'production';
  readonly host: string;
  readonly port: number;
  readonly entityId: string;
  readonly name: string;
  /** Entity id of whoever enrolled this node. */
  readonly superior: string;
  readonly anchors: readonly PinnedAnchor[];
  readonly databaseUrl: string | undefined;
  readonly dataDirectory: string;
  /** Connections to the database at most. */
  readonly databaseConnections: number;
  /** Between two looks at the federation. */
  readonly refreshSeconds: number;
  /** Which addresses this node connects to. */
  readonly egress: Egress;
  /** How long what opens the receipts of the ledger is kept. */
  readonly sideRecordDays: SideRecordDays;
  /** How long this node works on while too few witnesses have cosigned its ledger. */
  readonly unwitnessedSeconds: number;
  /** Further witnesses of this node's ledger, beside those of the anchors, and how many of all it needs. */
  readonly witnessPolicy: TlogPolicy | undefined;
  readonly keys: NodeKeys;
}

/** One key, one job. The files lie in `COMITY_KEYS` and may be read by their owner alone. */
export interface NodeKeys {
  readonly federation: SigningKey;
  readonly signing: SigningKey;
  readonly ledger: NoteKey;
  /** Seal what opens the receipts of the ledger. */
  readonly sideRecords: SideRecordKeys;
}

/** No configuration makes a node work for longer than this on a ledger that nobody else sees. */
const MAX_UNWITNESSED_SECONDS = 86_400;

/** Reads values one by one and remembers what is wrong with each. */
export class EnvironmentReader {
  readonly problems: string[] = [];

  constructor(private readonly environment: Environment) {}

  text(name: string): string {
    const value = this.environment[name];
    if (value !== undefined && value !== '') return value;
    this.problems.push(`${name} is missing`);
    return '';
  }

  optional(name: string): string | undefined {
    const value = this.environment[name];
    return value === '' ? undefined : value;
  }

  entityId(name: string): string {
    const value = this.text(name);
    if (value === '') return value;
    try {
      parseEntityId(value);
    } catch {
      this.problems.push(`${name} is not an entity id: https (or http on loopback), one spelling, no final slash`);
    }
    return value;
  }

  wholeNumber(name: string, otherwise: number, max: number): number {
    const value = this.optional(name);
    if (value === undefined) return otherwise;
    if (/^\d{1,15}$/.test(value) && Number(value) <= max) return Number(value);
    this.problems.push(`${name} is not a whole number up to ${max}`);
    return otherwise;
  }

  /** What `read` gives, or `undefined` and a problem that names the variable. */
  async file<T>(name: string, path: string, read: (path: string) => Promise<T>): Promise<T | undefined> {
    try {
      return await read(path);
    } catch (error) {
      this.problems.push(`${name}: \`${path}\`: ${error instanceof Error ? error.message : 'cannot be read'}`);
      return undefined;
    }
  }

  /** @throws ConfigurationError where anything was wrong */
  finish(): void {
    if (this.problems.length > 0) throw new ConfigurationError(this.problems);
  }
}

/**
 * Reads what every node needs: `COMITY_ENV`, `COMITY_HOST` (127.0.0.1), `PORT`, `COMITY_ENTITY_ID`, `COMITY_NAME`,
 * `COMITY_SUPERIOR`, `COMITY_ANCHORS` (a file), `DATABASE_URL`, `COMITY_DATA`, `COMITY_KEYS` (a directory),
 * `COMITY_DATABASE_CONNECTIONS` (10), `COMITY_REFRESH_SECONDS` (10), `COMITY_UNWITNESSED_SECONDS` (3600), `COMITY_CONTENT_DAYS` (365), `COMITY_ACCOUNTABILITY_DAYS` (3650), `COMITY_REACHABLE_NETWORKS` (none), `COMITY_WITNESS_POLICY` (none, a file). Problems go to
 * `reader`; the result is complete only if `reader.finish()` does not throw.
 */
export async function readNodeConfig(reader: EnvironmentReader): Promise<NodeConfig | undefined> {
  const environment = reader.text('COMITY_ENV');
  if (environment !== 'development' && environment !== 'production') {
    reader.problems.push('COMITY_ENV is neither `development` nor `production`');
  }
  const entityId = reader.entityId('COMITY_ENTITY_ID');
  if (entityId.startsWith('http:') && environment === 'production') {
    reader.problems.push('COMITY_ENTITY_ID is plain http, which is for development on loopback only');
  }
  const databaseUrl = reader.optional('DATABASE_URL');
  if (databaseUrl === undefined && environment === 'production') {
    reader.problems.push('DATABASE_URL is missing: the embedded server is for development only');
  }
  const directory = reader.text('COMITY_KEYS');
  const anchors = await reader.file('COMITY_ANCHORS', reader.text('COMITY_ANCHORS'), readAnchors);
  const federation = await reader.file('COMITY_KEYS', join(directory, 'federation.jwk'), readSigningKeyFile);
  const signing = await reader.file('COMITY_KEYS', join(directory, 'signing.jwk'), readSigningKeyFile);
  const ledger = await readNoteKey(reader, directory, 'ledger', entityId);
  const sideRecords = await reader.file('COMITY_KEYS', directory, readSideRecordKeys);
  const policyFile = reader.optional('COMITY_WITNESS_POLICY');
  const witnessPolicy =
    policyFile === undefined ? undefined : await reader.file('COMITY_WITNESS_POLICY', policyFile, readPolicy);
  const config = {
    witnessPolicy,
    host: reader.optional('COMITY_HOST') ?? '127.0.0.1',
    port: reader.wholeNumber('PORT', 0, 65_535),
    entityId,
    name: reader.text('COMITY_NAME'),
    superior: reader.entityId('COMITY_SUPERIOR'),
    databaseUrl,
    dataDirectory: reader.optional('COMITY_DATA') ?? '.comity/data',
    // With fewer, requests and the sequencer would wait for each other's connection.
    databaseConnections: Math.max(3, reader.wholeNumber('COMITY_DATABASE_CONNECTIONS', 10, 200)),
    unwitnessedSeconds: Math.max(60, reader.wholeNumber('COMITY_UNWITNESSED_SECONDS', 3_600, MAX_UNWITNESSED_SECONDS)),
    sideRecordDays: readSideRecordDays(reader),
    refreshSeconds: Math.max(1, reader.wholeNumber('COMITY_REFRESH_SECONDS', 10, 60)),
  };
  const networks = readNetworks(reader);
  if (!anchors || !federation || !signing || !ledger || !sideRecords) return undefined;
  if (environment !== 'development' && environment !== 'production') return undefined;
  // On loopback stands nothing but a development federation; below any other anchor it is an attacker's address (W11).
  const loopback = anchors.some(({ entityId: anchor }) => anchor.startsWith('http:'));
  return {
    ...config,
    environment,
    anchors,
    egress: { loopback, networks },
    keys: { federation, signing, ledger, sideRecords },
  };
}

function readSideRecordDays(reader: EnvironmentReader): SideRecordDays {
  const accountability = reader.wholeNumber('COMITY_ACCOUNTABILITY_DAYS', 3_650, 36_500);
  const content = reader.wholeNumber('COMITY_CONTENT_DAYS', 365, 36_500);
  if (content > accountability) {
    reader.problems.push('COMITY_CONTENT_DAYS is larger than COMITY_ACCOUNTABILITY_DAYS: content goes first');
  }
  return { accountability, content };
}

function readNetworks(reader: EnvironmentReader): string[] {
  const networks = (reader.optional('COMITY_REACHABLE_NETWORKS') ?? '').split(' ').filter((text) => text !== '');
  try {
    networkList(networks);
  } catch {
    reader.problems.push('COMITY_REACHABLE_NETWORKS is no list of networks, as in `10.20.0.0/16 fd00:20::/32`');
  }
  return networks;
}

/** The key that signs checkpoints (`ledger`) or cosigns those of others (`witness`), named after the node. */
export async function readNoteKey(
  reader: EnvironmentReader,
  directory: string,
  job: 'ledger' | 'witness',
  entityId: string,
): Promise<NoteKey | undefined> {
  const type: NoteKeyType = job === 'ledger' ? 'note' : 'cosignature';
  return reader.file('COMITY_KEYS', join(directory, `${job}.jwk`), async (path) =>
    noteKeyFromJwk(noteKeyName(entityId, job), type, parseStrictObject(await readPrivateText(path))),
  );
}

/** Schema-less, as C2SP tlog-checkpoint wants origins: `host[:port]/path/ledger`. */
export function noteKeyName(entityId: string, job: 'ledger' | 'witness'): string {
  return `${entityId.replace(/^https?:\/\//, '')}/${job}`;
}

/** A tlog-policy: its `witness` lines with an address are asked to cosign. */
async function readPolicy(path: string): Promise<TlogPolicy> {
  return parseTlogPolicy(await readFile(path, 'utf8'));
}

async function readAnchors(path: string): Promise<PinnedAnchor[]> {
  const value: JsonValue = parseStrictJson(await readFile(path));
  if (!Array.isArray(value) || value.length === 0) throw new TypeError('a list of anchors is expected');
  return value.map((anchor) => {
    const entityId = isJsonObject(anchor) ? anchor['entity_id'] : undefined;
    const jwks = isJsonObject(anchor) ? anchor['jwks'] : undefined;
    if (typeof entityId !== 'string' || !isJsonObject(jwks))
      throw new TypeError('each anchor has `entity_id` and `jwks`');
    return { entityId, jwks };
  });
}
