import type { DataSource, EntityManager } from 'typeorm';
import type { HoldBasis, HoldScope } from '#reads';

export type HoldState = 'proposed' | 'in_force' | 'ended';
/** What waits for a second person. */
export type PendingAct = 'place' | 'renew' | 'release';

/** A preservation hold. Of one that has ended the scope is gone, and what it was about stays in the ledger. */
export interface Hold {
  readonly id: string;
  readonly basis: HoldBasis;
  /** Code of its statute. */
  readonly statute: string;
  readonly state: HoldState;
  readonly caseNumber: string | undefined;
  readonly sworn: { readonly digest: string; readonly by: string } | undefined;
  readonly scope: HoldScope | undefined;
  readonly placedAt: number;
  readonly placedBy: string;
  readonly expiresAt: number;
  readonly renewals: number;
  readonly approvedBy: string | undefined;
  readonly pending:
    { readonly act: PendingAct; readonly bySub: string; readonly digest: string | undefined } | undefined;
  readonly ended: { readonly at: number; readonly reason: string } | undefined;
}

interface Row {
  id: string;
  basis: HoldBasis;
  statute: string;
  state: HoldState;
  case_number: string | null;
  sworn_digest: string | null;
  sworn_by: string | null;
  plates: string[];
  devices: string[];
  seen_from: Date | null;
  seen_until: Date | null;
  release_owner: string | null;
  release_digest: string | null;
  placed_at: Date;
  placed_by: string;
  expires_at: Date;
  renewals: number;
  approved_by: string | null;
  pending: PendingAct | null;
  pending_by_sub: string | null;
  pending_digest: string | null;
  ended_at: Date | null;
  ended_reason: string | null;
}

/** The table of holds; what is decided about them is in `holds.ts`. */
export class HoldsStore {
  constructor(private readonly dataSource: DataSource) {}

  async insert(
    manager: EntityManager,
    hold: Pick<Hold, 'id' | 'basis' | 'statute' | 'caseNumber' | 'sworn' | 'placedAt' | 'placedBy' | 'expiresAt'> & {
      readonly scope: HoldScope;
      readonly placedBySub: string;
    },
  ): Promise<void> {
    const { scope } = hold;
    const reads = scope.kind === 'reads' ? scope : undefined;
    const release = scope.kind === 'release' ? scope : undefined;
    await manager.query(
      `insert into preservation_hold (id, basis, statute, state, case_number, sworn_digest, sworn_by, plates, devices, seen_from,
         seen_until, release_owner, release_digest, placed_at, placed_by, placed_by_sub, expires_at, pending, pending_by_sub)
       values ($1, $2, $3, 'proposed', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 'place', $15)`,
      [
        hold.id,
        hold.basis,
        hold.statute,
        hold.caseNumber ?? null,
        hold.sworn?.digest ?? null,
        hold.sworn?.by ?? null,
        reads?.plates ?? [],
        reads?.devices ?? [],
        reads ? new Date(reads.from) : null,
        reads ? new Date(reads.until) : null,
        release?.owner ?? null,
        release?.release ?? null,
        new Date(hold.placedAt),
        hold.placedBy,
        hold.placedBySub,
        new Date(hold.expiresAt),
      ],
    );
  }

  async find(id: string): Promise<Hold | undefined> {
    return (await this.where(this.dataSource.manager, 'id = $1', [id]))[0];
  }

  /** The same, kept from others until the transaction ends. */
  async lock(manager: EntityManager, id: string): Promise<Hold | undefined> {
    return (await this.where(manager, 'id = $1 for update', [id]))[0];
  }

  /** The newest 500, those that are open first. */
  list(): Promise<Hold[]> {
    return this.where(this.dataSource.manager, `true order by state = 'ended', placed_at desc limit 500`, []);
  }

  /** Open ones whose time is over. */
  due(now: number): Promise<Hold[]> {
    return this.where(this.dataSource.manager, `state <> 'ended' and expires_at <= $1`, [new Date(now)]);
  }

  /** Confirmed holds on what a release brought. */
  onRelease(manager: EntityManager, owner: string, release: string, now: number): Promise<Hold[]> {
    const condition = `state = 'in_force' and expires_at > $3 and release_owner = $1 and release_digest = $2 order by expires_at desc`;
    return this.where(manager, condition, [owner, release, new Date(now)]);
  }

  async propose(manager: EntityManager, id: string, act: PendingAct, bySub: string, digest?: string): Promise<void> {
    await manager.query(
      'update preservation_hold set pending = $2, pending_by_sub = $3, pending_digest = $4 where id = $1',
      [id, act, bySub, digest ?? null],
    );
  }

  /** Placed or renewed with a second person's word. */
  async putInForce(
    manager: EntityManager,
    id: string,
    to: {
      readonly expiresAt: number;
      readonly approvedBy: string;
      readonly renewals: number;
      readonly digest: string | undefined;
    },
  ): Promise<void> {
    await manager.query(
      `update preservation_hold set state = 'in_force', expires_at = $2, approved_by = $3, renewals = $4,
         sworn_digest = coalesce($5, sworn_digest), pending = null, pending_by_sub = null, pending_digest = null where id = $1`,
      [id, new Date(to.expiresAt), to.approvedBy, to.renewals, to.digest ?? null],
    );
  }

  /** What it was about is forgotten with the reads. */
  async end(manager: EntityManager, id: string, reason: string, now: number): Promise<void> {
    await manager.query(
      `update preservation_hold set state = 'ended', ended_at = $2, ended_reason = $3, plates = '{}', devices = '{}',
         seen_from = null, seen_until = null, case_number = null, sworn_by = null, pending = null, pending_by_sub = null,
         pending_digest = null where id = $1`,
      [id, new Date(now), reason],
    );
  }

  private async where(manager: EntityManager, condition: string, values: unknown[]): Promise<Hold[]> {
    const rows: Row[] = await manager.query(`select * from preservation_hold where ${condition}`, values);
    return rows.map(holdOf);
  }
}

function holdOf(row: Row): Hold {
  return {
    id: row.id,
    basis: row.basis,
    statute: row.statute,
    state: row.state,
    caseNumber: row.case_number ?? undefined,
    sworn: row.sworn_digest === null ? undefined : { digest: row.sworn_digest, by: row.sworn_by ?? '' },
    scope: scopeOf(row),
    placedAt: row.placed_at.getTime(),
    placedBy: row.placed_by,
    expiresAt: row.expires_at.getTime(),
    renewals: row.renewals,
    approvedBy: row.approved_by ?? undefined,
    pending:
      row.pending === null
        ? undefined
        : { act: row.pending, bySub: row.pending_by_sub ?? '', digest: row.pending_digest ?? undefined },
    ended: row.ended_at === null ? undefined : { at: row.ended_at.getTime(), reason: row.ended_reason ?? '' },
  };
}

function scopeOf(row: Row): HoldScope | undefined {
  const { release_owner: owner, release_digest: release, seen_from: from, seen_until: until } = row;
  if (owner !== null && release !== null) return { kind: 'release', owner, release };
  if (from === null || until === null) return undefined;
  return { kind: 'reads', plates: row.plates, devices: row.devices, from: from.getTime(), until: until.getTime() };
}
