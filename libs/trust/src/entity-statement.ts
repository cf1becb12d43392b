import { isJsonObject, readToken, type JsonObject, type JsonValue, type UnverifiedToken } from '#protocol';
import { parseConstraints, type Constraints } from './constraints.js';
import { parseEntityId } from './entity-id.js';
import { readMetadata, type EntityMetadata } from './metadata.js';
import { readStatus, type StatusReference } from './status-list.js';
import { StrictClaims } from './strict-claims.js';
import { TrustError } from './trust-error.js';
import type { Validity } from './validity.js';

/** What both forms of an entity statement say. Read, not verified: every member is attacker-controlled. */
interface UnverifiedStatement extends Validity {
  readonly token: string;
  readonly digest: string;
  readonly kid: string;
  readonly issuer: string;
  readonly subject: string;
  /** Federation keys of the subject, as JWK set. */
  readonly jwks: JsonObject;
  readonly metadata: EntityMetadata;
}

/** What an entity says about itself (`iss` = `sub`). */
export interface UnverifiedEntityConfiguration extends UnverifiedStatement {
  readonly authorityHints: readonly string[];
  readonly trustMarks: readonly ShownTrustMark[];
  /** Who may issue marks of a type; only an anchor's counts. */
  readonly trustMarkIssuers: ReadonlyMap<string, readonly string[]>;
  /** Types whose marks need a delegation, with their owners, still to be read; only an anchor's counts. */
  readonly trustMarkOwners: JsonObject;
}

/** What a superior says about one of its subordinates. */
export interface UnverifiedSubordinateStatement extends UnverifiedStatement {
  readonly constraints: Constraints;
  /** Where its issuer says whether it still holds. */
  readonly status: StatusReference;
}

/** An element of `trust_marks`: the type it is shown as, and the mark itself, both still to be believed. */
export interface ShownTrustMark {
  readonly type: string;
  readonly token: string;
}

const MAX_HINTS = 8;
const MAX_MARKS = 64;
const MAX_MARK_TYPES = 512;
const MAX_ISSUERS = 128;

/**
 * Reads an entity configuration by the closed profile: OpenID Federation 1.0 "Entity Statement Format", without what
 * this profile does not know how to obey.
 *
 * @throws TrustError
 */
export function parseEntityConfiguration(token: string): UnverifiedEntityConfiguration {
  const { read, claims } = readStatement(token);
  const statement = readCommon(read, claims);
  if (statement.issuer !== statement.subject) {
    throw new TrustError('link_broken', 'a configuration is issued by its own subject');
  }
  const configuration = {
    ...statement,
    authorityHints: claims.has('authority_hints') ? claims.texts('authority_hints', MAX_HINTS) : [],
    trustMarks: claims.has('trust_marks') ? claims.list('trust_marks', MAX_MARKS).map(readShownMark) : [],
    trustMarkIssuers: claims.has('trust_mark_issuers') ? readIssuers(claims.object('trust_mark_issuers')) : new Map(),
    trustMarkOwners: claims.has('trust_mark_owners') ? claims.object('trust_mark_owners') : {},
  };
  claims.end('claim_unknown');
  return configuration;
}

/** Reads a subordinate statement by the same profile. @throws TrustError */
export function parseSubordinateStatement(token: string): UnverifiedSubordinateStatement {
  const { read, claims } = readStatement(token);
  const statement = readCommon(read, claims);
  if (statement.issuer === statement.subject) {
    throw new TrustError('link_broken', 'a subordinate statement has another subject than its issuer');
  }
  const constraints = parseConstraints(claims.has('constraints') ? claims.object('constraints') : {});
  const status = readStatus(claims, statement.issuer);
  claims.end('claim_unknown');
  return { ...statement, constraints, status };
}

function readStatement(token: string): { read: UnverifiedToken; claims: StrictClaims } {
  const read = readGrammar(token);
  refuseWhatCannotBeObeyed(read.claims);
  return { read, claims: new StrictClaims(read.claims, 'statement_malformed', 'the entity statement') };
}

function readGrammar(token: string): UnverifiedToken {
  try {
    return readToken('entity-statement', token);
  } catch (cause) {
    throw new TrustError('statement_malformed', 'not an entity statement', { cause });
  }
}

/**
 * A policy or a critical claim changes what the rest means. One that is not understood makes the whole chain worthless,
 * never the looser reading of it (T04; OpenID Federation 1.0, `crit` and "Metadata Policy").
 */
function refuseWhatCannotBeObeyed(claims: JsonObject): void {
  if ('metadata_policy' in claims || 'metadata_policy_crit' in claims) {
    throw new TrustError('metadata_policy_unsupported', 'metadata policy is not part of this profile');
  }
  if ('crit' in claims) throw new TrustError('critical_claim_unknown', 'no critical claim is part of this profile');
}

function readCommon(read: UnverifiedToken, claims: StrictClaims): UnverifiedStatement {
  return {
    token: read.token,
    digest: read.digest,
    kid: read.header.kid,
    issuer: parseEntityId(claims.text('iss')).id,
    subject: parseEntityId(claims.text('sub')).id,
    issuedAt: claims.instant('iat'),
    expiresAt: claims.instant('exp'),
    jwks: claims.object('jwks'),
    metadata: readMetadata(claims.has('metadata') ? claims.object('metadata') : {}),
  };
}

function readShownMark(value: JsonValue): ShownTrustMark {
  // Read leniently on purpose: one odd mark makes that mark worthless, not the configuration that shows it.
  const mark = isJsonObject(value) ? value : {};
  const { trust_mark_type: type, trust_mark: token } = mark;
  return { type: typeof type === 'string' ? type : '', token: typeof token === 'string' ? token : '' };
}

function readIssuers(value: JsonObject): Map<string, string[]> {
  if (Object.keys(value).length > MAX_MARK_TYPES) {
    throw new TrustError('statement_malformed', 'too many types in `trust_mark_issuers`');
  }
  const claims = new StrictClaims(value, 'statement_malformed', '`trust_mark_issuers`');
  return new Map(Object.keys(value).map((type) => [type, claims.texts(type, MAX_ISSUERS)]));
}
