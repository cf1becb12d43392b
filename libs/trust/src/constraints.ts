import { type JsonObject } from '#protocol';
import { parseEntityId } from './entity-id.js';
import { StrictClaims } from './strict-claims.js';
import { TrustError } from './trust-error.js';

/** What a superior allows below itself: OpenID Federation 1.0, "Constraints". Absent means not constrained. */
export interface Constraints {
  /** How many intermediates may stand between the issuer of the statement and the leaf. */
  readonly maxPathLength: number | undefined;
  readonly naming:
    { readonly permitted: readonly string[] | undefined; readonly excluded: readonly string[] } | undefined;
  /** `[]` allows `federation_entity` alone, which is always allowed. */
  readonly allowedEntityTypes: readonly string[] | undefined;
}

const MAX_NAMES = 64;
const MAX_TYPES = 16;
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const HOST_NAME = new RegExp(`^\\.?(?:${LABEL}\\.)*${LABEL}$`);

/** @throws TrustError `statement_malformed`, also for a constraint that is not known: it cannot be obeyed */
export function parseConstraints(value: JsonObject): Constraints {
  const claims = new StrictClaims(value, 'statement_malformed', '`constraints`');
  const constraints = {
    maxPathLength: claims.has('max_path_length') ? claims.count('max_path_length', 16) : undefined,
    naming: claims.has('naming_constraints') ? parseNaming(claims.object('naming_constraints')) : undefined,
    allowedEntityTypes: claims.has('allowed_entity_types')
      ? claims.texts('allowed_entity_types', MAX_TYPES)
      : undefined,
  };
  claims.end();
  return constraints;
}

function parseNaming(value: JsonObject): NonNullable<Constraints['naming']> {
  const claims = new StrictClaims(value, 'statement_malformed', '`naming_constraints`');
  const naming = {
    permitted: claims.has('permitted') ? claims.texts('permitted', MAX_NAMES) : undefined,
    excluded: claims.has('excluded') ? claims.texts('excluded', MAX_NAMES) : [],
  };
  claims.end();
  // A pattern with an upper-case letter or a scheme would match nothing, and an exclusion that matches nothing permits.
  for (const name of [...(naming.permitted ?? []), ...naming.excluded]) {
    if (!HOST_NAME.test(name)) throw new TrustError('statement_malformed', 'a naming constraint is not a host name');
  }
  return naming;
}

/** What one statement's constraints are held against: everything of the chain that lies below its issuer. */
export interface Below {
  /** Intermediates between the issuer and the leaf. */
  readonly intermediates: number;
  readonly subjects: readonly string[];
  readonly entityTypes: readonly string[];
}

/** @throws TrustError `path_too_long`, `name_not_permitted` or `entity_type_not_allowed` */
export function requireWithin(constraints: Constraints, below: Below): void {
  const { maxPathLength, naming, allowedEntityTypes } = constraints;
  if (maxPathLength !== undefined && below.intermediates > maxPathLength) {
    throw new TrustError('path_too_long', `${below.intermediates} intermediates where ${maxPathLength} are allowed`);
  }
  if (naming) for (const subject of below.subjects) requireName(naming, subject);
  if (!allowedEntityTypes) return;
  for (const type of below.entityTypes) {
    if (type !== 'federation_entity' && !allowedEntityTypes.includes(type)) {
      throw new TrustError('entity_type_not_allowed', `entity type \`${type}\` is not allowed here`);
    }
  }
}

function requireName(naming: NonNullable<Constraints['naming']>, subject: string): void {
  const { host } = parseEntityId(subject);
  // RFC 5280 §4.2.1.10: a name constraint says nothing about an address, so an address is not permitted by one.
  const isAddress = /^[0-9.]+$|^\[/.test(host);
  const permitted = naming.permitted === undefined || naming.permitted.some((pattern) => matches(pattern, host));
  const excluded = naming.excluded.some((pattern) => matches(pattern, host));
  if (isAddress || excluded || !permitted) {
    throw new TrustError('name_not_permitted', 'the name lies outside the naming constraints', { entityId: subject });
  }
}

/** `.x.org` is everything below `x.org` and not `x.org`; `x.org` is that host alone. Labels, never a suffix of text (T03). */
function matches(pattern: string, host: string): boolean {
  return pattern.startsWith('.') ? host.endsWith(pattern) && host.length > pattern.length : host === pattern;
}
