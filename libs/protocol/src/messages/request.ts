import { ArrayMaxSize, Equals, IsArray, Matches } from 'class-validator';
import { LEGAL_PROCESS_CLASSES, Ask } from './ask.js';
import {
  IsBeneficiary,
  IsCode,
  IsCompactToken,
  IsCount,
  IsDigest,
  IsEntityId,
  IsEntityIdList,
  IsIdentifier,
  IsLiteral,
  IsNested,
  IsOffenceCode,
  IsSeconds,
  IsTransactionId,
  MayBeAbsent,
} from './field-rules.js';
import { HopClaims } from './hop-claims.js';
import { QueryFacts } from './query-facts.js';

export const LEGAL_PROCESS_DOCUMENTS_MAX = 4;
export const LEGAL_PROCESS_DOCUMENT_BYTES = 16 * 1024;

export class ClearLegalProcess {
  @IsLiteral(...LEGAL_PROCESS_CLASSES)
  class: (typeof LEGAL_PROCESS_CLASSES)[number];

  /** Salted commitment to the whole legal process, opened in the sealed part. */
  @IsDigest()
  commitment: string;
}

export class ClearOfficer {
  /** Under the requester's own key: stable there, so that repeats stay visible, and linkable by nobody else. */
  @IsDigest()
  pseudonym: string;

  @IsCode()
  role: string;

  @Matches(/^[A-Za-z0-9._:/-]{1,128}$/)
  acr: string;
}

/** All that a broker learns about the ask: coded facts, never a plate, a name, a case number or a narrative. */
export class ClearFacts extends QueryFacts {
  @IsCode()
  purpose: string;

  @IsOffenceCode()
  offence: string;

  @IsCode()
  exception: string;

  @IsNested(() => ClearLegalProcess)
  legal_process: ClearLegalProcess;

  @IsBeneficiary()
  beneficiary: string;

  /** That an approval exists; the approval itself is sealed. `false` where it follows an emergency. */
  @IsLiteral(true, false)
  approved: boolean;

  @IsNested(() => ClearOfficer)
  officer: ClearOfficer;
}

/** The fresh X25519 key to which the answer is sealed. */
export class AnswerKey {
  @Equals('OKP')
  kty: 'OKP';

  @Equals('X25519')
  crv: 'X25519';

  @IsDigest()
  x: string;
}

/** `comity-request+jwt`: one a holding agency. */
export class RequestClaims extends HopClaims {
  @IsEntityId()
  owner: string;

  /** The brokers the request may cross, in order; `aud` is the first. */
  @IsEntityIdList(1)
  via: string[];

  @IsDigest()
  ask_digest: string;

  @IsCount(10_000, 1)
  fan_out: number;

  @IsSeconds()
  respond_by: number;

  @IsNested(() => AnswerKey)
  answer_key: AnswerKey;

  @IsNested(() => ClearFacts)
  clear: ClearFacts;

  @IsCompactToken(48 * 1024)
  sealed: string;

  /** How far the requester has followed the owner's ledger, so that the owner can prove the way on from there. */
  @IsCount(Number.MAX_SAFE_INTEGER)
  owner_log_size: number;
}

/** The opening of this owner's leaf in the ask's tree of owners. */
export class OwnerOpening {
  @IsDigest()
  salt: string;

  @IsCount(9_999)
  index: number;

  @IsArray()
  @ArrayMaxSize(14)
  @Matches(/^[A-Za-z0-9_-]{43}$/, { each: true })
  path: string[];
}

/** What only the owner opens. It repeats what names the request, so that it cannot be moved into another one. */
export class SealedPart {
  @IsEntityId()
  iss: string;

  @IsIdentifier()
  jti: string;

  @IsTransactionId()
  txn: string;

  @IsEntityId()
  owner: string;

  @IsDigest()
  answer_key_thumbprint: string;

  @IsDigest()
  clear_digest: string;

  @IsNested(() => Ask)
  ask: Ask;

  @IsDigest()
  ask_salt: string;

  @IsDigest()
  legal_process_salt: string;

  @IsNested(() => OwnerOpening)
  owner_opening: OwnerOpening;

  /** Left out, with the supervisor's ID token, where the approval follows an emergency. */
  @MayBeAbsent()
  @IsCompactToken(8 * 1024)
  approval?: string;

  @IsCompactToken(8 * 1024)
  officer_id_token: string;

  @MayBeAbsent()
  @IsCompactToken(8 * 1024)
  supervisor_id_token?: string;

  /** What the requesting agency declares, by a named officer of it; only the owner reads the name. */
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(8)
  @IsCompactToken(16 * 1024, { each: true })
  declarations?: string[];

  /** Orders and warrants, signed by a court or attested by the agency; which one counts the ask says by its digest. */
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(LEGAL_PROCESS_DOCUMENTS_MAX)
  @IsCompactToken(LEGAL_PROCESS_DOCUMENT_BYTES, { each: true })
  legal_process_documents?: string[];

  /** On how many asks of this agency, to whichever owners, the document was used before this one. */
  @MayBeAbsent()
  @IsCount(1_000_000)
  legal_process_uses?: number;

  /** Of an earlier answer of this owner to the same ask: from where to go on. */
  @MayBeAbsent()
  @IsCompactToken(4 * 1024)
  cursor?: string;
}

/** `comity-approval+jwt`: the node signs it for the supervisor's session, over the salted digest of the ask. */
export class ApprovalClaims {
  @IsEntityId()
  iss: string;

  @IsIdentifier()
  jti: string;

  @IsSeconds()
  iat: number;

  @IsSeconds()
  exp: number;

  @IsDigest()
  ask_digest: string;

  /** Digests of the two persons' ID tokens, which go along sealed. */
  @IsDigest()
  officer_id_token: string;

  @IsDigest()
  supervisor_id_token: string;
}
