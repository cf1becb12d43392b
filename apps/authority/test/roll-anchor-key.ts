import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { importSigningKey } from '#protocol';
import { generatePrivateJwk, writeKeyFile } from '#protocol/io';
import { KEY_FILES } from '../src/authority-keys.js';

/** The two steps of a key ceremony for the anchor: the next key is announced, and later it is the one that signs. */
export async function rolledOver(directory: string) {
  const jwk = await generatePrivateJwk('sig');
  const { kid } = await importSigningKey(jwk);
  const current = join(directory, KEY_FILES.anchor);
  const next = join(directory, KEY_FILES.next(KEY_FILES.anchor));
  return {
    kid,
    announce: () => writeKeyFile(next, jwk),
    use: () => rename(next, current),
  };
}
