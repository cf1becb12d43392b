import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsObject, Matches, MaxLength } from 'class-validator';
import type { JsonObject } from '#protocol';
import { INSTANT, MayBeAbsent } from '../register-shapes.js';
import { StatedEntity } from '../stated-entity.js';

/** What can be enrolled through the door; a jurisdiction is, like an anchor, a matter of a ceremony. */
export const ENROLLABLE = ['comity_agency', 'comity_broker', 'comity_auditor', 'federation_entity'] as const;
export type Enrollable = (typeof ENROLLABLE)[number];

/** A new federation key beside an enrolled one; proofs by both, for this authority and its challenge. */
export class KeyRolloverBody {
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
export class EnrolmentRequestBody extends StatedEntity {
  @IsIn(ENROLLABLE)
  entity_type: Enrollable;

  /** Until when; required of an auditor, a court and a witness. */
  @MayBeAbsent()
  @Matches(INSTANT)
  expires_at?: string;

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
