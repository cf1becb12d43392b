import { createHash } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';

/** One document in the hands of one agency. */
export interface CountedDocument {
  readonly requester: string;
  /** Digest of the court's document, or of the paper that the agency attests. */
  readonly countedBy: string;
}

/**
 * How often a document was used here (P09). A use is taken before the decision, one after the other for each document, and
 * given back where nothing was released: what an owner refuses uses nothing up.
 */
export class WarrantUses {
  constructor(private readonly dataSource: DataSource) {}

  /** The same request has one use, however often it comes. */
  async take(document: CountedDocument, requestDigest: string, now: number): Promise<void> {
    const { requester, countedBy } = document;
    await this.dataSource.transaction(async (manager) => {
      await lockDocument(manager, document);
      await manager.query(
        `insert into warrant_use (request_digest, requester, counted_by, taken_at) values ($1, $2, $3, $4)
         on conflict do nothing`,
        [requestDigest, requester, countedBy, new Date(now)],
      );
    });
  }

  /** Uses by other requests, before this one. A request that has taken none has used it up: nothing is read as nought. */
  async before({ requester, countedBy }: CountedDocument, requestDigest: string): Promise<number> {
    const [row] = await this.dataSource.query<{ seq: string | null; used: string }[]>(
      `select own.seq, (select count(*) from warrant_use other
         where other.requester = $1 and other.counted_by = $2 and other.seq < own.seq) as used
       from warrant_use own where own.request_digest = $3 and own.requester = $1 and own.counted_by = $2`,
      [requester, countedBy, requestDigest],
    );
    return row === undefined ? Number.POSITIVE_INFINITY : Number(row.used);
  }

  async giveBack(manager: EntityManager, requestDigest: string): Promise<void> {
    await manager.query('delete from warrant_use where request_digest = $1', [requestDigest]);
  }
}

/** Until the end of the transaction nobody else takes a use of this document. */
export async function lockDocument(manager: EntityManager, { requester, countedBy }: CountedDocument): Promise<void> {
  const key = createHash('sha256').update(`warrant\n${requester}\n${countedBy}`).digest().readBigInt64BE(0);
  await manager.query('select pg_advisory_xact_lock($1)', [String(key)]);
}
