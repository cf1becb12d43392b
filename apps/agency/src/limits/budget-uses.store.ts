import { createHash } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import type { BudgetCondition, BudgetUse } from '#policy';

/** `release`: what others ask of this owner. `ask`: what this agency's own officers ask. */
export type BudgetSide = 'ask' | 'release';

/** Whom and what a request is counted under: keyed tags, and of an agency its entity id. */
export type BudgetTags = Readonly<Record<BudgetUse['per'], readonly string[]>>;

export interface CountedRequest {
  readonly side: BudgetSide;
  /** Message digest of the request, or the digest of the ask. */
  readonly digest: string;
  readonly tags: BudgetTags;
}

const PERS = ['agency', 'officer', 'case', 'plate'] as const;
const HOUR_MS = 60 * 60 * 1000;
/** The longest time that a rule can count over (`libs/policy`, ten years). What is older counts for nothing. */
const LONGEST_MS = 24 * 366 * 10 * HOUR_MS;

/**
 * What was asked before, durable, whatever became of it: a request that was refused has been asked, too, and whoever tries
 * a hundred narrow ones to find the one that passes has asked a hundred (P15, N01).
 */
export class BudgetUses {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Gives a request its place among all before it is decided. Of requests with a tag in common one waits for the other, so
   * that each sees all that came before it: fifty at once get fifty different counts. The same request has one place,
   * however often it comes.
   */
  async takePlace(
    request: CountedRequest,
    asked: { readonly plates: number; readonly exception: boolean; readonly now: number },
  ): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      // Ordered below the call, so that the locks are taken in that order.
      await manager.query(
        `select pg_advisory_xact_lock(key) from
           (select key from unnest($1::bigint[]) as keys (key) order by key offset 0) as ordered`,
        [lockKeys(request)],
      );
      const rows = PERS.flatMap((per) => request.tags[per].map((tag) => ({ per, tag })));
      await manager.query(
        `insert into budget_use (side, per, tag, request_digest, seq, asked_at, plates, exceptions)
         select $1, per, tag, $2, place.seq, $3, $4, $5
         from (select nextval('budget_use_seq') as seq) as place, unnest($6::text[], $7::text[]) as counted (per, tag)
         where not exists (select from budget_use where request_digest = $2 and side = $1)
         on conflict do nothing`,
        [
          request.side,
          request.digest,
          new Date(asked.now),
          asked.plates,
          asked.exception ? 1 : 0,
          rows.map(({ per }) => per),
          rows.map(({ tag }) => tag),
        ],
      );
    });
  }

  /**
   * What was asked before this request, for each thing that the rules count. What is not known is not counted, and what is
   * not counted is not met: a request without a place has no counts.
   */
  async before(
    request: CountedRequest,
    conditions: readonly Pick<BudgetCondition, 'per' | 'counted' | 'hours'>[],
    now: number,
  ): Promise<BudgetUse[]> {
    if (conditions.length === 0) return [];
    const [place] = await query<{ seq: string | null }>(
      this.dataSource.manager,
      'select min(seq) as seq from budget_use where request_digest = $1 and side = $2',
      [request.digest, request.side],
    );
    if (place === undefined || place.seq === null) return [];
    const uses: BudgetUse[] = [];
    for (const { per, counted, hours } of conditions) {
      const used = await this.#usedBefore(request, place.seq, per, now - hours * HOUR_MS);
      if (used !== undefined) uses.push({ per, counted, hours, used: used[counted] });
    }
    return uses;
  }

  /** Deletes what no rule can count any more. */
  async forgetOld(now: number): Promise<void> {
    await this.dataSource.query('delete from budget_use where asked_at < $1', [new Date(now - LONGEST_MS)]);
  }

  /** Of several tags the largest of each count; `undefined` where the request is not counted under any. */
  async #usedBefore(
    { side, tags }: CountedRequest,
    place: string,
    per: BudgetUse['per'],
    sinceMs: number,
  ): Promise<Record<BudgetUse['counted'], number> | undefined> {
    // No plate is named: then there is none that was asked for before.
    if (tags[per].length === 0) return per === 'plate' ? { requests: 0, plates: 0, exceptions: 0 } : undefined;
    const rows = await query<{ requests: string; plates: string; exceptions: string }>(
      this.dataSource.manager,
      `select count(*) as requests, coalesce(sum(plates), 0) as plates, coalesce(sum(exceptions), 0) as exceptions
       from budget_use
       where side = $1 and per = $2 and tag = any($3::text[]) and asked_at > $4 and seq < $5
       group by tag`,
      [side, per, [...tags[per]], new Date(sinceMs), place],
    );
    return {
      requests: largest(rows.map(({ requests }) => requests)),
      plates: largest(rows.map(({ plates }) => plates)),
      exceptions: largest(rows.map(({ exceptions }) => exceptions)),
    };
  }
}

/** Of several tags the one that was asked for most. */
function largest(counts: string[]): number {
  return Math.max(0, ...counts.map(Number));
}

/** One lock for each tag, taken in the order of their numbers, so that no two requests wait for each other. */
function lockKeys({ side, tags }: CountedRequest): string[] {
  const keys = PERS.flatMap((per) =>
    tags[per].map((tag) => createHash('sha256').update(`${side}\n${per}\n${tag}`).digest().readBigInt64BE(0)),
  );
  return [...new Set(keys)].map(String);
}

function query<Row>(manager: EntityManager, sql: string, parameters: unknown[]): Promise<Row[]> {
  return manager.query<Row[]>(sql, parameters);
}
