import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DecryptionKey, JsonObject } from '#protocol';
import { readDecryptionKeyFile, writeKeyFile } from '#protocol/io';

/** A private half on disk. */
export interface KeyFile {
  readonly path: string;
  readonly key: DecryptionKey;
}

/**
 * The encryption keys of a node: `encryption.jwk`, with which it was set up, and those it made itself, in the folder
 * `encryption`, each in a file named by its thumbprint.
 *
 * @throws ProtocolError `configuration` where there is none, or one may be read by others
 */
export async function readEncryptionKeys(directory: string): Promise<KeyFile[]> {
  const folder = join(directory, 'encryption');
  const names = await readdir(folder).catch(() => []);
  const made = names.filter((name) => /^[A-Za-z0-9_-]{43}\.jwk$/.test(name)).toSorted();
  const paths = made.map((name) => join(folder, name));
  const first = join(directory, 'encryption.jwk');
  // It goes with the first turn; a node without any key says which file is missing.
  const isThere = (await readdir(directory)).includes('encryption.jwk');
  if (isThere || paths.length === 0) paths.unshift(first);
  return Promise.all(paths.map(async (path) => ({ path, key: await readDecryptionKeyFile(path) })));
}

/** On disk before anybody hears of it. */
export async function writeEncryptionKey(directory: string, jwk: JsonObject, kid: string): Promise<string> {
  const folder = join(directory, 'encryption');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${kid}.jwk`);
  await writeKeyFile(path, jwk);
  return path;
}
