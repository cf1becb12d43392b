import {
  CLOCK_TOLERANCE_SECONDS,
  NO_AUDIENCE,
  signToken,
  type JsonObject,
  type KeySet,
  type SigningKey,
} from '#protocol';
import { parseEntityId } from './entity-id.js';
import { readClaims, requireIssuer, secondsOf, type Grammar } from './signed-claims.js';
import { compressStatuses, inflateStatuses, packStatuses, statusValue, type StatusBits } from './status-bits.js';
import { StrictClaims } from './strict-claims.js';
import { TrustError } from './trust-error.js';

/** What a status list says of one statement. Suspension can be lifted, revocation cannot. */
export const STATUSES = ['valid', 'revoked', 'suspended'] as const;
export type Status = (typeof STATUSES)[number];

/** Where the status of one statement stands: entry `index` of the list that its issuer publishes. */
export interface StatusReference {
  readonly uri: string;
  readonly index: number;
}

/** At the moment of sending, a list is at most this old; an older one says nothing (protocol, "Status within a minute"). */
export const STATUS_MAX_AGE_SECONDS = 40;
/** A reader asks again after this long. */
export const STATUS_TTL_SECONDS = 10;
const GRAMMAR: Grammar = { kind: 'status-list', code: 'status_list_malformed', name: 'status list' };
const WIDTH = 2;
/** So many statements may one authority have issued; the list of them inflates to 256 KiB. */
export const STATUS_MAX_ENTRIES = 1 << 20;

/** Where an entity publishes the status of what it issued: one list, at one address that nobody chooses. */
export function statusListUri(issuer: string): string {
  return `${issuer}/federation/status-list`;
}

/** The `status` claim of a statement: draft-ietf-oauth-status-list, "Referenced Token". */
export function statusClaim(issuer: string, index: number): JsonObject {
  if (!Number.isInteger(index) || index < 0 || index >= STATUS_MAX_ENTRIES) {
    throw new RangeError('a status index lies between 0 and 2^20');
  }
  return { status_list: { idx: index, uri: statusListUri(issuer) } };
}

/**
 * Reads a `status` claim. The list has to be the issuer's own: one that pointed elsewhere would let the subject, or whoever
 * it likes, say whether the statement still holds.
 *
 * @throws TrustError `status_malformed` or `status_list_foreign`
 */
export function parseStatusClaim(value: JsonObject, issuer: string): StatusReference {
  const claims = new StrictClaims(value, 'status_malformed', '`status`');
  const list = new StrictClaims(claims.object('status_list'), 'status_malformed', '`status_list`');
  claims.end();
  const reference = { index: list.count('idx', STATUS_MAX_ENTRIES - 1), uri: list.text('uri') };
  list.end();
  if (reference.uri !== statusListUri(issuer)) {
    throw new TrustError('status_list_foreign', 'the status stands in a list of somebody else');
  }
  return reference;
}

/** The `status` of a statement that cannot do without: what nobody could take back is not believed. @throws TrustError */
export function readStatus(claims: StrictClaims, issuer: string): StatusReference {
  if (!claims.has('status')) throw new TrustError('status_missing', 'it names no status list');
  return parseStatusClaim(claims.object('status'), issuer);
}

declare const verified: unique symbol;

/** A status list as its issuer signed it. Made only by `verifyStatusList`. Instants in milliseconds. */
export interface VerifiedStatusList {
  readonly [verified]: 'status list';
  readonly issuer: string;
  readonly uri: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** How many entries there are at most. */
  readonly size: number;
  readonly statuses: StatusBits;
  /** Of the token, for the evidence. */
  readonly digest: string;
  readonly token: string;
}

/**
 * @param content.statuses by index; an index that is not named is valid
 * @param content.size entries of the list, all that were ever issued at least; padded so that its length tells little
 * @param content.issuedAt milliseconds; it holds for 40 s from then
 * @returns compact `statuslist+jwt`, to be served as `application/statuslist+jwt`
 */
export function signStatusList(content: {
  readonly issuer: string;
  readonly statuses: ReadonlyMap<number, Status>;
  readonly size: number;
  readonly issuedAt: number;
  readonly key: SigningKey;
}): Promise<string> {
  const { issuer, statuses, size, issuedAt, key } = content;
  const entries = new Uint8Array(size);
  for (const [index, status] of statuses) {
    if (!Number.isInteger(index) || index < 0 || index >= size) throw new RangeError('a status beyond its list');
    entries[index] = STATUSES.indexOf(status);
  }
  const iat = secondsOf(issuedAt);
  const claims: JsonObject = {
    iss: issuer,
    sub: statusListUri(issuer),
    iat,
    exp: iat + STATUS_MAX_AGE_SECONDS,
    ttl: STATUS_TTL_SECONDS,
    status_list: { bits: WIDTH, lst: compressStatuses(packStatuses(WIDTH, entries, size)) },
  };
  return signToken({ kind: 'status-list', claims, key });
}

/** A list as it was read: every member is attacker-controlled. */
export type UnverifiedStatusList = Omit<VerifiedStatusList, typeof verified>;

/** @throws TrustError `status_list_malformed` or `status_list_foreign` */
export function parseStatusList(token: string): UnverifiedStatusList {
  const { read, claims } = readClaims(GRAMMAR, token);
  const issuer = parseEntityId(claims.text('iss')).id;
  const uri = claims.text('sub');
  const issuedAt = claims.instant('iat');
  const expiresAt = claims.instant('exp');
  claims.count('ttl', STATUS_MAX_AGE_SECONDS);
  const list = new StrictClaims(claims.object('status_list'), 'status_list_malformed', '`status_list`');
  claims.end();
  const width = list.count('bits', 8);
  const lst = list.long('lst');
  list.end();
  // Of one bit there is no suspension, and of more there are values that nobody has given a meaning.
  if (width !== WIDTH) throw new TrustError('status_list_malformed', 'a status has two bits');
  if (uri !== statusListUri(issuer)) throw new TrustError('status_list_foreign', 'not the list of its issuer');
  const statuses = inflateStatuses(WIDTH, lst);
  const size = (statuses.bytes.length * 8) / WIDTH;
  if (size > STATUS_MAX_ENTRIES) throw new TrustError('status_list_malformed', 'more than 2^20 entries');
  return { issuer, uri, issuedAt, expiresAt, size, statuses, digest: read.digest, token };
}

/**
 * Verifies a status list of `issuer` for this moment.
 *
 * @param input.keys federation keys of the issuer, of its verified chain
 * @param input.now milliseconds
 * @throws TrustError `status_list_malformed`, `status_list_foreign`, `not_yet_valid`, `status_stale` or `signature_invalid`
 */
export async function verifyStatusList(input: {
  readonly token: string;
  readonly issuer: string;
  readonly keys: KeySet;
  readonly now: number;
}): Promise<VerifiedStatusList> {
  const { token, issuer, keys, now } = input;
  const list = parseStatusList(token);
  if (list.issuer !== issuer) throw new TrustError('status_list_foreign', 'the list of another issuer');
  requireFreshStatusList(list, now);
  await requireIssuer(GRAMMAR, { token, issuer, keys, audience: NO_AUDIENCE, now, entityId: issuer });
  return list as VerifiedStatusList;
}

/** Checked again at every use: the list does not change, the hour does. @throws TrustError */
export function requireFreshStatusList(list: Pick<VerifiedStatusList, 'issuedAt' | 'expiresAt'>, now: number): void {
  if (list.issuedAt > now + CLOCK_TOLERANCE_SECONDS * 1_000) {
    throw new TrustError('not_yet_valid', 'the status list is from the future');
  }
  const oldest = now - STATUS_MAX_AGE_SECONDS * 1_000;
  if (list.issuedAt < oldest || now >= list.expiresAt) {
    throw new TrustError('status_stale', `the status list is older than ${STATUS_MAX_AGE_SECONDS} s`);
  }
}

/**
 * What the list says at `now` about the statement with this reference.
 *
 * @param list `undefined` where none could be had: then nothing is known, and unknown is not valid
 * @throws TrustError `status_unknown` (no list, another's list, an entry it does not have, a value without meaning),
 *   `status_stale`, `not_yet_valid`
 */
export function statusAt(list: VerifiedStatusList | undefined, reference: StatusReference, now: number): Status {
  if (!list || list.uri !== reference.uri) throw new TrustError('status_unknown', 'there is no list of its status');
  requireFreshStatusList(list, now);
  const value = statusValue(list.statuses, reference.index);
  const status = value === undefined ? undefined : STATUSES[value];
  if (!status) throw new TrustError('status_unknown', 'the list does not speak about it');
  return status;
}

/** As `statusAt`, where anything but valid refuses. @throws TrustError also `status_revoked`, `status_suspended` */
export function requireValidStatus(
  list: VerifiedStatusList | undefined,
  reference: StatusReference,
  now: number,
): void {
  const status = statusAt(list, reference, now);
  switch (status) {
    case 'valid':
      return;
    case 'revoked':
      throw new TrustError('status_revoked', 'revoked by its issuer');
    case 'suspended':
      throw new TrustError('status_suspended', 'suspended by its issuer');
  }
}
