import { Matches } from 'class-validator';
import { HopClaims } from './hop-claims.js';
import {
  IsCode,
  IsDigest,
  IsFiniteNumber,
  IsIdentifier,
  IsInstant,
  IsLiteral,
  IsNested,
  IsNestedList,
  IsPlainText,
  IsPlainTextList,
  MayBeAbsent,
} from './field-rules.js';

/** One unmet requirement, as it is told to the requester. */
export class ReasonClaims {
  @IsCode()
  code: string;

  @IsPlainText(200)
  requirement: string;

  @IsPlainText(500)
  required: string;

  @IsPlainText(500)
  found: string;

  @MayBeAbsent()
  @IsPlainText(500)
  source?: string;

  @IsPlainText(1000)
  remedy: string;
}

/** `comity-denial+jwt`: the owner refuses on clear facts and says why, all reasons at once. */
export class DenialClaims extends HopClaims {
  @IsDigest()
  request: string;

  @IsNestedList(() => ReasonClaims, 64)
  reasons: ReasonClaims[];
}

export const BROKER_END_STATES = ['broker_denied', 'expired', 'failed'] as const;

/** `comity-end-state+jwt`: the broker's statement that a request ended without the owner's answer. */
export class EndStateClaims extends HopClaims {
  @IsDigest()
  request: string;

  @IsLiteral(...BROKER_END_STATES)
  state: (typeof BROKER_END_STATES)[number];

  @IsNestedList(() => ReasonClaims, 64, 0)
  reasons: ReasonClaims[];
}

export const READ_FIELDS = [
  'plate',
  'plate_state',
  'seen_at',
  'location',
  'device',
  'confidence',
  'camera_owner_class',
] as const;

export class ReleasedLocation {
  @IsFiniteNumber(-90, 90)
  lat: number;

  @IsFiniteNumber(-180, 180)
  lon: number;
}

/** One sighting with the fields that the owner's rule allows. */
export class ReleasedRead {
  @Matches(/^[A-Z0-9]{1,10}$/)
  plate: string;

  @MayBeAbsent()
  @Matches(/^[A-Z]{2}$/)
  plate_state?: string;

  @IsInstant()
  seen_at: string;

  @MayBeAbsent()
  @IsNested(() => ReleasedLocation)
  location?: ReleasedLocation;

  @MayBeAbsent()
  @IsPlainText(100)
  device?: string;

  @MayBeAbsent()
  @IsFiniteNumber(0, 1)
  confidence?: number;

  @MayBeAbsent()
  @IsCode()
  camera_owner_class?: string;
}

/** What binds the receiver. It travels inside the answer, signed by the owner. */
export class ObligationClaims {
  @IsInstant()
  expires_at: string;

  @IsLiteral('named_case_only')
  purpose: 'named_case_only';

  @IsLiteral('refused_without_new_request')
  onward_transfer: 'refused_without_new_request';
}

/** `comity-answer+jwt`: signed by the owner, then sealed to the answer key. */
export class AnswerClaims extends HopClaims {
  @IsDigest()
  request: string;

  @IsIdentifier()
  request_jti: string;

  @IsLiteral('reads', 'refused')
  outcome: 'reads' | 'refused';

  @IsNestedList(() => ReleasedRead, 10_000, 0)
  reads: ReleasedRead[];

  /** Set where there were more than the rule's limit. */
  @IsLiteral(true, false)
  truncated: boolean;

  @IsNestedList(() => ReasonClaims, 64, 0)
  reasons: ReasonClaims[];

  @IsNested(() => ObligationClaims)
  obligations: ObligationClaims;

  @IsPlainTextList(64, 1000)
  warnings: string[];

  /** Digest of the rule by which the owner decided. */
  @IsDigest()
  rule: string;
}
