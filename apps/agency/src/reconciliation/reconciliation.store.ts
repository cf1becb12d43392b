import type { DataSource } from 'typeorm';
import type { ReconciledSide, Unmatched } from '#exchange';

/** A transaction whose time is over and that has not been found to match yet. */
export interface DueTransaction {
  readonly txn: string;
  readonly side: ReconciledSide;
  readonly attempts: number;
}

/** A finding as it is shown to people and programs. */
export interface StoredFinding {
  readonly txn: string;
  readonly side: ReconciledSide;
  readonly code: string;
  readonly party: string;
  readonly request: string;
  readonly state: Unmatched['state'];
  readonly text: string;
  readonly foundAt: string;
  readonly settledAt: string | null;
}

/** Older ones were looked at when they were new, or nobody was there to: they are not begun. */
const BEGUN_FOR_MS = 7 * 24 * 60 * 60 * 1000;

/** What was reconciled and what was found, over restarts. */
export class ReconciliationStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Transactions of which every request had to be answered before `over`, the longest due first. */
  async due(over: number, now: number, limit: number): Promise<DueTransaction[]> {
    return this.dataSource.query(
      `with ended as (
         select txn, 'asked' as side, max(respond_by) as ended from outgoing_request
         where respond_by is not null group by txn having max(respond_by) between $2 and $1 and bool_and(respond_by is not null)
         union all
         select txn, 'held', max(respond_by) from incoming_request where respond_by between $2 and $1 group by txn
       )
       select e.txn, e.side, coalesce(r.attempts, 0) as attempts
       from ended e left join reconciliation r on r.txn = e.txn and r.side = e.side
       where r.txn is null or (not r.settled and r.next_at <= $3)
       order by e.ended limit $4`,
      [new Date(over), new Date(now - BEGUN_FOR_MS), new Date(now), limit],
    );
  }

  /** What is wrong now takes the place of what was: a finding that is gone is settled, one that is new is found. */
  async note(
    { txn, side, attempts }: DueTransaction,
    findings: readonly Unmatched[],
    at: { now: number; next: number },
  ): Promise<void> {
    const now = new Date(at.now);
    await this.dataSource.transaction(async (manager) => {
      await manager.query(
        `insert into reconciliation (txn, side, settled, attempts, checked_at, next_at) values ($1, $2, $3, $4, $5, $6)
         on conflict (txn, side) do update set settled = $3, attempts = $4, checked_at = $5, next_at = $6`,
        [txn, side, findings.length === 0, attempts + 1, now, new Date(at.next)],
      );
      await manager.query(
        `update reconciliation_finding set settled_at = $3 where txn = $1 and side = $2 and settled_at is null
         and not exists (select from unnest($4::text[], $5::text[], $6::text[]) as still (code, party, request)
           where still.code = reconciliation_finding.code and still.party = reconciliation_finding.party
             and still.request = reconciliation_finding.request)`,
        [txn, side, now, ...columnsOf(findings)],
      );
      await manager.query(
        `insert into reconciliation_finding (txn, side, code, party, request, state, text, found_at)
         select distinct on (code, party, request) $1::uuid, $2, code, party, request, state, text, $3::timestamptz
         from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[]) as found (code, party, request, state, text)
         on conflict (txn, side, code, party, request) do update set state = excluded.state, text = excluded.text, settled_at = null`,
        [txn, side, now, ...columnsOf(findings), findings.map(({ state }) => state), findings.map(({ text }) => text)],
      );
    });
  }

  /** The newest findings, open ones alone unless all are wanted; of one transaction where it is given. */
  async findings(of: { all: boolean; txn: string | undefined; limit: number }): Promise<StoredFinding[]> {
    const rows = await this.dataSource.query<Row[]>(
      `select * from reconciliation_finding where ($1 or settled_at is null) and ($2::uuid is null or txn = $2)
       order by found_at desc, txn, side, code, party, request limit $3`,
      [of.all, of.txn ?? null, of.limit],
    );
    return rows.map(({ found_at: found, settled_at: settled, ...row }) => ({
      ...row,
      foundAt: found.toISOString(),
      settledAt: settled?.toISOString() ?? null,
    }));
  }

  async counts(): Promise<{ settled: number; open: number; findings: number }> {
    const [row] = await this.dataSource.query<{ settled: number; open: number; findings: number }[]>(
      `select count(*) filter (where settled)::int as settled, count(*) filter (where not settled)::int as open,
         (select count(*)::int from reconciliation_finding where settled_at is null) as findings from reconciliation`,
    );
    return row ?? { settled: 0, open: 0, findings: 0 };
  }
}

interface Row extends Omit<StoredFinding, 'foundAt' | 'settledAt'> {
  readonly found_at: Date;
  readonly settled_at: Date | null;
}

function columnsOf(findings: readonly Unmatched[]): [string[], string[], string[]] {
  return [
    findings.map(({ code }) => code),
    findings.map(({ party }) => party ?? ''),
    findings.map(({ request }) => request ?? ''),
  ];
}
