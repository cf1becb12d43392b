import { TrustError } from './trust-error.js';

export interface EntityId {
  readonly id: string;
  /** Lower-case host, without port. */
  readonly host: string;
  /** Plain http on a loopback address: development only, and only below an anchor that is itself on loopback. */
  readonly loopback: boolean;
  /** Scheme, host and port, as in a URL. */
  readonly origin: string;
}

const MAX_LENGTH = 255;
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
// The last label starts with a letter: `https://0x7f.1` and `https://2130706433` are addresses in disguise to a URL reader.
const HOST_NAME = `(?:${LABEL}\\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?`;
const PORT = '(?::(?<port>[1-9][0-9]{0,4}))?';
// A segment cannot start with a dot, so that `.` and `..` never reach a URL reader that folds them.
const PATH = '(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*';
const PUBLIC = new RegExp(`^(?<origin>https://(?<host>${HOST_NAME})${PORT})${PATH}$`);
const LOOPBACK = new RegExp(`^(?<origin>http://(?<host>127\\.0\\.0\\.1|localhost|\\[::1\\])${PORT})${PATH}$`);

/**
 * Reads an entity id in its one spelling, because ids are compared code point by code point: no user part, query,
 * fragment, percent escape, upper-case host, default port, dot segment or trailing slash (T03).
 *
 * @throws TrustError `entity_id_invalid`
 */
export function parseEntityId(id: string): EntityId {
  const loopback = id.startsWith('http:');
  const parts = id.length > MAX_LENGTH ? undefined : (loopback ? LOOPBACK : PUBLIC).exec(id)?.groups;
  const { host, origin, port } = parts ?? {};
  const defaultPort = loopback ? '80' : '443';
  if (!host || !origin || port === defaultPort || Number(port ?? 1) > 65_535) {
    throw new TrustError('entity_id_invalid', 'not an entity id in its one spelling', { entityId: shown(id) });
  }
  return { id, host, loopback, origin };
}

/** An id out of a hostile statement may be megabytes long. */
function shown(id: string): string {
  return id.length > MAX_LENGTH ? `${id.slice(0, MAX_LENGTH)}…` : id;
}

/** Where an entity publishes its configuration: OpenID Federation 1.0, "Obtaining Federation Entity Configuration". */
export function configurationUrl(entityId: string): string {
  return `${entityId}/.well-known/openid-federation`;
}
