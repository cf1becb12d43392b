import { decodeBase64url } from '#protocol';
import { readPrivateText } from '#protocol/io';

/** 32 secret bytes, base64url, alone in a file. */
export async function readSecretFile(path: string): Promise<Uint8Array> {
  const bytes = decodeBase64url((await readPrivateText(path)).trim());
  if (bytes.byteLength !== 32) throw new TypeError('32 bytes in base64url are expected');
  return bytes;
}
