import { readFile, stat } from 'node:fs/promises';
import { parseStrictJson, type JsonValue } from '#protocol';
import { CliError } from './cli-error.js';

const MAX_BYTES = 1024 * 1024;

/** @throws CliError `usage` where the file is not there, cannot be read or is too large */
export async function readInput(path: string, maxBytes = MAX_BYTES): Promise<string> {
  try {
    if ((await stat(path)).size > maxBytes) throw new TypeError(`it is larger than ${maxBytes} bytes`);
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new CliError('usage', `\`${path}\` cannot be read: ${reasonOf(cause)}`, {}, { cause });
  }
}

/** @throws CliError `usage` */
export async function readJsonInput(path: string, maxBytes = MAX_BYTES): Promise<JsonValue> {
  const text = await readInput(path, maxBytes);
  try {
    return parseStrictJson(text, { maxBytes });
  } catch (cause) {
    throw new CliError(
      'usage',
      `\`${path}\` is not acceptable JSON`,
      { remedy: 'one document, each member once, no comments' },
      { cause },
    );
  }
}

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EACCES':
      return 'it may not be read';
    case 'EISDIR':
      return 'it is a directory';
    default:
      return cause instanceof Error ? cause.message : 'it cannot be opened';
  }
}
