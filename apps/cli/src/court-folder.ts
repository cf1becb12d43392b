import { join } from 'node:path';
import { isJsonObject, type SigningKey } from '#protocol';
import { IssuedProcessFolder } from '../../court/src/issued-process.js';
import { CliError } from './cli-error.js';
import { readJsonInput } from './input-file.js';

/** What `comity court init` lays out. */
export const COURT_FILES = {
  court: 'court.json',
  federationKey: 'federation.jwk',
  processKey: 'process.jwk',
  request: 'enrolment-request.json',
} as const;

export interface CourtFolder {
  readonly directory: string;
  readonly entityId: string;
  readonly name: string;
  readonly superior: string;
  readonly issued: IssuedProcessFolder;
}

/** @throws CliError `usage` */
export async function openCourt(directory: string): Promise<CourtFolder> {
  const path = join(directory, COURT_FILES.court);
  const court = await readJsonInput(path);
  const { entity_id: entityId, name, superior } = isJsonObject(court) ? court : {};
  if (typeof entityId !== 'string' || typeof name !== 'string' || typeof superior !== 'string') {
    throw new CliError('usage', `\`${path}\` describes no court`, { remedy: 'comity court init makes it' });
  }
  return { directory, entityId, name, superior, issued: new IssuedProcessFolder(directory) };
}

/** One of the two keys of a court; each has one job. @throws CliError `usage` */
export async function courtKey({ directory }: CourtFolder, job: 'federationKey' | 'processKey'): Promise<SigningKey> {
  const { readSigningKeyFile } = await import('#protocol/io');
  const path = join(directory, COURT_FILES[job]);
  return readSigningKeyFile(path).catch((cause: unknown) => {
    throw new CliError('usage', `\`${path}\` is no private key that signs, of mode 0600`, {}, { cause });
  });
}
