import type { EntityManager } from 'typeorm';
import { deletionFields } from '#exchange';
import { digestOf, newIdentifier, type JsonObject } from '#protocol';
import type { AgencyNode } from '../agency-node.js';

/** So many of one UTC day and class: the class of a camera's owner, the owner of received reads, or what else sorts them. */
export interface DeletedCount {
  readonly day: string;
  readonly class: string;
  readonly count: number;
}

/** What was deleted, by which limit, and how. */
export interface Deleted {
  /** `reads`, `hits`, `received_reads`, `held_reads`, `asks` … */
  readonly what: string;
  /** The limit that ended: `non_hit`, `hit`, `obligation`, `hold_ended`, `purpose`. */
  readonly basis: string;
  /** The instant up to which everything went that no hold preserves. Milliseconds. */
  readonly cutoff: number;
  readonly counts: readonly DeletedCount[];
  readonly method: 'partition_dropped' | 'rows_deleted' | 'content_erased';
  /** Reads of these that a hold preserves. */
  readonly held: number;
}

/** A certificate as it is shown; `receipt` is the id of its receipt in this node's ledger. */
export interface DeletionCertificate {
  readonly what: string;
  readonly count: number;
  readonly document: JsonObject;
  readonly digest: string;
  readonly receiptId: string;
}

const DAY_MS = 86_400_000;

/**
 * Makes the certificate in the transaction of the deletion itself: a node that dies in between has done both or neither. The
 * receipt commits to its digest; that receipt is signed and numbered, so that certificates can be counted and none left out.
 */
export async function certifyDeletion(
  manager: EntityManager,
  deleted: Deleted,
  node: Pick<AgencyNode, 'entityId' | 'ledger' | 'clock' | 'randomness'>,
): Promise<DeletionCertificate> {
  const id = newIdentifier(node.randomness);
  const now = node.clock.now();
  const count = deleted.counts.reduce((sum, each) => sum + each.count, 0);
  const holds = await openHolds(manager, now);
  const document: JsonObject = {
    v: 1,
    deletion: id,
    agency: node.entityId,
    what: deleted.what,
    basis: deleted.basis,
    cutoff: new Date(deleted.cutoff).toISOString(),
    counts: deleted.counts.map(({ day, class: of, count: number }) => ({ day, class: of, count: number })),
    count,
    partitions_dropped: deleted.method === 'partition_dropped' ? 1 : 0,
    method: deleted.method,
    held: deleted.held,
    holds_open: holds,
    made_at: new Date(now).toISOString(),
  };
  const digest = digestOf(document);
  const receiptId = `deletion/${id}`;
  await manager.query(
    'insert into deletion_certificate (id, what, document, receipt_id, made_at) values ($1, $2, $3, $4, $5)',
    [id, deleted.what, JSON.stringify(document), receiptId, new Date(now)],
  );
  await node.ledger.append(manager, {
    receiptId,
    kind: 'deletion',
    fields: deletionFields(
      {
        agency: node.entityId,
        deletion: id,
        what: deleted.what,
        basis: deleted.basis,
        ...daysSpanned(deleted),
        digest,
        kept_by_hold: deleted.held > 0,
      },
      { count, held: deleted.held },
    ),
  });
  return { what: deleted.what, count, document, digest, receiptId };
}

/** The newest first. */
export async function readCertificates(
  manager: EntityManager,
  { limit, before }: { readonly limit: number; readonly before?: number },
): Promise<(Omit<DeletionCertificate, 'what' | 'count'> & { readonly position: number })[]> {
  const rows: { document: JsonObject; receipt_id: string; position: string }[] = await manager.query(
    `select document, receipt_id, position from deletion_certificate where $2::bigint is null or position < $2::bigint
     order by position desc limit $1`,
    [limit, before ?? null],
  );
  return rows.map(({ document, receipt_id: receiptId, position }) => ({
    document,
    digest: digestOf(document),
    receiptId,
    position: Number(position),
  }));
}

async function openHolds(manager: EntityManager, now: number): Promise<number> {
  const rows: { holds: number }[] = await manager.query(
    `select count(*)::integer as holds from preservation_hold where state <> 'ended' and expires_at > $1`,
    [new Date(now)],
  );
  return rows[0]?.holds ?? 0;
}

/** Half-open instants that enclose what went, in whole days. */
function daysSpanned({ counts, cutoff }: Deleted): { from: string; until: string } {
  const days = counts.map(({ day }) => Date.parse(`${day}T00:00:00Z`)).filter((day) => Number.isFinite(day));
  const from = days.length === 0 ? cutoff : Math.min(...days);
  const until = days.length === 0 ? cutoff : Math.max(...days) + DAY_MS;
  return { from: new Date(from).toISOString(), until: new Date(until).toISOString() };
}
