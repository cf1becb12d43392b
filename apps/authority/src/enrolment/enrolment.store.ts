import type { DataSource, EntityManager } from 'typeorm';
import type { JsonObject } from '#protocol';
import type { Enrollable } from './enrolment-shapes.js';

/** A request for enrolment, as it came. */
export interface EnrolmentRequest {
  /** Digest of what is asked for. */
  readonly id: string;
  readonly superior: string;
  readonly entityId: string;
  readonly entityType: Enrollable;
  /** What the superior would state. */
  readonly requested: JsonObject;
  readonly jwks: JsonObject;
  readonly proofs: readonly string[];
  /** Milliseconds. */
  readonly receivedAt: number;
  readonly state: 'waiting' | 'enrolled' | 'refused';
}

/** What one person found. */
export interface Vetting {
  readonly person: string;
  readonly verdict: 'approve' | 'refuse';
  readonly assurance: string | null;
  readonly finding: string;
  /** Digest of the signed act. */
  readonly act: string;
}

interface Row {
  readonly id: string;
  readonly superior: string;
  readonly entity_id: string;
  readonly entity_type: Enrollable;
  readonly requested: JsonObject;
  readonly jwks: JsonObject;
  readonly proofs: string[];
  readonly received_at: Date;
  readonly state: EnrolmentRequest['state'];
}

const SELECT = `select id, superior, entity_id, entity_type, requested, jwks, proofs, received_at, state
  from enrolment_request`;

export class EnrolmentStore {
  constructor(private readonly dataSource: DataSource) {}

  async find(id: string, manager: EntityManager = this.dataSource.manager): Promise<EnrolmentRequest | undefined> {
    const [row] = await manager.query<Row[]>(`${SELECT} where id = $1`, [id]);
    return row && requestOf(row);
  }

  /** Newest first. */
  async list(
    superior: string,
    state: EnrolmentRequest['state'] | undefined,
    limit: number,
  ): Promise<EnrolmentRequest[]> {
    const rows = await this.dataSource.query<Row[]>(
      `${SELECT} where superior = $1 and ($2::text is null or state = $2) order by received_at desc, id limit $3`,
      [superior, state ?? null, limit],
    );
    return rows.map(requestOf);
  }

  async vettings(request: string, manager: EntityManager = this.dataSource.manager): Promise<Vetting[]> {
    return manager.query<Vetting[]>(
      `select person, verdict, assurance, finding, act from enrolment_vetting where request = $1 order by at, person`,
      [request],
    );
  }

  async waiting(manager: EntityManager): Promise<number> {
    const [row] = await manager.query<{ n: string }[]>(
      `select count(*) as n from enrolment_request where state = 'waiting'`,
    );
    return Number(row?.n);
  }

  /** A newer request of the same applicant takes the place of one that waits. */
  async put(manager: EntityManager, request: EnrolmentRequest): Promise<void> {
    const { id, superior, entityId, entityType, requested, jwks, proofs, receivedAt } = request;
    const at = new Date(receivedAt);
    await manager.query(
      `update enrolment_request set state = 'refused', decided_at = $3
       where superior = $1 and entity_id = $2 and state = 'waiting'`,
      [superior, entityId, at],
    );
    await manager.query(
      `insert into enrolment_request (id, superior, entity_id, entity_type, requested, jwks, proofs, received_at, state)
       values ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting')`,
      [id, superior, entityId, entityType, requested, jwks, JSON.stringify(proofs), at],
    );
  }

  async addVetting(manager: EntityManager, request: string, vetting: Vetting, at: number): Promise<void> {
    const { person, verdict, assurance, finding, act } = vetting;
    await manager.query(
      `insert into enrolment_vetting (request, person, verdict, assurance, finding, act, at)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [request, person, verdict, assurance, finding, act, new Date(at)],
    );
  }

  async settle(manager: EntityManager, id: string, state: 'enrolled' | 'refused', at: number): Promise<void> {
    await manager.query(`update enrolment_request set state = $2, decided_at = $3 where id = $1`, [
      id,
      state,
      new Date(at),
    ]);
  }
}

function requestOf(row: Row): EnrolmentRequest {
  return {
    id: row.id,
    superior: row.superior,
    entityId: row.entity_id,
    entityType: row.entity_type,
    requested: row.requested,
    jwks: row.jwks,
    proofs: row.proofs,
    receivedAt: row.received_at.getTime(),
    state: row.state,
  };
}
