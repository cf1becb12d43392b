import { leafHash, decodeBase64, openCheckpoint, verifyInclusion, verifyOpening, type Commitments } from '#ledger';
import type { Ledger, ReceiptProof } from '#ledger/io';
import { isJsonObject, messageDigest, readToken, type JsonObject, type JsonValue } from '#protocol';

/** What this node's own log says under a receipt: kind, time, and the fields that it commits to. */
export interface LoggedReceipt {
  readonly kind: string;
  readonly atMs: number;
  readonly digest: string;
  readonly opened: JsonObject;
}

/**
 * Reads a receipt as it stands in the log, up to a checkpoint that this node's own key has signed: whoever writes to the
 * tables beside it changes nothing of this.
 *
 * @throws LedgerError where it is not there, or not as signed
 */
export async function loggedReceipt(ledger: Ledger, receiptId: string): Promise<LoggedReceipt> {
  const proof = await ledger.proofOf(receiptId);
  const { entry, index, inclusion, checkpoint } = proof;
  const { size, root } = openCheckpoint(checkpoint, ledger.vkey, []);
  verifyInclusion({ index, size, leaf: leafHash(Buffer.from(entry)), proof: inclusion.map(decodeBase64), root });
  const { claims } = readToken('receipt', entry);
  const kind = claims['kind'];
  return {
    kind: typeof kind === 'string' ? kind : '',
    atMs: Number(claims['iat']) * 1000,
    digest: messageDigest(entry),
    opened: openedFields(claims, proof),
  };
}

/** An opening that is not what was committed to opens nothing. */
function openedFields({ commitments }: JsonObject, { opening }: ReceiptProof): JsonObject {
  if (!isJsonObject(commitments)) return {};
  const { accountability } = verifyOpening(commitments as unknown as Commitments, opening);
  return Object.fromEntries(
    Object.entries(opening.accountability)
      .filter(([name]) => accountability[name] === 'matches')
      .map(([name, { value }]) => [name, value as JsonValue]),
  );
}
