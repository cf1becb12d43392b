import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NoteKey } from '#ledger';
import { parseStrictJson } from '#protocol';
import {
  EnvironmentReader,
  readNodeConfig,
  readNoteKey,
  readSecretFile,
  type Environment,
  type NodeConfig,
} from '#exchange/io';
import { HOLD_STATUTES, parseHoldStatutes, parseShifts, type Shifts } from '#reads';
import type { AgencySettings } from './agency-node.js';
import { readEncryptionKeys, type KeyFile } from './keys/encryption-key-files.js';
import type { OfficerProviderConfig } from './session/index.js';

export interface AgencyConfig {
  readonly node: NodeConfig;
  readonly encryption: EncryptionConfig;
  readonly witnessKey: NoteKey;
  readonly tagKey: Uint8Array;
  readonly pseudonymKey: Uint8Array;
  readonly provider: OfficerProviderConfig;
  readonly settings: AgencySettings;
}

const DAY_MS = 86_400_000;
const MAX_DAYS = 36_500;
/** Encryption keys turn weekly (protocol, "Keys"); an operator may have them turn oftener, and not seldomer. */
const MAX_KEY_DAYS = 7;

/** The encryption keys that lie in `COMITY_KEYS`, and how long one is the newest. */
export interface EncryptionConfig {
  readonly directory: string;
  readonly files: readonly KeyFile[];
  readonly turnMs: number;
}

/**
 * Reads what an agency is told beyond every node: `COMITY_BROKER` (entity id), `COMITY_OIDC_ISSUER`,
 * `COMITY_OIDC_CLIENT_ID`, `COMITY_OIDC_CLIENT_SECRET`, `COMITY_OIDC_ACR`, `COMITY_RETENTION_DAYS` (none: that of
 * the law), `COMITY_HIT_RETENTION_DAYS` (none: as any read), `COMITY_RECORD_DAYS` (1826),
 * `COMITY_ENCRYPTION_KEY_DAYS` (7), `COMITY_HOLD_STATUTES` (a file; none: those of `#reads`), `COMITY_RULE_NOTICE_SECONDS` (86400),
 * `COMITY_ANSWER_BAND_MS` (250), `COMITY_MAX_READS` (1000), `COMITY_READS_PER_PAGE` (500), `COMITY_SHIFTS` (none).
 *
 * @throws ConfigurationError with every problem
 */
export async function readAgencyConfig(environment: Environment): Promise<AgencyConfig> {
  const reader = new EnvironmentReader(environment);
  const node = await readNodeConfig(reader);
  const directory = reader.optional('COMITY_KEYS') ?? '';
  const file = <T>(name: string, read: (path: string) => Promise<T>) =>
    reader.file('COMITY_KEYS', join(directory, name), read);
  const encryptionFiles = await reader.file('COMITY_KEYS', directory, readEncryptionKeys);
  const keyDays = Math.max(1, reader.wholeNumber('COMITY_ENCRYPTION_KEY_DAYS', MAX_KEY_DAYS, MAX_KEY_DAYS));
  const tagKey = await file('tags.key', readSecretFile);
  const pseudonymKey = await file('pseudonyms.key', readSecretFile);
  const witnessKey = node && (await readNoteKey(reader, directory, 'witness', node.entityId));
  const provider = readProvider(reader, node?.environment);
  const settings = await readSettings(reader);
  reader.finish();
  if (!node || !encryptionFiles || !tagKey || !pseudonymKey || !witnessKey) {
    throw new TypeError('a configuration without problems is complete');
  }
  const encryption = { directory, files: encryptionFiles, turnMs: keyDays * DAY_MS };
  return Object.freeze({ node, encryption, tagKey, pseudonymKey, witnessKey, provider, settings });
}

function readProvider(reader: EnvironmentReader, environment: string | undefined): OfficerProviderConfig {
  const clientSecret = reader.optional('COMITY_OIDC_CLIENT_SECRET');
  return {
    issuer: reader.text('COMITY_OIDC_ISSUER'),
    clientId: reader.text('COMITY_OIDC_CLIENT_ID'),
    ...(clientSecret === undefined ? {} : { clientSecret }),
    acrValues: reader.text('COMITY_OIDC_ACR').split(' '),
    allowLoopbackHttp: environment === 'development',
  };
}

async function readSettings(reader: EnvironmentReader): Promise<AgencySettings> {
  const retentionMs = optionalDays(reader, 'COMITY_RETENTION_DAYS');
  const hitRetentionMs = optionalDays(reader, 'COMITY_HIT_RETENTION_DAYS');
  if (hitRetentionMs !== undefined && (retentionMs === undefined || hitRetentionMs < retentionMs)) {
    reader.problems.push('COMITY_HIT_RETENTION_DAYS is shorter than COMITY_RETENTION_DAYS, or that one is missing');
  }
  const statutesFile = reader.optional('COMITY_HOLD_STATUTES');
  const statutes =
    statutesFile === undefined
      ? HOLD_STATUTES
      : await reader.file('COMITY_HOLD_STATUTES', statutesFile, async (path) =>
          parseHoldStatutes(parseStrictJson(await readFile(path))),
        );
  return {
    broker: reader.entityId('COMITY_BROKER'),
    holdStatutes: statutes ?? [],
    retentionMs,
    hitRetentionMs,
    // Five years: the longest for which a statute that we know asks for the log of accesses (WA SB 6002).
    recordMs: Math.max(30, reader.wholeNumber('COMITY_RECORD_DAYS', 1_826, MAX_DAYS)) * DAY_MS,
    ruleNoticeMs: reader.wholeNumber('COMITY_RULE_NOTICE_SECONDS', 86_400, 31_536_000) * 1000,
    answerBandMs: reader.wholeNumber('COMITY_ANSWER_BAND_MS', 250, 60_000),
    // 1,000 reads with every field stay below the largest answer that is passed on, 1 MiB sealed.
    readsPerPage: reader.wholeNumber('COMITY_READS_PER_PAGE', 500, 1_000),
    maxReadsPerAsk: reader.wholeNumber('COMITY_MAX_READS', 1_000, 10_000),
    shifts: readShifts(reader),
  };
}

function optionalDays(reader: EnvironmentReader, name: string): number | undefined {
  const days = reader.wholeNumber(name, 0, MAX_DAYS);
  return reader.optional(name) === undefined ? undefined : days * DAY_MS;
}

function readShifts(reader: EnvironmentReader): Shifts | undefined {
  const text = reader.optional('COMITY_SHIFTS');
  if (text === undefined) return undefined;
  try {
    return parseShifts(text);
  } catch (error) {
    reader.problems.push(`COMITY_SHIFTS: ${error instanceof Error ? error.message : 'cannot be read'}`);
    return undefined;
  }
}
