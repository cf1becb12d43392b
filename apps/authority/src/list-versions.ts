import type { DataSource } from 'typeorm';

interface Expiries {
  /** Digest of the newest event when these were read. */
  readonly head: string;
  /** Milliseconds, of enrolments that end by themselves: auditors, courts, witnesses. */
  readonly instants: readonly number[];
}

/**
 * Entity tags (RFC 9110 §8.8.3) of the lists of subordinates. A list changes with an event of its authority, of which each
 * names the one before, and when an enrolment runs out; so all pages of one list bear one tag, and a node that holds the list
 * asks for its first page alone. What one tag costs is a look at the newest event.
 */
export class ListVersions {
  readonly #expiries = new Map<string, Expiries>();

  constructor(private readonly dataSource: DataSource) {}

  /**
   * To be asked before the list is read: what changes in between is then under an older tag, and read again.
   *
   * @param at milliseconds
   */
  async tagOf(superior: string, at: number): Promise<string> {
    const [newest] = await this.dataSource.query<{ digest: string }[]>(
      'select digest from authority_event where issuer = $1 order by seq desc limit 1',
      [superior],
    );
    const head = newest?.digest ?? '';
    const { instants } = await this.#expiriesOf(superior, head);
    return `"${head}.${instants.filter((instant) => instant <= at).length}"`;
  }

  async #expiriesOf(superior: string, head: string): Promise<Expiries> {
    const known = this.#expiries.get(superior);
    if (known?.head === head) return known;
    const rows = await this.dataSource.query<{ expires_at: Date }[]>(
      `select expires_at from enrolled_entity where superior = $1 and withdrawn_at is null and expires_at is not null`,
      [superior],
    );
    const found = { head, instants: rows.map(({ expires_at: expires }) => expires.getTime()) };
    this.#expiries.set(superior, found);
    return found;
  }
}
