import type { DataSource, EntityManager } from 'typeorm';
import type { Clock, JsonObject, ReleasedRead } from '#protocol';
import { formatInstant } from '../src/instant.js';
import { runStatement } from './statement.js';

/** Reads that another agency released to this one, in one answer. */
export interface ReceivedAnswer {
  readonly txn: string;
  /** Entity id of the owner. */
  readonly owner: string;
  /** Digest of the owner's release, as its receipt names it. */
  readonly releaseDigest: string;
  /** As the owner signed them; they bind every later use. */
  readonly obligations: JsonObject;
  /** Milliseconds; see `receivedExpiry`. */
  readonly expiresAt: number;
  readonly reads: readonly ReleasedRead[];
}

export interface ReceivedRead {
  readonly txn: string;
  readonly owner: string;
  readonly releaseDigest: string;
  /** Place of the read in its answer, from 0. */
  readonly position: number;
  readonly obligations: JsonObject;
  readonly receivedAt: number;
  readonly expiresAt: number;
  readonly read: ReleasedRead;
}

/** What a sweep removed of one release, so that the deletion can be stated to its owner. */
export interface ExpiredRelease {
  readonly txn: string;
  readonly owner: string;
  readonly releaseDigest: string;
  readonly reads: number;
}

/** Reads held under another agency's obligations. Throws ReadsError `store_away` or `store_failed`. */
export class ReceivedReads {
  readonly #dataSource: DataSource;
  readonly #clock: Clock;

  constructor({ dataSource, clock }: { readonly dataSource: DataSource; readonly clock: Clock }) {
    this.#dataSource = dataSource;
    this.#clock = clock;
  }

  /** Stores an answer; storing it again after a crash changes nothing. */
  async store(answer: ReceivedAnswer, manager: EntityManager = this.#dataSource.manager): Promise<void> {
    await runStatement(manager, [
      `insert into received_read (txn, owner, release_digest, position, obligations, read, received_at, expires_at)
       select $1, $2, $3, listed.position - 1, $4::jsonb, listed.read, $6::timestamptz, $7::timestamptz
       from jsonb_array_elements($5::jsonb) with ordinality as listed (read, position)
       on conflict do nothing`,
      [
        answer.txn,
        answer.owner,
        answer.releaseDigest,
        JSON.stringify(answer.obligations),
        JSON.stringify(answer.reads),
        formatInstant(this.#clock.now()),
        formatInstant(answer.expiresAt),
      ],
    ]);
  }

  /** What was received for a transaction and has not expired, by owner and place; an expired read is never shown. */
  async forTransaction(txn: string): Promise<ReceivedRead[]> {
    const rows = await runStatement<ReceivedRow>(this.#dataSource.manager, [
      `select txn, owner, release_digest, position, obligations, read, received_at, expires_at from received_read
       where txn = $1 and expires_at > $2::timestamptz order by owner, release_digest, position`,
      [txn, formatInstant(this.#clock.now())],
    ]);
    return rows.map((row) => ({
      txn: row.txn,
      owner: row.owner,
      releaseDigest: row.release_digest,
      position: row.position,
      obligations: row.obligations,
      receivedAt: row.received_at.getTime(),
      expiresAt: row.expires_at.getTime(),
      read: row.read,
    }));
  }

  /** Deletes what one release brought, because its owner called it back. @returns how many reads went */
  async deleteRelease(owner: string, releaseDigest: string, manager: EntityManager): Promise<number> {
    const gone = await runStatement<{ position: number }>(manager, [
      `with deleted as (delete from received_read where owner = $1 and release_digest = $2 returning position)
       select position from deleted`,
      [owner, releaseDigest],
    ]);
    return gone.length;
  }

  /** Deletes what has expired at `now` (milliseconds) and says what of which release went. */
  async deleteExpired(now: number, manager: EntityManager = this.#dataSource.manager): Promise<ExpiredRelease[]> {
    return runStatement<ExpiredRelease>(manager, [
      `with deleted as (delete from received_read where expires_at <= $1::timestamptz
         returning txn, owner, release_digest)
       select txn, owner, release_digest as "releaseDigest", count(*)::integer as reads
       from deleted group by txn, owner, release_digest order by txn, owner, release_digest`,
      [formatInstant(now)],
    ]);
  }
}

interface ReceivedRow {
  readonly txn: string;
  readonly owner: string;
  readonly release_digest: string;
  readonly position: number;
  readonly obligations: JsonObject;
  readonly read: ReleasedRead;
  readonly received_at: Date;
  readonly expires_at: Date;
}
