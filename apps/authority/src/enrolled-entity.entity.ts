import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { JsonObject } from '#protocol';
import type { Enrolment } from './register.js';

/** An enrolment, in force while `withdrawnAt` is null. */
@Entity('enrolled_entity')
export class EnrolledEntity implements Enrolment {
  @PrimaryColumn({ type: 'bigint', generated: 'identity' })
  id: string;

  @Column({ name: 'entity_id', type: 'text' })
  entityId: string;

  @Column({ type: 'text' })
  superior: string;

  @Column({ name: 'entity_type', type: 'text' })
  entityType: Enrolment['entityType'];

  @Column({ type: 'jsonb' })
  stated: JsonObject;

  @Column({ type: 'jsonb' })
  jwks: JsonObject;

  @Column({ type: 'jsonb' })
  constraints: JsonObject;

  /** Of the content: a load of the register changes only what differs. */
  @Column({ type: 'text' })
  digest: string;

  @Column({ name: 'enrolled_at', type: 'timestamptz' })
  enrolledAt: Date;

  /** In the status list of its superior; the enrolment's for good. */
  @Column({ name: 'status_index', type: 'bigint' })
  statusIndex: string;

  /** How well the entity was vetted. */
  @Column({ type: 'text' })
  assurance: string;

  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true })
  expiresAt: Date | null;

  @Column({ name: 'withdrawn_at', type: 'timestamptz', nullable: true })
  withdrawnAt: Date | null;
}
