import type { DataSource, EntityManager } from 'typeorm';
import type { JsonObject } from '#protocol';

export type ActState = 'proposed' | 'done' | 'refused';

/** An act as it is kept: signed, for good. */
export interface ActRecord {
  readonly digest: string;
  readonly person: string;
  readonly kind: string;
  readonly issuer: string;
  readonly subject: string;
  readonly token: string;
  readonly state: ActState;
  /** Milliseconds. */
  readonly at: number;
  readonly confirmedBy: string | null;
  readonly result: JsonObject | null;
}

/** Somebody who acts for the authority. */
export interface PersonRecord {
  readonly name: string;
  readonly jwk: JsonObject;
}

interface Row extends Omit<ActRecord, 'at' | 'confirmedBy' | 'kind'> {
  readonly act: string;
  readonly at: Date;
  readonly confirmed_by: string | null;
}

const SELECT = 'select digest, person, act, issuer, subject, token, state, at, confirmed_by, result from authority_act';

/** What persons signed, and who they are. */
export class ActsStore {
  constructor(private readonly dataSource: DataSource) {}

  async person(name: string): Promise<PersonRecord | undefined> {
    const [row] = await this.dataSource.query<PersonRecord[]>(
      `select name, jwk from authority_person where name = $1 and withdrawn_at is null`,
      [name],
    );
    return row;
  }

  async people(): Promise<PersonRecord[]> {
    return this.dataSource.query<PersonRecord[]>(
      `select name, jwk from authority_person where withdrawn_at is null order by name`,
    );
  }

  async addPerson(manager: EntityManager, person: PersonRecord, at: number): Promise<void> {
    await manager.query(`insert into authority_person (name, kid, jwk, added_at) values ($1, $2, $3, $4)`, [
      person.name,
      person.jwk['kid'],
      person.jwk,
      new Date(at),
    ]);
  }

  /** Never so many that nobody could undo it: two stay. */
  async withdrawPerson(manager: EntityManager, name: string, at: number): Promise<boolean> {
    await manager.query(`select pg_advisory_xact_lock(hashtext('persons of the authority'))`);
    const [count] = await manager.query<{ n: string }[]>(
      `select count(*) as n from authority_person where withdrawn_at is null and name <> $1`,
      [name],
    );
    if (Number(count?.n) < 2) return false;
    await manager.query(`update authority_person set withdrawn_at = $2 where name = $1 and withdrawn_at is null`, [
      name,
      new Date(at),
    ]);
    return true;
  }

  async find(digest: string, manager: EntityManager = this.dataSource.manager): Promise<ActRecord | undefined> {
    const [row] = await manager.query<Row[]>(`${SELECT} where digest = $1`, [digest]);
    return row && recordOf(row);
  }

  /** The same identifier by the same person, whatever it says. */
  async ofIdentifier(manager: EntityManager, person: string, jti: string): Promise<ActRecord | undefined> {
    const [row] = await manager.query<Row[]>(`${SELECT} where person = $1 and jti = $2`, [person, jti]);
    return row && recordOf(row);
  }

  /** Newest first; those that wait for a second person alone, if asked. */
  async list(state: ActState | undefined, limit: number): Promise<ActRecord[]> {
    const rows = await this.dataSource.query<Row[]>(
      `${SELECT} where $1::text is null or state = $1 order by at desc, digest limit $2`,
      [state ?? null, limit],
    );
    return rows.map(recordOf);
  }

  async put(manager: EntityManager, record: ActRecord & { readonly jti: string }): Promise<void> {
    const { digest, person, jti, kind, issuer, subject, token, state, at, result } = record;
    await manager.query(
      `insert into authority_act (digest, person, jti, act, issuer, subject, token, state, at, result)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [digest, person, jti, kind, issuer, subject, token, state, new Date(at), result],
    );
  }

  async settle(
    manager: EntityManager,
    digest: string,
    outcome: { readonly state: ActState; readonly by: string | null; readonly result: JsonObject },
  ): Promise<void> {
    await manager.query(`update authority_act set state = $2, confirmed_by = $3, result = $4 where digest = $1`, [
      digest,
      outcome.state,
      outcome.by,
      outcome.result,
    ]);
  }
}

function recordOf(row: Row): ActRecord {
  const { act: kind, at, confirmed_by: confirmedBy, ...rest } = row;
  return { ...rest, kind, at: at.getTime(), confirmedBy };
}
