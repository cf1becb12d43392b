import {
  ArrayMaxSize,
  Equals,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
} from 'class-validator';
import { isInstant, type JsonObject, type JsonValue } from '#protocol';
import { BASES, type Basis } from '#trust';

/** May be left out; `null` is not left out. */
export const MayBeAbsent = () => ValidateIf((_entry: object, value: unknown) => value !== undefined);
const MayBeNull = () => ValidateIf((_entry: object, value: unknown) => value !== null);

const CODE = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;
export const TEXT = /^[^\p{Cc}]+$/u;
/** Checked again by `isInstant`, which knows the calendar. */
export const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?(?:Z|[+-]\d\d:\d\d)$/;

/** One protection that a jurisdiction attests: of its own law, or about one agency. Becomes one trust mark. */
export class AttestedEntry {
  @MaxLength(64)
  @Matches(CODE)
  protection: string;

  @MaxLength(64)
  @Matches(CODE)
  level: string;

  /** Of the meaning of protection and level; 1 when absent. */
  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(999_999)
  version?: number;

  @IsIn(BASES)
  basis: Basis;

  /** Citation that a person can look up. */
  @MaxLength(1_000)
  @Matches(TEXT)
  statute: string;

  /** base64url SHA-256 of the text that was read; of this entry where absent. */
  @MayBeAbsent()
  @Matches(/^[A-Za-z0-9_-]{43}$/)
  text_digest?: string;

  @Matches(INSTANT)
  effective_from: string;

  @MayBeNull()
  @Matches(INSTANT)
  effective_until: string | null;

  /** Agency classes that the law reaches; none for a fact about one agency. */
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(32)
  @Matches(CODE, { each: true })
  binds?: string[];

  // How the entry came about: for the reader of the register, not for the mark.
  @MayBeAbsent()
  @MaxLength(2_000)
  @Matches(TEXT)
  reading?: string;

  @MayBeAbsent()
  @MaxLength(1_000)
  @Matches(TEXT)
  source?: string;

  @MayBeAbsent()
  @MaxLength(32)
  @Matches(TEXT)
  confidence?: string;

  @MayBeAbsent()
  @Matches(/^\d{4}-\d\d-\d\d$/)
  as_of?: string;
}

export class JurisdictionEntry {
  /** Last part of its entity id and of the name of its key file. */
  @Matches(/^[a-z0-9]{1,16}$/)
  id: string;

  @MaxLength(200)
  @Matches(TEXT)
  name: string;

  @IsArray()
  attests: JsonValue[];

  /** OpenID Federation `naming_constraints` over everything below the jurisdiction. */
  @MayBeAbsent()
  @IsObject()
  naming_constraints?: JsonObject;
}

/** A ledger whose checkpoints the witness cosigns; stated by the superior, so that no key is swapped without it. */
class MemberEntry {
  @MaxLength(255)
  entity_id: string;

  @MaxLength(200)
  @Matches(TEXT)
  name: string;

  /** Federation keys, public. */
  @IsObject()
  jwks: JsonObject;

  /** `{ origin, vkey }`. */
  @MayBeAbsent()
  @IsObject()
  ledger?: JsonObject;
}

export class AgencyEntry extends MemberEntry {
  /** Id of a jurisdiction, or `anchor` for a body that no jurisdiction's law reaches. */
  @Matches(/^[a-z0-9]{1,16}$/)
  superior: string;

  @MaxLength(64)
  @Matches(CODE)
  agency_class: string;

  @Matches(/^[A-Z0-9]{9}$/)
  ori: string;

  /** Who else comes to what the agency receives; a list that is left out is not stated, and denies. */
  @MayBeAbsent()
  @IsObject()
  access?: JsonObject;

  @IsArray()
  attests: JsonValue[];
}

export class BrokerEntry extends MemberEntry {}

/** A court or prosecutor, whose signed orders and warrants nodes believe. */
export class CourtEntry extends MemberEntry {
  /** Id of a jurisdiction, or `anchor`. */
  @Matches(/^[a-z0-9]{1,16}$/)
  superior: string;

  @IsIn(['court', 'prosecutor'])
  role: 'court' | 'prosecutor';

  /** `{ classes, jwks }`: what it may sign, for the agencies of its superior, and the public keys for that alone. */
  @IsObject()
  process: JsonObject;
}

/** Somebody who acts for the authority. */
export class PersonEntry {
  @Matches(/^[a-z0-9][a-z0-9-]{0,62}$/)
  name: string;

  /** Public key that the person signs with. */
  @IsObject()
  jwk: JsonObject;
}

export class RegisterFile {
  @Equals('comity-register/v1')
  schema: 'comity-register/v1';

  @MaxLength(200)
  @Matches(TEXT)
  name: string;

  /** Said to every reader, as that this is a demonstration. */
  @MayBeAbsent()
  @MaxLength(1_000)
  @Matches(TEXT)
  notice?: string;

  /** Two at least, where the register is to change later. */
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(64)
  people?: JsonValue[];

  @IsArray()
  jurisdictions: JsonValue[];

  @IsArray()
  agencies: JsonValue[];

  @IsArray()
  brokers: JsonValue[];

  @MayBeAbsent()
  @IsArray()
  courts?: JsonValue[];
}

/** Milliseconds of an instant with an offset; `undefined` where the calendar has no such day. */
export function instantOf(text: string): number | undefined {
  return isInstant(text) ? Date.parse(text) : undefined;
}
