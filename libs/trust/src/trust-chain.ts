import { keySetFrom, type JsonObject, type JsonValue, type KeySet } from '#protocol';
import {
  atLink,
  linksOf,
  parseChain,
  requireChainInForce,
  requireConstraints,
  requireLinks,
  requireNames,
  requireOwnJurisdictions,
  requireStatedType,
  type UnverifiedChain,
} from './chain-links.js';
import type { ShownTrustMark } from './entity-statement.js';
import { mergedMetadata, STATED_BY_SUPERIOR, type LeafEntityType } from './metadata.js';
import { federationKeysFrom } from './federation-keys.js';
import { readStatedFacts, type StatedFacts } from './stated-facts.js';
import { pinnedAnchor, requireSignature, type PinnedAnchor } from './trust-anchor.js';
import { TrustError } from './trust-error.js';
import type { StatusReference } from './status-list.js';
import type { Validity } from './validity.js';

declare const verified: unique symbol;

/** A link as it was verified, enough to check its times again without its signature. */
export interface VerifiedLink extends Validity {
  readonly issuer: string;
  readonly subject: string;
  readonly digest: string;
  /** Of the key that signed it. */
  readonly kid: string;
  /** Where its issuer says whether it still holds; none for what an entity says about itself. */
  readonly status: StatusReference | undefined;
}

/** An entity as a pinned anchor vouches for it. Made only by `verifyTrustChain`. Instants in milliseconds. */
export interface VerifiedChain extends StatedFacts {
  readonly [verified]: 'chain';
  readonly entityId: string;
  readonly entityType: LeafEntityType;
  /** Of the entity's type: what the entity says, overlaid by what its superior states. */
  readonly metadata: JsonObject;
  /** Of the entity's type: what its superior states, alone. Facts that only a superior may state are read from here. */
  readonly stated: JsonObject;
  /** `federation_entity` metadata (endpoints, names), overlaid likewise. */
  readonly federationEntity: JsonObject;
  /** Sign statements and marks, and nothing else. */
  readonly federationKeys: KeySet;
  /** Federation keys of each superior, the anchor's among them, as the chain states them. */
  readonly superiorKeys: ReadonlyMap<string, KeySet>;
  /** Sign messages and receive sealed parts, and nothing else; of a court, sign process. Empty for an entity that has none. */
  readonly protocolKeys: { readonly signing: KeySet; readonly encryption: KeySet };
  /** Superiors up to and with the anchor, nearest first. */
  readonly superiors: readonly string[];
  /** Those of the superiors that are jurisdictions, nearest first. */
  readonly jurisdictions: readonly string[];
  readonly anchor: string;
  /** As shown in the leaf's configuration: not yet believed. */
  readonly trustMarks: readonly ShownTrustMark[];
  readonly expiresAt: number;
  /** Of every statement, leaf first: the evidence that goes with a decision. */
  readonly digests: readonly string[];
  /** Of every statement, leaf first, as they came. */
  readonly tokens: readonly string[];
  readonly links: readonly VerifiedLink[];
}

/**
 * Verifies a chain up to a pinned anchor: grammar, links, times, names, constraints and types first, signatures last,
 * from the anchor downwards, each by a key that the statement above it states.
 *
 * @param input.chain `[leaf configuration, SS(superior→leaf), …, SS(anchor→…), anchor configuration]`
 * @param input.now milliseconds
 * @throws TrustError with the index of the link and the entity it speaks about
 * @see OpenID Federation 1.0, "Validating a Trust Chain"
 */
export async function verifyTrustChain(input: {
  readonly chain: readonly string[];
  readonly anchors: readonly PinnedAnchor[];
  readonly now: number;
}): Promise<VerifiedChain> {
  const chain = parseChain(input.chain);
  requireLinks(chain, input.anchors);
  requireChainInForce(linksOf(chain), input.now);
  requireNames(chain);
  requireConstraints(chain);
  const entityType = requireStatedType(chain);
  refuseReservedMetadata(chain, entityType);
  const federationKeys = await verifySignatures(chain, pinnedAnchor(input.anchors, chain.anchor.subject), input.now);
  const keys = await readProtocolKeys(chain, entityType);
  refuseSharedKeys(federationKeys, keys, chain);
  return chainFrom(chain, entityType, federationKeys, keys);
}

/** Checks the times of a chain that was verified before: its signatures do not change, the hour does. @throws TrustError */
export function requireStillInForce(chain: VerifiedChain, now: number): void {
  requireChainInForce(chain.links, now);
}

/** @returns the federation keys of each entity, leaf first, anchor last */
async function verifySignatures(chain: UnverifiedChain, pinned: PinnedAnchor, now: number): Promise<KeySet[]> {
  const links = linksOf(chain);
  const keys: KeySet[] = [];
  // Keys that may have signed the link at hand: first the pinned ones, then what each verified statement states.
  let mayHaveSigned = await federationKeysFrom(pinned.jwks);
  for (const [link, statement] of [...links.entries()].toReversed()) {
    const place = (error: unknown) => (error instanceof TrustError ? error.at(link, statement.subject) : error);
    try {
      await requireSignature(statement, mayHaveSigned, now);
      mayHaveSigned = await federationKeysFrom(statement.jwks);
    } catch (error) {
      throw place(error);
    }
    if (link > 0) keys.unshift(mayHaveSigned);
    else if (!mayHaveSigned.has(statement.kid)) {
      throw new TrustError('signature_invalid', 'the leaf does not state the key it signs with', {
        link,
        entityId: statement.subject,
      });
    }
  }
  return keys;
}

/** An agency that stated its own class or ORI would choose the law that binds it. */
function refuseReservedMetadata(chain: UnverifiedChain, type: LeafEntityType): void {
  const own = chain.leaf.metadata[type] ?? {};
  const reserved = STATED_BY_SUPERIOR.find((member) => member in own);
  if (reserved !== undefined) {
    throw new TrustError('reserved_metadata', `only a superior states \`${reserved}\``, {
      link: 0,
      entityId: chain.leaf.subject,
    });
  }
}

async function readProtocolKeys(
  chain: UnverifiedChain,
  type: LeafEntityType,
): Promise<{ signing: KeySet; encryption: KeySet }> {
  if (type === 'federation_entity') return processKeys(chain);
  const jwks = metadataOf(chain, type)['jwks'];
  const sendsMessages = type === 'comity_agency' || type === 'comity_broker';
  if (jwks === undefined && !sendsMessages) return { signing: new Map(), encryption: new Map() };
  const place = { link: 0, entityId: chain.leaf.subject };
  const keys = await protocolKeysFrom(jwks).catch((cause: unknown) => {
    throw new TrustError('keys_refused', 'the protocol keys are not acceptable', { ...place, cause });
  });
  if (sendsMessages && keys.signing.size === 0) {
    throw new TrustError('protocol_keys_missing', 'no protocol key that signs', place);
  }
  return keys;
}

/** As its superior states them: the key that a court's server signs its status list with cannot add one. */
async function processKeys(chain: UnverifiedChain): Promise<{ signing: KeySet; encryption: KeySet }> {
  const [{ metadata, subject }] = chain.statements;
  const place = { link: 1, entityId: subject };
  const { process } = atLink(1, subject, () => readStatedFacts(metadata.federation_entity ?? {}));
  const signing = await keySetFrom(process?.jwks, 'sig').catch((cause: unknown) => {
    throw new TrustError('keys_refused', 'the keys for legal process are not acceptable', { ...place, cause });
  });
  if (signing.size === 0) throw new TrustError('protocol_keys_missing', 'no key that signs legal process', place);
  return { signing, encryption: new Map() };
}

async function protocolKeysFrom(jwks: JsonValue | undefined): Promise<{ signing: KeySet; encryption: KeySet }> {
  return { signing: await keySetFrom(jwks, 'sig'), encryption: await keySetFrom(jwks, 'enc') };
}

/** One key, one holder, one job: a federation key that signed messages could be tricked into enrolling (J14, T16). */
function refuseSharedKeys(federationKeys: readonly KeySet[], keys: { signing: KeySet }, chain: UnverifiedChain): void {
  const seen = new Set(keys.signing.keys());
  federationKeys.forEach((set, index) => {
    for (const kid of set.keys()) {
      if (seen.has(kid)) {
        const entityId = linksOf(chain)[index + 1]?.subject;
        throw new TrustError('key_reused', 'one key for two entities or two jobs', { link: index + 1, entityId });
      }
      seen.add(kid);
    }
  });
}

function metadataOf(chain: UnverifiedChain, type: LeafEntityType): JsonObject {
  return mergedMetadata(chain.leaf.metadata[type], chain.statements[0].metadata[type]);
}

function chainFrom(
  chain: UnverifiedChain,
  entityType: LeafEntityType,
  federationKeys: readonly KeySet[],
  protocolKeys: VerifiedChain['protocolKeys'],
): VerifiedChain {
  const links = linksOf(chain);
  const [{ metadata, subject: statedAbout }] = chain.statements;
  const stated = metadata[entityType] ?? {};
  const jurisdictions = chain.statements.slice(1).map(({ subject }) => subject);
  const statedFacts = atLink(1, statedAbout, () => readStatedFacts(stated));
  requireOwnJurisdictions(chain, statedFacts.process?.jurisdictions ?? [], jurisdictions);
  const facts: Omit<VerifiedChain, typeof verified> = {
    entityId: chain.leaf.subject,
    entityType,
    metadata: metadataOf(chain, entityType),
    stated,
    federationEntity: metadataOf(chain, 'federation_entity'),
    ...statedFacts,
    federationKeys: federationKeys[0] ?? new Map(),
    protocolKeys,
    superiors: chain.statements.map(({ issuer }) => issuer),
    superiorKeys: new Map(
      chain.statements.map(({ issuer }, index) => [issuer, federationKeys[index + 1] ?? new Map()]),
    ),
    jurisdictions,
    anchor: chain.anchor.subject,
    trustMarks: chain.leaf.trustMarks,
    expiresAt: Math.min(...links.map(({ expiresAt }) => expiresAt)),
    digests: links.map(({ digest }) => digest),
    tokens: links.map(({ token }) => token),
    links: links.map((link) => {
      const { issuer, subject, digest, kid, issuedAt, expiresAt } = link;
      const status = 'status' in link ? link.status : undefined;
      return { issuer, subject, digest, kid, issuedAt, expiresAt, status };
    }),
  };
  return facts as VerifiedChain;
}
