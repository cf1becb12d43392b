import { IsNull, type DataSource } from 'typeorm';
import { isJsonObject, type JsonObject } from '#protocol';
import { AttestedProtectionRow } from './attested-protection.entity.js';
import { EnrolledEntity } from './enrolled-entity.entity.js';
import { ListVersions } from './list-versions.js';
import type { WitnessedLog } from './register.js';

export const AUTHORITY_ENTITIES = [EnrolledEntity, AttestedProtectionRow] as const;

/** Which subordinates a list names: OpenID Federation 1.0, "Subordinate Listing Request". */
export interface SubordinateFilter {
  readonly superior: string;
  /** All of them, as the standard says; an entity has one type here, so two different ones name nobody. */
  readonly entityTypes: readonly string[];
  /** Those alone that hold any mark in force. */
  readonly trustMarked: boolean;
  /** Those alone that hold a mark of this type in force. */
  readonly trustMarkType: string | undefined;
  /** Those alone that may enrol others, or that may not. */
  readonly intermediate: boolean | undefined;
  /** Those from this entity id on, itself among them. */
  readonly from: string | undefined;
  readonly limit: number;
  /** Milliseconds. */
  readonly at: number;
}

/** One name of a list, with when its entry of the register was written. */
export interface ListedSubordinate {
  readonly entityId: string;
  /** Milliseconds. */
  readonly enrolledAt: number;
}

/** The register in the database: what the federation is told is read from here each time. */
export class RegisterStore {
  readonly lists: ListVersions;

  constructor(private readonly dataSource: DataSource) {
    this.lists = new ListVersions(dataSource);
  }

  /** In order of their ids, code point by code point, so that a page has a definite next one. */
  async subordinates(filter: SubordinateFilter): Promise<ListedSubordinate[]> {
    const { superior, entityTypes, trustMarked, trustMarkType, intermediate, from, limit, at } = filter;
    const rows = await this.dataSource.query<{ entity_id: string; enrolled_at: Date }[]>(
      `select e.entity_id, e.enrolled_at from enrolled_entity e
       where e.superior = $1 and e.withdrawn_at is null and (e.expires_at is null or e.expires_at > $2)
         and (cardinality($3::text[]) = 0 or (array[e.entity_type] @> $3::text[]))
         and ($4::boolean is null or (e.entity_type = 'comity_jurisdiction') = $4)
         and ($5::text is null or e.entity_id collate "C" >= $5)
         and (not $6 or exists (${MARK_OF}))
         and ($7::text is null or exists (${MARK_OF} and m.mark_type = $7))
       order by e.entity_id collate "C" limit $8`,
      [
        superior,
        new Date(at),
        [...new Set(entityTypes)],
        intermediate ?? null,
        from ?? null,
        trustMarked,
        trustMarkType ?? null,
        limit,
      ],
    );
    return rows.map((row) => ({ entityId: row.entity_id, enrolledAt: row.enrolled_at.getTime() }));
  }

  /** `null` also where the enrolment has run out. */
  async enrolment(superior: string, entityId: string, at: number): Promise<EnrolledEntity | null> {
    const row = await this.#entities.findOne({ where: { superior, entityId, withdrawnAt: IsNull() } });
    return row && (row.expiresAt === null || row.expiresAt.getTime() > at) ? row : null;
  }

  /** Wherever the entity is enrolled in this process. */
  async enrolmentOf(entityId: string, at: number): Promise<EnrolledEntity | null> {
    const row = await this.#entities.findOne({ where: { entityId, withdrawnAt: IsNull() } });
    return row && (row.expiresAt === null || row.expiresAt.getTime() > at) ? row : null;
  }

  /** Jurisdictions below `anchor`. */
  async jurisdictions(anchor: string): Promise<{ entityId: string; name: string }[]> {
    const where = { superior: anchor, entityType: 'comity_jurisdiction', withdrawnAt: IsNull() } as const;
    const rows = await this.#entities.find({ where, order: { entityId: 'ASC' } });
    return rows.map(({ entityId, stated }) => ({ entityId, name: textOf(stated['name']) }));
  }

  /** Agencies, brokers and auditors: whoever has an address of its own and wants to hear of a change. */
  async nodes(superiors: readonly string[]): Promise<string[]> {
    const rows = await this.dataSource.query<{ entity_id: string }[]>(
      `select entity_id from enrolled_entity where superior = any($1) and withdrawn_at is null
         and entity_type in ('comity_agency', 'comity_broker', 'comity_auditor') order by entity_id`,
      [[...superiors]],
    );
    return rows.map((row) => row.entity_id);
  }

  /** The ledger of that origin, where somebody enrolled has it. */
  async ledger(origin: string): Promise<(WitnessedLog & { readonly keeper: string }) | undefined> {
    const [row] = await this.dataSource.query<{ keeper: string; ledger: JsonObject }[]>(
      `select entity_id as keeper, stated -> 'ledger' as ledger from enrolled_entity
       where withdrawn_at is null and stated -> 'ledger' is not null and stated -> 'ledger' ->> 'origin' = $1`,
      [origin],
    );
    const { origin: name, vkey } = isJsonObject(row?.ledger) ? row.ledger : {};
    return row && typeof name === 'string' && typeof vkey === 'string'
      ? { origin: name, vkey, keeper: row.keeper }
      : undefined;
  }

  /** What an entity attests about itself: the law of a jurisdiction. */
  ownLaw(entityId: string): Promise<AttestedProtectionRow[]> {
    const where = { issuer: entityId, subject: entityId, withdrawnAt: IsNull() };
    return this.#attested.find({ where, order: { markType: 'ASC' } });
  }

  attestation(issuer: string, subject: string, markType: string): Promise<AttestedProtectionRow | null> {
    return this.#attested.findOne({ where: { issuer, subject, markType, withdrawnAt: IsNull() } });
  }

  /** Whom the issuer has given a mark of the type that is in effect at `at`. */
  async marked(issuer: string, markType: string, subject: string | undefined, at: number): Promise<string[]> {
    const rows = await this.dataSource.query<{ subject: string }[]>(
      `select distinct m.subject from attested_protection m
       where m.issuer = $1 and m.mark_type = $2 and m.withdrawn_at is null and ($3::text is null or m.subject = $3)
         and m.effective_from <= $4 and (m.effective_until is null or m.effective_until > $4)
       order by m.subject`,
      [issuer, markType, subject ?? null, new Date(at)],
    );
    return rows.map((row) => row.subject);
  }

  /** Who attests which type: the anchor's `trust_mark_issuers`. */
  async issuersByType(): Promise<Record<string, string[]>> {
    const rows = await this.dataSource.query<{ mark_type: string; issuers: string[] }[]>(
      `select mark_type, array_agg(distinct issuer order by issuer) as issuers from attested_protection
       where withdrawn_at is null group by mark_type order by mark_type`,
    );
    return Object.fromEntries(rows.map((row) => [row.mark_type, row.issuers]));
  }

  /** Whether the database can be read: the health of an authority is that it can answer. */
  async check(): Promise<void> {
    await this.dataSource.query('select 1 from enrolled_entity limit 1');
  }

  get #entities() {
    return this.dataSource.getRepository(EnrolledEntity);
  }

  get #attested() {
    return this.dataSource.getRepository(AttestedProtectionRow);
  }
}

const MARK_OF = `select from attested_protection m
  where m.subject = e.entity_id and m.issuer = e.superior and m.withdrawn_at is null
    and m.effective_from <= $2 and (m.effective_until is null or m.effective_until > $2)`;

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
