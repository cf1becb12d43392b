import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { JsonObject } from '#protocol';
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

  /** In the status list of its issuer; this mark's for good. */
  @Column({ name: 'status_index', type: 'bigint' })
  statusIndex: string;

  /** How it came about, for the reader of the register: not part of the mark. */
  @Column({ type: 'jsonb' })
  details: JsonObject;

  @Column({ name: 'withdrawn_at', type: 'timestamptz', nullable: true })
  withdrawnAt: Date | null;
}
