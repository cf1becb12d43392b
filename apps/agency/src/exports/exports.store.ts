import type { DataSource, EntityManager } from 'typeorm';
import type { ReleasedRead } from '#protocol';
import { formatInstant, type Read } from '#reads';
import type { Tags } from '../tags.js';

/** A file that left this node. */
export interface ExportRecord {
  readonly id: string;
  readonly txn: string;
  readonly owner: string;
  readonly release: string;
  readonly by: string;
  readonly at: number;
  readonly columns: readonly string[];
  readonly rowTags: readonly string[];
}

/** A release of this agency whose reads a file holds. */
export interface MarkedRelease {
  readonly what: 'answer' | 'alert';
  /** Digest of the request that was answered, or id of the alert. */
  readonly released: string;
  readonly txn: string;
  readonly requester: string;
  readonly releasedAt: string;
  readonly rowTags: readonly string[];
}

/** A stored read, as far as it is known by. */
type Sighting = Pick<Read, 'plate' | 'seenAt'>;

/**
 * What is kept to trace a leaked file: which export, and which release, held which reads. Reads stand in it as tags under this
 * node's own key, in the order of the file; without the key they tell nothing, and with it one has to guess plate and instant.
 */
export class Exports {
  constructor(
    private readonly dataSource: DataSource,
    private readonly tags: Tags,
    /** Draws the order of each export and makes its mark. */
    readonly key: Uint8Array,
  ) {}

  /** The tag of a read, from what a file of it shows. */
  tagOf({ plate, companion, seen_at: seenAt }: Pick<ReleasedRead, 'plate' | 'companion' | 'seen_at'>): string {
    return this.tags.read(plate ?? companion ?? '', seenAt);
  }

  async insert(manager: EntityManager, record: ExportRecord): Promise<void> {
    await manager.query(
      `insert into read_export (id, txn, owner, release_digest, exported_by, exported_at, columns, row_tags)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        record.id,
        record.txn,
        record.owner,
        record.release,
        record.by,
        new Date(record.at),
        record.columns,
        record.rowTags,
      ],
    );
  }

  /**
   * In the transaction of the release: whoever receives it is known from the first moment, by the rows as they were told, and by
   * the reads themselves, of which a rule may let the plate or the time be told less exactly.
   */
  async markRelease(
    manager: EntityManager,
    of: {
      readonly what: 'answer' | 'alert';
      readonly released: string;
      readonly txn: string;
      readonly requester: string;
    },
    { told, stored }: { readonly told: readonly ReleasedRead[]; readonly stored: readonly Sighting[] },
    now: number,
  ): Promise<void> {
    if (told.length === 0) return;
    await manager.query(
      `insert into release_mark (what, released, txn, requester, released_at, row_tags, read_tags)
       values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
      [
        of.what,
        of.released,
        of.txn,
        of.requester,
        new Date(now),
        told.map((read) => this.tagOf(read)),
        stored.map(({ plate, seenAt }) => this.tags.read(plate, formatInstant(seenAt))),
      ],
    );
  }

  /** Tags of what the release that answered this request held. */
  async tagsOfRelease(request: string): Promise<readonly string[]> {
    const rows = await this.dataSource.query<{ row_tags: string[] }[]>(
      "select row_tags from release_mark where what = 'answer' and released = $1",
      [request],
    );
    return rows[0]?.row_tags ?? [];
  }

  /** Exports and releases that hold one of these reads, the newest 50 of each. */
  async holding(rowTags: readonly string[]): Promise<{ exports: ExportRecord[]; releases: MarkedRelease[] }> {
    const exported = await this.dataSource.query<ExportRow[]>(
      'select * from read_export where row_tags && $1::text[] order by exported_at desc limit 50',
      [rowTags],
    );
    const released = await this.dataSource.query<ReleaseRow[]>(
      'select * from release_mark where row_tags && $1::text[] order by released_at desc limit 50',
      [rowTags],
    );
    return {
      exports: exported.map((row) => ({
        id: row.id,
        txn: row.txn,
        owner: row.owner,
        release: row.release_digest,
        by: row.exported_by,
        at: row.exported_at.getTime(),
        columns: row.columns,
        rowTags: row.row_tags,
      })),
      releases: released.map((row) => ({
        what: row.what,
        released: row.released,
        txn: row.txn,
        requester: row.requester,
        releasedAt: row.released_at.toISOString(),
        rowTags: row.row_tags,
      })),
    };
  }

  async find(id: string): Promise<boolean> {
    const rows = await this.dataSource.query<unknown[]>('select 1 from read_export where id = $1', [id]);
    return rows.length === 1;
  }
}

interface ExportRow {
  id: string;
  txn: string;
  owner: string;
  release_digest: string;
  exported_by: string;
  exported_at: Date;
  columns: string[];
  row_tags: string[];
}
interface ReleaseRow {
  what: 'answer' | 'alert';
  released: string;
  txn: string;
  requester: string;
  released_at: Date;
  row_tags: string[];
}
