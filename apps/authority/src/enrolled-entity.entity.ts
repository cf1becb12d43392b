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

  @Column({ name: 'withdrawn_at', type: 'timestamptz', nullable: true })
  withdrawnAt: Date | null;
}
