import { requireWithin } from './constraints.js';
import { parseEntityId } from './entity-id.js';
import {
  parseEntityConfiguration,
  parseSubordinateStatement,
  type UnverifiedEntityConfiguration,
  type UnverifiedSubordinateStatement,
} from './entity-statement.js';
import { comityTypesOf, type EntityMetadata, type LeafEntityType } from './metadata.js';
import { pinnedAnchor, type PinnedAnchor } from './trust-anchor.js';
import { TrustError } from './trust-error.js';
import { requireInForce } from './validity.js';

/** A chain in its parts, still unverified. `statements[i]` is the chain's link `i + 1`, nearest superior first. */
export interface UnverifiedChain {
  readonly leaf: UnverifiedEntityConfiguration;
  readonly statements: readonly [UnverifiedSubordinateStatement, ...UnverifiedSubordinateStatement[]];
  readonly anchor: UnverifiedEntityConfiguration;
}

/** Leaf, its superior's statement and the anchor; up to four intermediates. Longer ones cost work and mean nothing. */
const MIN_STATEMENTS = 3;
const MAX_STATEMENTS = 7;
const MAX_CHAIN_BYTES = 128 * 1_024;

/** Reads a chain `[leaf configuration, subordinate statements upwards …, anchor configuration]`. @throws TrustError */
export function parseChain(chain: readonly string[]): UnverifiedChain {
  if (chain.length < MIN_STATEMENTS) throw new TrustError('chain_too_short', 'a chain has at least three statements');
  if (chain.length > MAX_STATEMENTS) throw new TrustError('chain_too_long', 'a chain has at most seven statements');
  const bytes = chain.reduce((sum, token) => sum + Buffer.byteLength(token), 0);
  if (bytes > MAX_CHAIN_BYTES) throw new TrustError('chain_too_large', 'the chain is larger than 128 KiB');
  const last = chain.length - 1;
  const configuration = (link: number) => atLink(link, undefined, () => parseEntityConfiguration(chain[link] ?? ''));
  const leaf = configuration(0);
  const statements = chain
    .slice(1, last)
    .map((token, index) => atLink(index + 1, undefined, () => parseSubordinateStatement(token)));
  const [first, ...rest] = statements;
  if (!first) throw new TrustError('chain_too_short', 'a chain has at least three statements');
  return { leaf, statements: [first, ...rest], anchor: configuration(last) };
}

/** All links of a chain in order, with the index that a refusal names. */
export function linksOf(
  chain: UnverifiedChain,
): readonly (UnverifiedEntityConfiguration | UnverifiedSubordinateStatement)[] {
  return [chain.leaf, ...chain.statements, chain.anchor];
}

/** Each issuer is the subject of the next statement, up to an anchor that is pinned, and nobody comes twice. */
export function requireLinks(chain: UnverifiedChain, anchors: readonly PinnedAnchor[]): void {
  const links = linksOf(chain);
  const seen = new Set<string>();
  links.forEach((statement, link) => {
    const next = links[link + 1];
    if (next && statement.issuer !== next.subject) throw broken('the next statement speaks about another entity');
    // The leaf is the subject of its own configuration and of its superior's statement; from there on every name is new.
    if (link > 0 && seen.has(statement.subject)) {
      throw new TrustError('chain_loop', 'an entity comes twice', { link, entityId: statement.subject });
    }
    if (link > 0) seen.add(statement.subject);
    function broken(message: string): TrustError {
      return new TrustError('link_broken', message, { link, entityId: statement.subject });
    }
  });
  atLink(links.length - 1, chain.anchor.subject, () => pinnedAnchor(anchors, chain.anchor.subject));
  if (!chain.leaf.authorityHints.includes(chain.statements[0].issuer)) {
    throw new TrustError('superior_not_hinted', 'the leaf does not name this superior', {
      link: 0,
      entityId: chain.leaf.subject,
    });
  }
}

/** Every link is in force by itself: a fresh leaf does not heal an expired intermediate (T01). */
export function requireChainInForce(
  links: readonly { issuedAt: number; expiresAt: number; subject: string }[],
  now: number,
): void {
  links.forEach((statement, link) => atLink(link, statement.subject, () => requireInForce(statement, now)));
}

/** Loopback ids are for development, and development has an anchor on loopback: a real anchor vouches for no such name. */
export function requireNames(chain: UnverifiedChain): void {
  const development = parseEntityId(chain.anchor.subject).loopback;
  linksOf(chain).forEach(({ subject }, link) => {
    if (parseEntityId(subject).loopback && !development) {
      throw new TrustError('entity_id_invalid', 'plain http on loopback below an anchor that is not on loopback', {
        link,
        entityId: subject,
      });
    }
  });
}

/** The constraints of every statement, each held against all that lies below its issuer. */
export function requireConstraints(chain: UnverifiedChain): void {
  chain.statements.forEach((statement, index) => {
    const lower = chain.statements.slice(0, index + 1);
    const below = {
      intermediates: index,
      subjects: lower.map(({ subject }) => subject),
      entityTypes: [chain.leaf, ...lower].flatMap(({ metadata }) => Object.keys(metadata)),
    };
    atLink(index + 1, statement.subject, () => requireWithin(statement.constraints, below));
  });
}

/**
 * What the leaf is, in the words of its superior, and that all above it are jurisdictions or the anchor. A leaf that calls
 * itself a jurisdiction is not one, and an agency or a court that has a valid key enrols nobody.
 */
export function requireStatedType(chain: UnverifiedChain): LeafEntityType {
  const [lowest, ...upper] = chain.statements;
  const own = comityTypesOf(chain.leaf.metadata);
  const [type = issuerOfProcess(lowest.metadata), ...others] = comityTypesOf(lowest.metadata);
  const [ownType = issuerOfProcess(lowest.metadata), ...ownOthers] = own;
  if (!type || others.length > 0 || ownOthers.length > 0 || ownType !== type) {
    throw new TrustError('entity_type_not_stated', 'leaf and superior do not state one and the same entity type', {
      link: 1,
      entityId: lowest.subject,
    });
  }
  upper.forEach((statement, index) => {
    if (comityTypesOf(statement.metadata).join() !== 'comity_jurisdiction') {
      throw new TrustError('superior_not_authority', 'only a jurisdiction or an anchor enrols others', {
        link: index + 2,
        entityId: statement.subject,
      });
    }
  });
  return type;
}

/** Its superior, and nobody else, makes a `federation_entity` an issuer of legal process. */
function issuerOfProcess({ federation_entity: stated }: EntityMetadata): 'federation_entity' | undefined {
  return stated !== undefined && 'process' in stated ? 'federation_entity' : undefined;
}

/**
 * A jurisdiction speaks for its own courts: one that stated of a court of its own that it may bind the agencies of others
 * would hand out warrants in their name. The anchor may, as for a federal court.
 */
export function requireOwnJurisdictions(
  { statements: [{ issuer }], anchor }: UnverifiedChain,
  jurisdictions: readonly string[],
  own: readonly string[],
): void {
  if (issuer === anchor.subject || jurisdictions.every((id) => own.includes(id))) return;
  throw new TrustError('process_foreign', 'legal process for agencies of another jurisdiction', { link: 1 });
}

/** Adds the place to a refusal that does not know it. */
export function atLink<T>(link: number, entityId: string | undefined, check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw error instanceof TrustError ? error.at(link, entityId) : error;
  }
}
