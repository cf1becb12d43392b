import type { Clock, JsonObject, Network } from '#protocol';
import { digestOf, ProtocolError, signToken } from '#protocol';
import {
  configurationUrl,
  parseTrustMark,
  TrustError,
  verifyAnchorConfiguration,
  verifyTrustChain,
  verifyTrustMark,
  type ShownTrustMark,
  type VerifiedAnchor,
  type VerifiedChain,
} from '#trust';
import { authorityNamed, type AuthorityNode } from './authority-node.js';
import { FederationError } from './federation-error.js';
import { jwksOf } from './key-history.store.js';
import type { Authority } from './statement-desk.js';

type Node = Pick<AuthorityNode, 'anchor' | 'jurisdictions' | 'store' | 'status' | 'keys' | 'desk'>;

interface Fetched {
  readonly at: number;
  /** A refusal is remembered too. */
  readonly configuration: Promise<string>;
}

/** A configuration that was fetched serves for so long, and so does the fact that none came (T02). */
const KEPT_MS = 30_000;
const MAX_KEPT = 4_096;
/** What was resolved a moment ago is not verified again; a status that changed since shows after so long. */
const ANSWER_MS = 5_000;
const LIMITS = { timeoutMs: 2_000, maxBytes: 64 * 1_024 } as const;
/** Somebody who asks for many nodes at once must not make this authority call them all at once. */
const MAX_FETCHES = 8;
const MAX_CHAIN_SECONDS = 24 * 60 * 60;

/**
 * OpenID Federation 1.0, "Resolve Entity", for whom this process enrolled. A question never leads to a host that nobody
 * vetted: the one host that is asked is the enrolled entity's own, seldom, with limits of time, size and number (W11).
 */
export class EntityResolver {
  readonly #fetched = new Map<string, Fetched>();
  readonly #answers = new Map<string, { readonly at: number; readonly answer: Promise<string> }>();
  #fetching = 0;

  constructor(
    private readonly node: Node,
    private readonly ports: { readonly network: Network; readonly clock: Clock },
  ) {}

  /**
   * @param input.trustAnchors the anchor has to be among them
   * @param input.entityTypes none for all
   * @returns `resolve-response+jwt`
   * @throws FederationError
   */
  async resolve(input: {
    readonly resolver: Authority;
    readonly subject: string;
    readonly trustAnchors: readonly string[];
    readonly entityTypes: readonly string[];
  }): Promise<string> {
    const { resolver, subject, trustAnchors, entityTypes } = input;
    if (!trustAnchors.includes(this.node.anchor.entityId)) {
      throw new FederationError('invalid_trust_anchor', 'chains are built to the own anchor alone');
    }
    const now = this.ports.clock.now();
    const tokens = await this.#statements(subject, now);
    // Of the very same statements the answer is the same; whose status changed does not come so far.
    const name = digestOf([resolver.entityId, ...entityTypes, '', ...tokens]);
    const known = this.#answers.get(name);
    if (known && now >= known.at && now - known.at < ANSWER_MS) return known.answer;
    const answer = this.#answer({ resolver, subject, entityTypes, tokens, now });
    remember(this.#answers, name, { at: now, answer });
    // One that failed is not kept: what was missing may be there at the next question.
    answer.catch(() => this.#answers.delete(name));
    return answer;
  }

  async #answer(input: {
    readonly resolver: Authority;
    readonly subject: string;
    readonly entityTypes: readonly string[];
    readonly tokens: readonly string[];
    readonly now: number;
  }): Promise<string> {
    const { resolver, subject, entityTypes, tokens, now } = input;
    const { anchor } = this.node;
    const pinned = [{ entityId: anchor.entityId, jwks: jwksOf(await this.node.keys.current(anchor.entityId, now)) }];
    const anchorToken = tokens.at(-1) ?? '';
    const verifiedAnchor = await verifyAnchorConfiguration({ token: anchorToken, anchors: pinned, now });
    const resolved =
      subject === anchor.entityId
        ? {
            metadata: { federation_entity: verifiedAnchor.federationEntity },
            expiresAt: verifiedAnchor.expiresAt,
            marks: [],
          }
        : await this.#resolved(await chainOf(tokens, pinned, now), verifiedAnchor, now);
    const metadata = ofTypes(resolved.metadata, entityTypes);
    const claims: JsonObject = {
      iss: resolver.entityId,
      sub: subject,
      iat: Math.floor(now / 1_000),
      exp: Math.floor(Math.min(resolved.expiresAt, now + MAX_CHAIN_SECONDS * 1_000) / 1_000),
      metadata,
      trust_chain: [...tokens],
    };
    if (resolved.marks.length > 0) {
      claims['trust_marks'] = resolved.marks.map(({ type, token }) => ({ trust_mark_type: type, trust_mark: token }));
    }
    return signToken({ kind: 'resolve-response', claims, key: resolver.key });
  }

  /** `[configuration, SS(superior→subject), …, anchor configuration]`. */
  async #statements(subject: string, now: number): Promise<string[]> {
    const { anchor, store, desk } = this.node;
    const own = authorityNamed(this.node, subject);
    if (subject === anchor.entityId) return [await desk.configuration(anchor)];
    const enrolled = await store.enrolmentOf(subject, now);
    const superior = enrolled && authorityNamed(this.node, enrolled.superior);
    if (!enrolled || !superior) throw new FederationError('not_found', 'no such entity is enrolled here');
    await this.#requireActive(enrolled.superior, Number(enrolled.statusIndex));
    const statement = await desk.subordinateStatement(superior, subject);
    if (statement === undefined) throw new FederationError('not_found', 'no such entity is enrolled here');
    const configuration = own ? await desk.configuration(own) : await this.#configuration(subject, now);
    // What stands above: the superior's own statements, without its configuration.
    const above =
      superior.entityId === anchor.entityId ? [] : (await this.#statements(superior.entityId, now)).slice(1, -1);
    return [configuration, statement, ...above, await desk.configuration(anchor)];
  }

  async #requireActive(issuer: string, index: number): Promise<void> {
    const status = await this.node.status.statusOf(issuer, index);
    if (status !== 'valid') throw new FederationError('invalid_trust_chain', `the entity is ${status ?? 'unknown'}`);
  }

  async #configuration(entityId: string, now: number): Promise<string> {
    const known = this.#fetched.get(entityId);
    if (!known || now < known.at || now - known.at >= KEPT_MS) this.#remember(entityId, now);
    try {
      return await (this.#fetched.get(entityId)?.configuration ?? Promise.reject(new TypeError('not remembered')));
    } catch (cause) {
      if (cause instanceof FederationError) throw cause;
      if (!(cause instanceof ProtocolError)) throw cause;
      throw new FederationError('invalid_trust_chain', 'the entity does not publish its configuration now', 400, {
        cause,
      });
    }
  }

  #remember(entityId: string, now: number): void {
    if (this.#fetching >= MAX_FETCHES) {
      throw new FederationError('temporarily_unavailable', 'too many entities are being asked at the moment');
    }
    this.#fetching += 1;
    const configuration = this.#fetch(entityId).finally(() => {
      this.#fetching -= 1;
    });
    // Whoever asked awaits it; that nobody does any more is no failure of the process.
    configuration.catch(() => undefined);
    remember(this.#fetched, entityId, { at: now, configuration });
  }

  async #fetch(entityId: string): Promise<string> {
    const accept = 'application/entity-statement+jwt';
    const url = configurationUrl(entityId);
    const answer = await this.ports.network.request({ method: 'GET', url, headers: { accept }, ...LIMITS });
    if (answer.status !== 200 || answer.headers['content-type']?.split(';')[0]?.trim() !== accept) {
      throw new FederationError('invalid_trust_chain', 'the entity does not publish its configuration now');
    }
    return answer.body;
  }

  /** Marks that are not believed, or do not hold now, are left out: the standard wants verified ones alone. */
  async #resolved(
    chain: VerifiedChain,
    anchor: VerifiedAnchor,
    now: number,
  ): Promise<{ metadata: JsonObject; expiresAt: number; marks: ShownTrustMark[] }> {
    const marks: ShownTrustMark[] = [];
    let expiresAt = chain.expiresAt;
    for (const shown of chain.trustMarks) {
      const end = await this.#markEnd(shown, chain, anchor, now);
      if (end === undefined) continue;
      marks.push(shown);
      expiresAt = Math.min(expiresAt, end);
    }
    const metadata = {
      [chain.entityType]: chain.metadata,
      ...(Object.keys(chain.federationEntity).length > 0 && { federation_entity: chain.federationEntity }),
    };
    return { metadata, expiresAt, marks };
  }

  async #markEnd(
    shown: ShownTrustMark,
    chain: VerifiedChain,
    anchor: VerifiedAnchor,
    now: number,
  ): Promise<number | undefined> {
    try {
      const { issuer: issuerId } = parseTrustMark(shown.token);
      const issuer = await this.#issuer(issuerId, anchor, now);
      const mark = await verifyTrustMark({ shown, subject: chain, issuer, anchor, now });
      const status = mark.status && (await this.node.status.statusOf(issuerId, mark.status.index));
      return status === 'valid' ? mark.expiresAt : undefined;
    } catch (error) {
      if (error instanceof TrustError || error instanceof FederationError) return undefined;
      throw error;
    }
  }

  async #issuer(entityId: string, anchor: VerifiedAnchor, now: number): Promise<VerifiedChain | VerifiedAnchor> {
    if (entityId === anchor.entityId) return anchor;
    const pinned = [{ entityId: anchor.entityId, jwks: jwksOf(await this.node.keys.current(anchor.entityId, now)) }];
    return chainOf(await this.#statements(entityId, now), pinned, now);
  }
}

async function chainOf(
  chain: readonly string[],
  anchors: Parameters<typeof verifyTrustChain>[0]['anchors'],
  now: number,
): Promise<VerifiedChain> {
  try {
    return await verifyTrustChain({ chain, anchors, now });
  } catch (cause) {
    if (!(cause instanceof TrustError)) throw cause;
    throw new FederationError('invalid_trust_chain', `link ${cause.link ?? '?'}: ${cause.code}`, 400, { cause });
  }
}

function ofTypes(metadata: JsonObject, types: readonly string[]): JsonObject {
  if (types.length === 0) return metadata;
  const chosen = Object.fromEntries(Object.entries(metadata).filter(([type]) => types.includes(type)));
  if (Object.keys(chosen).length === 0) throw new FederationError('invalid_metadata', 'the entity has no such type');
  return chosen;
}

/** The newest last; beyond the limit the oldest goes. */
function remember<T>(kept: Map<string, T>, name: string, value: T): void {
  kept.delete(name);
  kept.set(name, value);
  const [oldest] = kept.keys();
  if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
}
