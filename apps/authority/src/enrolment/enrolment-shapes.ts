import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsObject, Matches, MaxLength, ValidateIf } from 'class-validator';
import type { JsonObject } from '#protocol';
import { INSTANT, TEXT } from '../register-shapes.js';

const MayBeAbsent = () => ValidateIf((_request: object, value: unknown) => value !== undefined);

/** What can be enrolled through the door; a jurisdiction is, like an anchor, a matter of a ceremony. */
export const ENROLLABLE = ['comity_agency', 'comity_broker', 'comity_auditor', 'federation_entity'] as const;
export type Enrollable = (typeof ENROLLABLE)[number];

/** Proof that the applicant holds the keys, for this authority and its challenge. */
class PossessionProof {
  @MaxLength(64)
  nonce: string;

  /** One `comity-possession+jwt` for each key. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(8)
  @MaxLength(4_096, { each: true })
  proofs: string[];

  /** Federation keys, public. */
  @IsObject()
  jwks: JsonObject;

  @MaxLength(255)
  entity_id: string;
}

/** An applicant asks to be enrolled. Nothing in it is believed but that it holds its keys; two persons look at the rest. */
export class EnrolmentRequestBody extends PossessionProof {
  @IsIn(ENROLLABLE)
  entity_type: Enrollable;

  @MaxLength(200)
  @Matches(TEXT)
  name: string;

  /** Of an agency. */
  @MayBeAbsent()
  @MaxLength(64)
  @Matches(/^[a-z0-9]+(?:[._-][a-z0-9]+)*$/)
  agency_class?: string;

  /** Of an agency. */
  @MayBeAbsent()
  @Matches(/^[A-Z0-9]{9}$/)
  ori?: string;

  /** County (5 digits) or place (7 digits) of an agency. */
  @MayBeAbsent()
  @Matches(/^\d{5}(\d\d)?$/)
  fips?: string;

  /** Side doors of an agency; what it leaves out is taken for the worst. */
  @MayBeAbsent()
  @IsObject()
  access?: JsonObject;

  /** What an auditor asks to read. */
  @MayBeAbsent()
  @IsObject()
  scope?: JsonObject;

  /** Of a court or prosecutor: which classes of legal process it signs, for which jurisdictions, with which keys. */
  @MayBeAbsent()
  @IsObject()
  process?: JsonObject;

  /** Of an auditor, a court or a witness: what it is. */
  @MayBeAbsent()
  @IsIn(['court', 'prosecutor', 'oversight', 'defence', 'witness'])
  role?: 'court' | 'prosecutor' | 'oversight' | 'defence' | 'witness';

  /** Its own ledger. */
  @MayBeAbsent()
  @IsObject()
  ledger?: JsonObject;

  /** Until when; required of an auditor, a court and a witness. */
  @MayBeAbsent()
  @Matches(INSTANT)
  expires_at?: string;
}

/** A new federation key beside an enrolled one; proofs by both. */
export class KeyRolloverBody extends PossessionProof {}
