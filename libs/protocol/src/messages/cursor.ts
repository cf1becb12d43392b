import { Matches } from 'class-validator';
import { IsCount, IsDigest, IsEntityId, IsIdentifier, IsSeconds } from './field-rules.js';

/**
 * `comity-cursor+jwt`: an owner signs, for itself, from where a further page of its answer goes on. It is good for one
 * requester, officer, ask and rule, and once (P14); everything that it names is compared with the request that brings it.
 */
export class CursorClaims {
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

  /** Digest of the request that has used the approval: a page continues that use. */
  @IsDigest()
  request: string;

  @IsDigest()
  ask_digest: string;

  /** The owner's own pseudonym of the officer. */
  @IsDigest()
  officer: string;

  /** Digest of the rule by which the earlier page was released. */
  @IsDigest()
  rule: string;

  /** Which page this goes on to; the first answer is page 0. */
  @IsCount(10_000, 1)
  page: number;

  /** How many reads were released on the pages before: the limit counts over all of them. */
  @IsCount(1_000_000)
  released: number;

  /** Encrypted by the owner for itself: a place in its store would tell of reads that were not released. */
  @Matches(/^[A-Za-z0-9_-]{1,1024}$/)
  position: string;
}
