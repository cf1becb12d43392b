import type { DataSource, EntityManager } from 'typeorm';
import { STATUSES, type Status } from '#trust';
import { returned } from './returned-rows.js';

/** What a status index stands for: an enrolment, or a mark of one type about the subject. */
export interface StatusHolder {
  readonly issuer: string;
  readonly subject: string;
  readonly markType: string | null;
}

/** What goes into one authority's status list. Moves with every change, so that a list can be kept while it does not. */
export interface StatusSnapshot {
  readonly version: string;
  readonly size: number;
  /** Those that are not valid. */
  readonly statuses: ReadonlyMap<number, Status>;
}

/** Status of everything that each authority of this process issued. All writes are part of the caller's transaction. */
export class StatusStore {
  constructor(private readonly dataSource: DataSource) {}

  /** An index that was never given out before, of the value `valid`. */
  async allocate(manager: EntityManager, holder: StatusHolder, at: Date): Promise<number> {
    const { issuer, subject, markType } = holder;
    const [list] = await returned<{ size: string }>(
      manager,
      `insert into status_list (issuer, version, size) values ($1, 1, 1)
       on conflict (issuer) do update set version = status_list.version + 1, size = status_list.size + 1
       returning size`,
      [issuer],
    );
    const index = Number(list?.size) - 1;
    await manager.query(
      `insert into status_entry (issuer, idx, subject, mark_type, changed_at) values ($1, $2, $3, $4, $5)`,
      [issuer, index, subject, markType, at],
    );
    return index;
  }

  /** The database refuses to make something else of what was revoked. */
  async set(
    manager: EntityManager,
    at: { readonly issuer: string; readonly index: number },
    change: { readonly status: Status; readonly reason: string | null; readonly at: Date },
  ): Promise<void> {
    await manager.query(`update status_list set version = version + 1 where issuer = $1`, [at.issuer]);
    await manager.query(
      `update status_entry set value = $3, reason = $4, changed_at = $5 where issuer = $1 and idx = $2`,
      [at.issuer, at.index, STATUSES.indexOf(change.status), change.reason, change.at],
    );
  }

  /** `undefined` where the issuer never gave that index out. */
  async statusOf(
    issuer: string,
    index: number,
    manager: EntityManager = this.dataSource.manager,
  ): Promise<Status | undefined> {
    const [entry] = await manager.query<{ value: number }[]>(
      `select value from status_entry where issuer = $1 and idx = $2`,
      [issuer, index],
    );
    return entry && STATUSES[entry.value];
  }

  async version(issuer: string): Promise<string> {
    const [list] = await this.dataSource.query<{ version: string }[]>(
      `select version from status_list where issuer = $1`,
      [issuer],
    );
    return list?.version ?? '0';
  }

  /** One statement, so that values and version belong together. */
  async snapshot(issuer: string): Promise<StatusSnapshot> {
    const [list] = await this.dataSource.query<{ version: string; size: string; entries: [number, number][] }[]>(
      `select l.version, l.size, coalesce((
         select jsonb_agg(jsonb_build_array(e.idx, e.value)) from status_entry e
         where e.issuer = l.issuer and e.value <> 0), '[]') as entries
       from status_list l where l.issuer = $1`,
      [issuer],
    );
    const statuses = (list?.entries ?? []).flatMap(([index, value]): [number, Status][] => {
      const status = STATUSES[value];
      return status ? [[index, status]] : [];
    });
    return { version: list?.version ?? '0', size: Number(list?.size ?? 0), statuses: new Map(statuses) };
  }
}
