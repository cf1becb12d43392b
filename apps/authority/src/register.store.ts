import { In, IsNull, type DataSource, type EntityManager } from 'typeorm';
import { digestOf, type JsonValue } from '#protocol';
import { AttestedProtectionRow } from './attested-protection.entity.js';
import { EnrolledEntity } from './enrolled-entity.entity.js';
import type { AttestedProtection, Enrolment, Register } from './register.js';

export const AUTHORITY_ENTITIES = [EnrolledEntity, AttestedProtectionRow] as const;

export interface RegisterChanges {
  readonly added: number;
  readonly withdrawn: number;
}

/** The register in the database: what the federation is told is read from here each time. */
export class RegisterStore {
  constructor(private readonly dataSource: DataSource) {}

  subordinates(superior: string): Promise<EnrolledEntity[]> {
    return this.#entities.find({ where: { superior, withdrawnAt: IsNull() }, order: { entityId: 'ASC' } });
  }

  enrolment(superior: string, entityId: string): Promise<EnrolledEntity | null> {
    return this.#entities.findOne({ where: { superior, entityId, withdrawnAt: IsNull() } });
  }

  /** What an entity attests about itself: the law of a jurisdiction. */
  ownLaw(entityId: string): Promise<AttestedProtectionRow[]> {
    const where = { issuer: entityId, subject: entityId, withdrawnAt: IsNull() };
    return this.#attested.find({ where, order: { markType: 'ASC' } });
  }

  attestation(issuer: string, subject: string, markType: string): Promise<AttestedProtectionRow | null> {
    return this.#attested.findOne({ where: { issuer, subject, markType, withdrawnAt: IsNull() } });
  }

  /** Who attests which type: the anchor's `trust_mark_issuers`. */
  async issuersByType(): Promise<Record<string, string[]>> {
    const rows = await this.#attested.find({
      select: { id: true, markType: true, issuer: true },
      where: { withdrawnAt: IsNull() },
      order: { markType: 'ASC', issuer: 'ASC' },
    });
    const byType = Map.groupBy(rows, ({ markType }) => markType);
    return Object.fromEntries([...byType].map(([type, of]) => [type, [...new Set(of.map(({ issuer }) => issuer))]]));
  }

  /** Whether the database can be read: the health of an authority is that it can answer. */
  async check(): Promise<void> {
    await this.dataSource.query('select 1 from enrolled_entity limit 1');
  }

  /**
   * Makes the database say what the register file says. What is equal stays as it is; what changed or went is withdrawn, and
   * the new content is added beside it. Loading the same file again changes nothing.
   *
   * @param at milliseconds
   */
  async load(register: Register, at: number): Promise<RegisterChanges> {
    return this.dataSource.transaction(async (manager) => {
      // Of two processes that start at once the second waits, and then finds nothing to do.
      await manager.query(`select pg_advisory_xact_lock(hashtext('comity authority register'))`);
      const entities = await this.#loadEntities(manager, register.enrolments, new Date(at));
      const attested = await this.#loadAttested(manager, register.attested, new Date(at));
      return { added: entities.added + attested.added, withdrawn: entities.withdrawn + attested.withdrawn };
    });
  }

  async #loadEntities(manager: EntityManager, wanted: readonly Enrolment[], at: Date): Promise<RegisterChanges> {
    const rows = await manager.find(EnrolledEntity, { where: { withdrawnAt: IsNull() } });
    const { gone, missing } = difference(rows, wanted.map(withDigest));
    if (gone.length > 0) await manager.update(EnrolledEntity, { id: In(gone) }, { withdrawnAt: at });
    for (const { content, digest } of missing) {
      const { entityId, superior, entityType, stated, jwks, constraints } = content;
      await manager.query(
        `insert into enrolled_entity (entity_id, superior, entity_type, stated, jwks, constraints, digest, enrolled_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [entityId, superior, entityType, stated, jwks, constraints, digest, at],
      );
    }
    return { added: missing.length, withdrawn: gone.length };
  }

  async #loadAttested(
    manager: EntityManager,
    wanted: readonly AttestedProtection[],
    at: Date,
  ): Promise<RegisterChanges> {
    const rows = await manager.find(AttestedProtectionRow, { where: { withdrawnAt: IsNull() } });
    const { gone, missing } = difference(rows, wanted.map(withDigest));
    if (gone.length > 0) await manager.update(AttestedProtectionRow, { id: In(gone) }, { withdrawnAt: at });
    for (const { content, digest } of missing) {
      const { effectiveFrom, effectiveUntil, binds } = content;
      await manager.insert(AttestedProtectionRow, {
        ...content,
        binds: [...binds],
        effectiveFrom: new Date(effectiveFrom),
        effectiveUntil: effectiveUntil === null ? null : new Date(effectiveUntil),
        digest,
        attestedAt: at,
      });
    }
    return { added: missing.length, withdrawn: gone.length };
  }

  get #entities() {
    return this.dataSource.getRepository(EnrolledEntity);
  }

  get #attested() {
    return this.dataSource.getRepository(AttestedProtectionRow);
  }
}

interface Wanted<T> {
  readonly content: T;
  readonly digest: string;
}

function withDigest<T extends object>(content: T): Wanted<T> {
  return { content, digest: digestOf(JSON.parse(JSON.stringify(content)) as JsonValue) };
}

/** Rows by their digest, which covers their whole content: rows to withdraw, content to add. */
function difference<T>(
  rows: readonly { readonly id: string; readonly digest: string }[],
  wanted: readonly Wanted<T>[],
): { gone: string[]; missing: Wanted<T>[] } {
  const wantedDigests = new Set(wanted.map(({ digest }) => digest));
  const present = new Set(rows.map(({ digest }) => digest));
  return {
    gone: rows.filter(({ digest }) => !wantedDigests.has(digest)).map(({ id }) => id),
    missing: wanted.filter(({ digest }) => !present.has(digest)),
  };
}
