import { ArrayMaxSize, IsArray, Matches } from 'class-validator';
import {
  IsCount,
  IsDigest,
  IsEntityId,
  IsIdentifier,
  IsSeconds,
  IsTraceparent,
  IsTransactionId,
} from './field-rules.js';

/** What every message between two hops states. */
export class HopClaims {
  @IsEntityId()
  iss: string;

  @IsEntityId()
  aud: string;

  @IsIdentifier()
  jti: string;

  @IsSeconds()
  iat: number;

  @IsSeconds()
  exp: number;

  @IsTransactionId()
  txn: string;

  @IsTraceparent()
  traceparent: string;
}

/** `comity-grant+jwt`: a broker's statement to the owner that its decision is logged. It grants nothing by itself. */
export class GrantClaims extends HopClaims {
  @IsEntityId()
  requester: string;

  /** Message digest of the request. */
  @IsDigest()
  request: string;

  /** Index and message digest of the broker's receipt in its ledger. */
  @IsCount(Number.MAX_SAFE_INTEGER)
  leaf_index: number;

  @IsDigest()
  receipt: string;

  /** Digest of the owner's rule as the broker read it. */
  @IsDigest()
  rule: string;

  /** Codes of what the broker could not determine because it is sealed. */
  @IsArray()
  @ArrayMaxSize(32)
  @Matches(/^[a-z0-9_.-]{1,64}$/, { each: true })
  undetermined: string[];
}

/** `comity-release-notice+jwt`: the owner tells the broker what it is about to release, before it does. */
export class ReleaseNoticeClaims extends HopClaims {
  @IsDigest()
  request: string;

  /** Message digest of the owner's own receipt of the release. */
  @IsDigest()
  release_receipt: string;

  /** SHA-256 of the sealed answer's text. */
  @IsDigest()
  ciphertext: string;
}

/** `comity-trace-query+jwt`: a party of a transaction asks a ledger for the receipts of it. */
export class TraceQueryClaims extends HopClaims {}
