/** A write that lasts: a COMMIT, or one statement by itself. */
export interface DurableWrite {
  /** `commit (insert ask, insert log_pending)`, `update log_state`. */
  readonly name: string;
  /** Asked ten times a second, and a write only where it finds something. */
  readonly polled: boolean;
}

/** Who is signed in, and what is seen, followed and cosigned in the background: no step of an exchange. */
const BESIDE = /\b(officer_session|login_attempt|cosignature|seen_statement|followed_feed)\b/;

/** Reads the statements of connections in their order, and names those with which something lasts. */
export class DurableWrites {
  /** What the open transaction of each connection has written. */
  readonly #open = new WeakMap<object, string[]>();

  /** `undefined` for what lasts only with a later COMMIT, or changes nothing. */
  read(text: string, connection: object): DurableWrite | undefined {
    const statement = text.trim().toLowerCase();
    if (statement.startsWith('start transaction')) this.#open.set(connection, []);
    if (statement === 'rollback') this.#open.delete(connection);
    if (statement === 'commit') {
      const writes = this.#open.get(connection) ?? [];
      this.#open.delete(connection);
      return writes.length === 0 ? undefined : { name: `commit (${writes.join(', ')})`, polled: false };
    }
    const found = /^(?:with [^]*?)?(insert into|update|delete from) (\w+)/.exec(statement);
    if (found === null || BESIDE.test(found[2] ?? '')) return undefined;
    const name = `${(found[1] ?? '').split(' ')[0] ?? ''} ${found[2] ?? ''}`;
    const transaction = this.#open.get(connection);
    if (transaction === undefined) return { name, polled: statement.includes('skip locked') };
    transaction.push(name);
    return undefined;
  }
}
