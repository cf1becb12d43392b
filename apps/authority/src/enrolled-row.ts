import type { EntityManager } from 'typeorm';
import type { EnrolledEntity } from './enrolled-entity.entity.js';
import type { Enrolment } from './register.js';
import { rowDigest } from './row-digest.js';

/** A change withdraws a row and adds another; index and terms of the enrolment go along. */
export async function insertEnrolment(
  manager: EntityManager,
  enrolment: Enrolment,
  more: {
    readonly at: number;
    readonly index: string;
    readonly terms: { readonly assurance: string; readonly expiresAt: Date | null };
  },
): Promise<void> {
  const { entityId, superior, entityType, stated, jwks, constraints } = enrolment;
  const { at, index, terms } = more;
  await manager.query(
    `insert into enrolled_entity (entity_id, superior, entity_type, stated, jwks, constraints, digest, enrolled_at,
       status_index, assurance, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      entityId,
      superior,
      entityType,
      stated,
      jwks,
      constraints,
      rowDigest(enrolment),
      new Date(at),
      index,
      terms.assurance,
      terms.expiresAt,
    ],
  );
}

/** What a row enrols. */
export function enrolmentIn({ entityId, superior, entityType, stated, jwks, constraints }: EnrolledEntity): Enrolment {
  return { entityId, superior, entityType, stated, jwks, constraints };
}
