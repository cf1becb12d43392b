import { subscribedFields, type VerifiedReceipt, type VerifiedRequest } from '#exchange';
import { HotListAlertQuery, newTransactionId, type JsonObject } from '#protocol';
import { formatInstant, type UnstoredRead } from '#reads';
import type { EntityManager } from 'typeorm';
import type { AgencyNode } from '../agency-node.js';
import type { DecidedHere } from '../decide-here.js';

/** A standing request is good for a day, whatever it says; then two persons ask anew, with a fresh answer key. */
const STANDS_MS = 24 * 60 * 60 * 1000;

/**
 * In the transaction of its release: a permitted standing request begins to be followed. Its answer holds no read, and from
 * outside it looks like any other.
 */
export async function followIfStanding(
  manager: EntityManager,
  request: VerifiedRequest,
  granted: VerifiedReceipt,
  decided: DecidedHere,
  node: AgencyNode,
): Promise<void> {
  // As it is searched: where it was cut to its warrant, nothing beyond is followed (P08).
  const { query } = decided;
  if (!(decided.opened.sealed.ask.query instanceof HotListAlertQuery) || query?.kind !== 'plate_history') return;
  const [plate] = query.plates;
  const { approval } = decided.opened;
  if (plate === undefined || approval === undefined) return;
  const { claims, digest } = request;
  const untilMs = Math.min(
    query.until,
    claims.iat * 1000 + STANDS_MS,
    // The approval is opened again at every hit, and lives no longer than this.
    approval.exp * 1000,
  );
  await node.followed.follow(manager, {
    requestDigest: digest,
    request: request.token,
    granted: granted.digest,
    requester: claims.iss,
    plate: plate.text,
    plateState: plate.state,
    fromMs: query.from,
    untilMs,
  });
  await node.ledger.append(manager, {
    receiptId: `subscribed/${digest}`,
    kind: 'subscribed',
    txn: claims.txn,
    fields: subscribedFields({
      txn: claims.txn,
      trace: claims.traceparent,
      request: digest,
      requester: claims.iss,
      owner: node.entityId,
      subscription: digest,
      until: formatInstant(untilMs),
      renews: null,
    }),
  });
}

/** Notes which reads meet a followed plate, exactly and of the same state; the rest is decided at the release. */
export async function noteFollowed(reads: readonly UnstoredRead[], node: AgencyNode): Promise<number> {
  const now = node.clock.now();
  const candidates = reads.filter(({ nonPlate }) => !nonPlate);
  const followed = await node.followed.following(
    candidates.map(({ plate }) => plate),
    now,
  );
  let found = 0;
  for (const each of followed) {
    for (const read of candidates.filter((candidate) => isFollowed(candidate, each))) {
      const key = JSON.stringify([each.requestDigest, read.plate, read.seenAt, read.device, read.source]);
      const hit = { id: newTransactionId(node.randomness), key, read: read as unknown as JsonObject, now };
      found += (await node.followed.found(each, hit)) ? 1 : 0;
    }
  }
  return found;
}

/** Another agency is told of the exact plate alone: never of a look-alike, and never of another state (or of none). */
function isFollowed(
  read: UnstoredRead,
  of: { plate: string; plateState: string | undefined; fromMs: number; untilMs: number },
): boolean {
  if (read.plate !== of.plate || read.seenAt < of.fromMs || read.seenAt >= of.untilMs) return false;
  return of.plateState === undefined || read.plateState === of.plateState;
}
