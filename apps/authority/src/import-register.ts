import type { DataSource, EntityManager } from 'typeorm';
import type { RecordedEvent } from './event-feed.js';
import type { KeyHistoryStore } from './key-history.store.js';
import type { RegisterChanges } from './register-changes.js';
import type { Person, Register } from './register.js';
import type { Authority } from './statement-desk.js';

/** Who the anchor is, as the register file said at the first start. */
export interface AuthorityIdentity {
  readonly anchor: string;
  readonly name: string;
  readonly notice: string | null;
}

/** What a register file was made of: its word is all there is to how well its entities were vetted. */
const ASSURANCE_OF_FILE = 'register-file';

export async function readIdentity(
  database: DataSource | EntityManager,
  anchor: string,
): Promise<AuthorityIdentity | undefined> {
  const [row] = await database.query<AuthorityIdentity[]>(
    `select anchor, name, notice from authority_identity where anchor = $1`,
    [anchor],
  );
  return row;
}

/**
 * Brings a register file into an empty database: persons, jurisdictions, members, what is attested of them, each with an
 * event. A database that was begun stays as it is: from then on a register changes by what persons sign (law 7), and a file
 * that an operator edits changes nothing.
 *
 * @param at milliseconds
 * @returns the events, or `undefined` where the database was begun before
 */
export async function importRegister(input: {
  readonly dataSource: DataSource;
  readonly changes: RegisterChanges;
  readonly keys: KeyHistoryStore;
  readonly register: Register;
  readonly anchor: Authority;
  /** The authority with that entity id: the anchor or one of its jurisdictions. */
  readonly authorityOf: (entityId: string) => Authority;
  readonly at: number;
}): Promise<RecordedEvent[] | undefined> {
  const { dataSource, changes, keys, register, anchor, authorityOf, at } = input;
  return dataSource.transaction(async (manager) => {
    // Of two processes that start at once the second waits, and then finds it done.
    await manager.query(`select pg_advisory_xact_lock(hashtext('comity authority register'))`);
    if (await readIdentity(manager, anchor.entityId)) return undefined;
    await manager.query(`insert into authority_identity (anchor, name, notice, imported_at) values ($1, $2, $3, $4)`, [
      anchor.entityId,
      register.name,
      register.notice ?? null,
      new Date(at),
    ]);
    await addPersons(manager, register.people, at);
    await keys.publish(manager, anchor.entityId, anchor.key.publicJwk, at);
    const events: RecordedEvent[] = [];
    for (const enrolment of register.enrolments) {
      const change = { manager, authority: authorityOf(enrolment.superior), at, acts: [] };
      events.push(await changes.enrol(change, enrolment, { assurance: ASSURANCE_OF_FILE, expiresAt: null }));
    }
    for (const attested of register.attested) {
      const change = { manager, authority: authorityOf(attested.issuer), at, acts: [] };
      events.push(await changes.issueMark(change, attested));
    }
    return events;
  });
}

async function addPersons(manager: EntityManager, people: readonly Person[], at: number): Promise<void> {
  for (const { name, jwk } of people) {
    await manager.query(`insert into authority_person (name, kid, jwk, added_at) values ($1, $2, $3, $4)`, [
      name,
      jwk['kid'],
      jwk,
      new Date(at),
    ]);
  }
}
