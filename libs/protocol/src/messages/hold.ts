import {
  IsCode,
  IsDigest,
  IsEntityId,
  IsInstant,
  IsLiteral,
  IsPlainText,
  IsPlainTextList,
  MayBeAbsent,
} from './field-rules.js';

/** Places a preservation hold on own reads (`plates`, `devices`, `from`, `until`), or on what one release brought. */
export class PlaceHoldBody {
  @IsLiteral('prosecution', 'defence', 'litigation')
  basis: string;

  /** Code of a statute that the node is configured with. */
  @IsCode()
  statute: string;

  @IsPlainText(64)
  case_number: string;

  /** SHA-256 of the sworn statement or order, base64url; the document itself stays with the case. */
  @MayBeAbsent()
  @IsDigest()
  sworn_digest?: string;

  @MayBeAbsent()
  @IsPlainText(200)
  sworn_by?: string;

  @MayBeAbsent()
  @IsPlainTextList(20, 20)
  plates?: string[];

  @MayBeAbsent()
  @IsPlainTextList(20, 100)
  devices?: string[];

  @MayBeAbsent()
  @IsInstant()
  from?: string;

  @MayBeAbsent()
  @IsInstant()
  until?: string;

  @MayBeAbsent()
  @IsEntityId()
  release_owner?: string;

  @MayBeAbsent()
  @IsDigest()
  release_digest?: string;
}

/** Keeps a hold for another time of its statute. */
export class RenewHoldBody {
  @MayBeAbsent()
  @IsDigest()
  sworn_digest?: string;
}

/** Reads what a hold preserves: for the case that it was placed for. */
export class ReadHoldBody {
  @IsPlainText(64)
  case_number: string;
}
