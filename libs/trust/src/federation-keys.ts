import { keySetFrom, type JsonValue, type KeySet } from '#protocol';
import { TrustError } from './trust-error.js';

/** Federation keys sign statements only, so a set with an encryption key in it is refused whole (T16). */
export async function federationKeysFrom(jwks: JsonValue): Promise<KeySet> {
  try {
    const signing = await keySetFrom(jwks, 'sig');
    if ((await keySetFrom(jwks, 'enc')).size > 0) throw new TypeError('an encryption key among federation keys');
    return signing;
  } catch (cause) {
    throw new TrustError('keys_refused', 'the federation keys are not acceptable', { cause });
  }
}
