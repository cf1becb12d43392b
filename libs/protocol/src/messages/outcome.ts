import { Matches, ValidateBy, buildMessage, type ValidationArguments } from 'class-validator';
import { DutyClaims } from './duty.js';
import { HopClaims } from './hop-claims.js';
import {
  IsCode,
  IsCompactToken,
  IsCount,
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
  'vehicle',
  'direction',
  'candidates',
] as const;

export class ReleasedLocation {
  @IsFiniteNumber(-90, 90)
  lat: number;

  @IsFiniteNumber(-180, 180)
  lon: number;
}

/** As the camera described it. */
export class ReleasedVehicle {
  @MayBeAbsent()
  @IsPlainText(40)
  make?: string;

  @MayBeAbsent()
  @IsPlainText(40)
  model?: string;

  @MayBeAbsent()
  @IsPlainText(40)
  colour?: string;

  @MayBeAbsent()
  @IsPlainText(40)
  type?: string;
}

/** Another text that the camera took the same plate for. */
export class ReleasedCandidate {
  @Matches(/^[A-Z0-9]{1,10}$/)
  text: string;

  @MayBeAbsent()
  @IsFiniteNumber(0, 1)
  confidence?: number;
}

/** One sighting with the fields that the owner's rule allows. */
export class ReleasedRead {
  /** Absent only where a pseudonym stands in its place. */
  @PlateOrCompanion()
  plate?: string;

  /** Of one that travelled along: stable within the release, and linkable to no other by anybody but its owner. */
  @MayBeAbsent()
  @IsDigest()
  companion?: string;

  @MayBeAbsent()
  @Matches(/^[A-Z]{2}$/)
  plate_state?: string;

  @IsInstant()
  seen_at: string;

  /** Where the owner's rule gives coarser times: the read was made within this long after `seen_at`. */
  @MayBeAbsent()
  @IsCount(86_400, 1)
  time_precision_seconds?: number;

  @MayBeAbsent()
  @IsNested(() => ReleasedLocation)
  location?: ReleasedLocation;

  /** Where the owner's rule gives coarser places: the read was made within this distance of `location`. */
  @MayBeAbsent()
  @IsCount(100_000, 1)
  place_precision_metres?: number;

  @MayBeAbsent()
  @IsPlainText(100)
  device?: string;

  @MayBeAbsent()
  @IsFiniteNumber(0, 1)
  confidence?: number;

  @MayBeAbsent()
  @IsCode()
  camera_owner_class?: string;

  @MayBeAbsent()
  @IsNested(() => ReleasedVehicle)
  vehicle?: ReleasedVehicle;

  /** Degrees clockwise from north, in which the vehicle moved. */
  @MayBeAbsent()
  @IsFiniteNumber(0, 360)
  direction?: number;

  @MayBeAbsent()
  @IsNestedList(() => ReleasedCandidate, 10)
  candidates?: ReleasedCandidate[];
}

function PlateOrCompanion(): PropertyDecorator {
  return ValidateBy({
    name: 'plateOrCompanion',
    validator: {
      validate: (plate: unknown, given?: ValidationArguments) =>
        plate === undefined
          ? (given?.object as ReleasedRead | undefined)?.companion !== undefined
          : typeof plate === 'string' && /^[A-Z0-9]{1,10}$/.test(plate),
      defaultMessage: buildMessage((each) => `${each}$property must be a plate, or a companion stands in its place`),
    },
  });
}

/** What binds the receiver. It travels inside the answer, signed by the owner. */
export class ObligationClaims {
  @IsInstant()
  expires_at: string;

  @IsLiteral('named_case_only')
  purpose: 'named_case_only';

  @IsLiteral('refused_without_new_request')
  onward_transfer: 'refused_without_new_request';

  /** For the exception that was claimed; absent where none was. */
  @MayBeAbsent()
  @IsNestedList(() => DutyClaims, 4)
  duties?: DutyClaims[];
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

  /** Where there is another page: what a further request to this owner, for the same ask, goes on from. */
  @MayBeAbsent()
  @IsCompactToken(4 * 1024)
  next?: string;

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
