import type { DataSource, EntityManager } from 'typeorm';
import { TrustError, type TrustErrorCode } from '../src/index.js';

/** A mark that somebody showed and nobody believed, as it is kept. Instants in milliseconds. */
export interface RecordedRefusal {
  /** Who showed it. */
  readonly entityId: string;
  readonly code: TrustErrorCode;
  /** Digest of the mark. */
  readonly mark: string;
  readonly toldAt: number;
  readonly quarantine: RecordedQuarantine | undefined;
}

/** An attestor that is not believed in one protection, and the mark that proves why. */
export interface RecordedQuarantine {
  readonly issuer: string;
  readonly protection: string;
  readonly until: number;
  /** The mark itself: signed evidence against its issuer. */
  readonly token: string;
  readonly endProposedBy: string | undefined;
  readonly endReason: string | undefined;
  readonly endedBy: string | undefined;
  readonly endedAt: number | undefined;
}

/** Who wants a quarantine to end before its time, and why. */
export interface QuarantineEnd {
  readonly issuer: string;
  readonly protection: string;
  /** Pseudonym of the person. */
  readonly person: string;
  readonly reason: string;
  readonly at: number;
}

/** Where it is kept over a restart. */
export interface RefusedMarksStore {
  /** Newest first. */
  all(): Promise<RecordedRefusal[]>;
  /** Durable when it returns; the same refusal of an earlier day is told anew. */
  put(refusal: RecordedRefusal): Promise<void>;
  /**
   * The first person proposes, another one ends it: it widens whom this node believes.
   *
   * @throws TrustError `quarantine_unknown`, `same_person`
   */
  end(wish: QuarantineEnd): Promise<'proposed' | 'ended'>;
}

/** For a command that looks once and ends. */
export const REFUSED_NOTHING: RefusedMarksStore = {
  all: () => Promise.resolve([]),
  put: () => Promise.resolve(),
  end: () => Promise.reject(unknownQuarantine()),
};

/** An agency that shows a thousand forged marks a day fills no disk. */
const MAX_KEPT = 4_096;
const KEPT_MS = 90 * 24 * 60 * 60 * 1_000;

/** In the node's own database, table `refused_mark`: three months, and of those without a quarantine the newest 4,096. */
export function refusedMarksIn(dataSource: DataSource): RefusedMarksStore {
  return {
    async all() {
      const rows = await dataSource.query<Row[]>(
        'select * from refused_mark order by told_at desc, entity_id, code, mark',
      );
      return rows.map(refusalOf);
    },
    async put({ entityId, code, mark, toldAt, quarantine }) {
      const { issuer = null, protection = null, until, token = null } = quarantine ?? {};
      await dataSource.query(
        `insert into refused_mark (entity_id, code, mark, told_at, issuer, protection, quarantined_until, token)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (entity_id, code, mark) do update set
           told_at = greatest(refused_mark.told_at, excluded.told_at),
           issuer = coalesce(refused_mark.issuer, excluded.issuer),
           protection = coalesce(refused_mark.protection, excluded.protection),
           quarantined_until = greatest(refused_mark.quarantined_until, excluded.quarantined_until),
           token = coalesce(refused_mark.token, excluded.token)`,
        [
          entityId,
          code,
          mark,
          new Date(toldAt),
          issuer,
          protection,
          until === undefined ? null : new Date(until),
          token,
        ],
      );
      await dataSource.query(
        `delete from refused_mark where told_at < $1 or (issuer is null and told_at < (
           select told_at from refused_mark where issuer is null order by told_at desc offset $2 limit 1))`,
        [new Date(toldAt - KEPT_MS), MAX_KEPT],
      );
    },
    end: (wish) => dataSource.transaction((manager) => endIn(manager, wish)),
  };
}

async function endIn(manager: EntityManager, wish: QuarantineEnd): Promise<'proposed' | 'ended'> {
  const { issuer, protection, person, reason, at } = wish;
  const rows = await manager.query<Row[]>(
    `select * from refused_mark where issuer = $1 and protection = $2 and quarantined_until > $3 and ended_at is null
     for update`,
    [issuer, protection, new Date(at)],
  );
  if (rows.length === 0) throw unknownQuarantine();
  const proposers = new Set(rows.map(({ end_proposed_by: proposer }) => proposer));
  const [proposer] = proposers;
  // One that came after the proposal was not looked at by whoever proposed: it needs its own two persons.
  if (proposers.size > 1 || proposer === null || proposer === undefined) {
    await manager.query(
      `update refused_mark set end_proposed_by = $4, end_proposed_at = $3, end_reason = $5
       where issuer = $1 and protection = $2 and quarantined_until > $3 and ended_at is null`,
      [issuer, protection, new Date(at), person, reason],
    );
    return 'proposed';
  }
  if (proposer === person) throw new TrustError('same_person', 'another person has to end it', { entityId: issuer });
  await manager.query(
    `update refused_mark set ended_by = $4, ended_at = $3
     where issuer = $1 and protection = $2 and quarantined_until > $3 and ended_at is null`,
    [issuer, protection, new Date(at), person],
  );
  return 'ended';
}

function unknownQuarantine(): TrustError {
  return new TrustError('quarantine_unknown', 'no such quarantine is in force');
}

interface Row {
  readonly entity_id: string;
  readonly code: TrustErrorCode;
  readonly mark: string;
  readonly told_at: Date;
  readonly issuer: string | null;
  readonly protection: string | null;
  readonly quarantined_until: Date | null;
  readonly token: string | null;
  readonly end_proposed_by: string | null;
  readonly end_reason: string | null;
  readonly ended_by: string | null;
  readonly ended_at: Date | null;
}

function refusalOf(row: Row): RecordedRefusal {
  const { issuer, protection, quarantined_until: until } = row;
  return {
    entityId: row.entity_id,
    code: row.code,
    mark: row.mark,
    toldAt: row.told_at.getTime(),
    quarantine:
      issuer === null || protection === null || until === null
        ? undefined
        : {
            issuer,
            protection,
            until: until.getTime(),
            token: row.token ?? '',
            endProposedBy: row.end_proposed_by ?? undefined,
            endReason: row.end_reason ?? undefined,
            endedBy: row.ended_by ?? undefined,
            endedAt: row.ended_at?.getTime(),
          },
  };
}
