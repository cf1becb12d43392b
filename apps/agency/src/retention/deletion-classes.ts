import type { EntityManager } from 'typeorm';
import type { RetentionLimits } from '#reads';
import { preserveExpiredHits } from '#reads/io';
import type { DeletedCount } from './deletion-certificate.js';

const DAY_MS = 86_400_000;
/** An approval lives a day and is sent within minutes; a second day for what was under way. */
const TOKENS_MS = 2 * DAY_MS;
/** A repeated request gets the same bytes until here; its time is over after a quarter of an hour. */
const ANSWERS_MS = 2 * DAY_MS;

export interface ClassInput {
  readonly now: number;
  readonly limits: RetentionLimits;
  /** How long records of asks and answers are kept. Milliseconds. */
  readonly recordMs: number;
}

/** Data that the node keeps for a purpose with an end, and how its rows go. */
export interface DeletionClass {
  readonly what: string;
  readonly basis: 'hit' | 'obligation' | 'hold_ended' | 'purpose';
  readonly method: 'rows_deleted' | 'content_erased';
  /** Tables whose pages hold the bytes until they are rewritten. */
  readonly relations: readonly string[];
  /** Everything dated at or before it goes. Milliseconds. */
  cutoff(input: ClassInput): number;
  remove(manager: EntityManager, cutoff: Date): Promise<DeletedCount[]>;
}

/**
 * What the retention job deletes beside the agency's own reads, which go by day (`deleteExpiredReads`). Whoever adds a table
 * with plates, persons or narratives in clear adds its class here. The order counts: received reads go before the asks that
 * brought them.
 */
export const DELETION_CLASSES: readonly DeletionClass[] = [
  {
    what: 'hits',
    basis: 'hit',
    method: 'rows_deleted',
    relations: ['hit_read'],
    cutoff: ({ now }) => now,
    async remove(manager, cutoff) {
      await preserveExpiredHits(manager, cutoff.getTime());
      const ofCamera = `coalesce(read ->> 'camera_owner_class', '')`;
      return counted('delete from hit_read where expires_at <= $1', 'seen_at', ofCamera)(manager, cutoff);
    },
  },
  {
    what: 'alerts',
    basis: 'hit',
    method: 'rows_deleted',
    relations: ['alert', 'alert_verification'],
    cutoff: ({ now }) => now,
    remove: counted('delete from alert where expires_at <= $1', 'created_at', 'source'),
  },
  {
    what: 'alerts',
    basis: 'hit',
    method: 'rows_deleted',
    relations: ['alert', 'alert_verification'],
    cutoff: ({ now }) => now,
    remove: counted('delete from alert where expires_at <= $1', 'created_at', 'source'),
  },
  {
    what: 'received_reads',
    basis: 'obligation',
    method: 'rows_deleted',
    relations: ['received_read', 'outgoing_request'],
    cutoff: ({ now }) => now,
    async remove(manager, cutoff) {
      // Warnings name look-alikes of what was received.
      await manager.query(
        `update outgoing_request o set warnings = '[]' where warnings <> '[]' and exists (
           select from received_read r where r.txn = o.txn::text and r.owner = o.owner and r.expires_at <= $1)`,
        [cutoff],
      );
      return counted('delete from received_read where expires_at <= $1', 'received_at', 'owner')(manager, cutoff);
    },
  },
  {
    what: 'held_received_reads',
    basis: 'obligation',
    method: 'rows_deleted',
    relations: ['held_received_read'],
    cutoff: ({ now }) => now,
    remove: counted('delete from held_received_read where expires_at <= $1', 'expires_at', 'owner'),
  },
  {
    what: 'id_tokens',
    basis: 'purpose',
    method: 'content_erased',
    relations: ['ask'],
    cutoff: ({ now }) => now - TOKENS_MS,
    remove: counted(
      `update ask set officer_id_token = '', supervisor_id_token = case when supervisor_id_token is null then null else '' end
       where officer_id_token <> '' and state <> 'asking'
         and not (approve_afterwards and approval is null and disapproved_at is null and created_at > $1::timestamptz - interval '30 days') and greatest(created_at, approved_at) <= $1`,
      'created_at',
      'state',
    ),
  },
  {
    what: 'sessions',
    basis: 'purpose',
    method: 'rows_deleted',
    relations: ['officer_session'],
    cutoff: ({ now }) => now - TOKENS_MS,
    remove: counted('delete from officer_session where least(expires_at, ended_at) <= $1', 'issued_at', `'session'`),
  },
  {
    what: 'sealed_answers',
    basis: 'purpose',
    method: 'content_erased',
    relations: ['incoming_request'],
    cutoff: ({ now }) => now - ANSWERS_MS,
    remove: counted(
      `update incoming_request set answer = null, answer_erased_at = $1 where answer is not null and respond_by <= $1`,
      'received_at',
      'iss',
    ),
  },
  {
    what: 'followed_plates',
    basis: 'purpose',
    method: 'rows_deleted',
    relations: ['followed_plate', 'alert_release'],
    cutoff: ({ now }) => now,
    remove: counted('delete from followed_plate where follows_until <= $1', 'follows_until', 'requester'),
  },
  {
    what: 'alert_subscriptions',
    basis: 'purpose',
    method: 'rows_deleted',
    relations: ['alert_subscription'],
    cutoff: ({ now, recordMs }) => now - recordMs,
    remove: counted('delete from alert_subscription where ends_at <= $1', 'ends_at', 'owner'),
  },
  {
    what: 'asks',
    basis: 'purpose',
    method: 'rows_deleted',
    relations: ['ask', 'outgoing_request'],
    cutoff: ({ now, recordMs }) => now - recordMs,
    async remove(manager, cutoff) {
      const due = `select txn from ask where state <> 'asking' and created_at <= $1
        and not exists (select from received_read r where r.txn = ask.txn::text)
        and not exists (select from held_received_read h where h.txn = ask.txn::text)`;
      await manager.query(`delete from outgoing_request where txn in (${due})`, [cutoff]);
      return counted(`delete from ask where txn in (${due})`, 'created_at', 'state')(manager, cutoff);
    },
  },
  {
    what: 'requests',
    basis: 'purpose',
    method: 'rows_deleted',
    relations: ['incoming_request'],
    cutoff: ({ now, recordMs }) => now - recordMs,
    async remove(manager, cutoff) {
      // A release that its receiver still keeps can be called back, and so stays.
      const due = `select digest from incoming_request where received_at <= $1 and (kept_until is null or kept_until <= $1)`;
      for (const table of ['release_basis', 'recall']) {
        await manager.query(`delete from ${table} where request_digest in (${due})`, [cutoff]);
      }
      return counted(`delete from incoming_request where digest in (${due})`, 'received_at', 'iss')(manager, cutoff);
    },
  },
  {
    what: 'export_records',
    basis: 'purpose',
    method: 'rows_deleted',
    relations: ['read_export'],
    cutoff: ({ now, recordMs }) => now - recordMs,
    remove: counted('delete from read_export where exported_at <= $1', 'exported_at', 'owner'),
  },
  {
    what: 'release_marks',
    basis: 'purpose',
    method: 'rows_deleted',
    relations: ['release_mark'],
    cutoff: ({ now, recordMs }) => now - recordMs,
    remove: counted('delete from release_mark where released_at <= $1', 'released_at', 'requester'),
  },
];

/** One statement of this file with `$1` as its cutoff; what went is counted by UTC day of `instant` and by `sortedBy`. */
function counted(
  statement: string,
  instant: string,
  sortedBy: string,
): (manager: EntityManager, cutoff: Date) => Promise<DeletedCount[]> {
  return (manager, cutoff) =>
    manager.query<DeletedCount[]>(
      `with gone as (${statement} returning ${instant} as at, ${sortedBy} as class)
       select to_char(at at time zone 'UTC', 'YYYY-MM-DD') as day, class, count(*)::integer as count
       from gone group by 1, 2 order by 1, 2`,
      [cutoff],
    );
}
