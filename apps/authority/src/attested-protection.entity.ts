import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Basis } from '#trust';

/** An attestation, in force while `withdrawnAt` is null; each is shown as one trust mark. */
@Entity('attested_protection')
export class AttestedProtectionRow {
  @PrimaryColumn({ type: 'bigint', generated: 'identity' })
  id: string;

  @Column({ type: 'text' })
  issuer: string;

  @Column({ type: 'text' })
  subject: string;

  @Column({ name: 'mark_type', type: 'text' })
  markType: string;

  @Column({ type: 'text' })
  statute: string;

  @Column({ name: 'text_digest', type: 'text' })
  textDigest: string;

  @Column({ type: 'text' })
  basis: Basis;

  @Column({ name: 'effective_from', type: 'timestamptz' })
  effectiveFrom: Date;

  @Column({ name: 'effective_until', type: 'timestamptz', nullable: true })
  effectiveUntil: Date | null;

  @Column({ type: 'text', array: true })
  binds: string[];

  @Column({ type: 'text' })
  digest: string;

  @Column({ name: 'attested_at', type: 'timestamptz' })
  attestedAt: Date;

  @Column({ name: 'withdrawn_at', type: 'timestamptz', nullable: true })
  withdrawnAt: Date | null;
}
