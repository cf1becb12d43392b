import { IsArray, IsIn, IsObject, Matches, MaxLength, ValidateIf } from 'class-validator';
import type { JsonObject } from '#protocol';
import { REVOCATION_REASONS, type RevocationReason } from '../key-history.store.js';
import { PersonEntry, TEXT } from '../register-shapes.js';

const MayBeAbsent = () => ValidateIf((_act: object, value: unknown) => value !== undefined);
const DIGEST = /^[A-Za-z0-9_-]{43}$/;
const CODE = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** Why: said to everybody, so no person's name and no plate belongs here. */
class ReasonedAct {
  @MaxLength(500)
  @Matches(TEXT)
  reason: string;
}

export class SuspendAct extends ReasonedAct {}
export class ReinstateAct extends ReasonedAct {}
export class WithdrawAct extends ReasonedAct {}

/** One protection, in the words of the register file. */
export class AttestAct {
  @IsObject()
  protection: JsonObject;
}

export class RevokeMarkAct extends ReasonedAct {
  @MaxLength(512)
  mark_type: string;
}

export class WithdrawKeyAct {
  @Matches(DIGEST)
  kid: string;

  @IsIn(REVOCATION_REASONS)
  reason: RevocationReason;
}

/** What the superior states about an entity, whole: class, ORI, access, scope, ledger. */
export class RestateAct extends ReasonedAct {
  @IsObject()
  stated: JsonObject;
}

export const ASSURANCE_LEVELS = ['documents', 'documents-and-visit', 'register-of-the-state'] as const;

/** What one of two persons found about a request for enrolment. */
export class VetAct {
  @Matches(DIGEST)
  request: string;

  @IsIn(['approve', 'refuse'])
  verdict: 'approve' | 'refuse';

  /** Lowest of the two is published; of a refusal there is none. */
  @MayBeAbsent()
  @IsIn(ASSURANCE_LEVELS)
  assurance?: (typeof ASSURANCE_LEVELS)[number];

  /** What was looked at. */
  @MaxLength(1_000)
  @Matches(TEXT)
  finding: string;
}

export class AddPersonAct extends PersonEntry {}
export class WithdrawPersonAct extends ReasonedAct {
  @Matches(CODE)
  name: string;
}

/** Of a proposal by another person. */
export class ConfirmAct {
  @Matches(DIGEST)
  act: string;
}
export class RefuseAct extends ConfirmAct {}

/** The published federal list, as the person has it; matched here, against the register of this moment. */
export class ImportAgreementsAct {
  /** CSV, zlib, base64url. */
  @MaxLength(48_000)
  @Matches(/^[A-Za-z0-9_-]+$/)
  list: string;

  /** Day of the list. */
  @Matches(/^\d{4}-\d\d-\d\d$/)
  as_of: string;

  /** `[state, name, FIPS code]`: which place a name stands for. */
  @IsArray()
  places: [string, string, string][];

  /** Reviewed: `[state, name as listed, ORI]`, or `null` where a person found it to be nobody who is enrolled. */
  @IsArray()
  aliases: [string, string, string | null][];

  /** Digest of the plan as it was shown; nothing is changed without it. */
  @MayBeAbsent()
  @Matches(DIGEST)
  confirm?: string;
}
