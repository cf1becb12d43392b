import { ExchangeError } from '#exchange';
import { ProtocolError, sealedTo, type DecryptionKey } from '#protocol';
import type { AgencyNode } from '../agency-node.js';

/**
 * The key that opens a part. By name where it was ours and is gone: then the requester seals anew, to the one that is stated now.
 *
 * @throws ExchangeError `sealed_to_retired_key`; ProtocolError `cannot_open`
 */
export function keyForSealed(sealed: string, { encryptionKeys, entityId }: AgencyNode): DecryptionKey {
  const kid = sealedTo(sealed);
  const key = encryptionKeys.keyFor(kid);
  if (key !== undefined) return key;
  if (encryptionKeys.isRetired(kid)) {
    throw new ExchangeError(
      'sealed_to_retired_key',
      'the part is sealed to a key that this agency has retired',
      entityId,
    );
  }
  throw new ProtocolError('cannot_open', 'the sealed part could not be opened', 'sealed to a key that was never here');
}
