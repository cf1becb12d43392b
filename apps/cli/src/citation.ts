import { Provenance, isJsonObject, parseMessage, type JsonObject } from '#protocol';
import { CliError } from './cli-error.js';
import { readJsonInput } from './input-file.js';

/** Which release a request cites, as `comity reads cite` wrote it. @throws CliError `usage` */
export async function citationIn(path: string): Promise<JsonObject> {
  const found = await readJsonInput(path);
  try {
    if (isJsonObject(found)) return { ...parseMessage(Provenance, found) };
  } catch (cause) {
    throw notOne(path, cause);
  }
  throw notOne(path, undefined);
}

function notOne(path: string, cause: unknown): CliError {
  const remedy = 'the agency that received the reads writes one: comity reads cite TXN --owner ENTITY';
  return new CliError('usage', `\`${path}\` names no release`, { remedy }, { cause });
}
