import { ProtocolError, type Clock, type HttpRequest, type HttpResponse, type Network } from '#protocol';
import {
  parseEntityConfiguration,
  parseEntityId,
  TrustError,
  verifyTrustChain,
  type PinnedAnchor,
  type UnverifiedEntityConfiguration,
  type VerifiedChain,
} from '../src/index.js';
import { CLIENT_LIMITS, FederationClient } from './federation-client.js';

export interface ResolverLimits {
  /** Configurations that one question may fetch on the way up (T02). */
  readonly maxConfigurations: number;
  /** For one fetch. */
  readonly requestMs: number;
  /** For everything that one question fetches. */
  readonly totalMs: number;
  /** A refusal is remembered so long. */
  readonly refusedMs: number;
}

export const RESOLVER_LIMITS: ResolverLimits = {
  maxConfigurations: 5,
  requestMs: 2_000,
  totalMs: 2_000,
  refusedMs: 60_000,
};
const MAX_REFUSED = 1_024;

export interface ResolvedChain {
  readonly tokens: readonly string[];
  readonly chain: VerifiedChain;
}

/**
 * Finds the chain of one entity from its own words upwards (OpenID Federation 1.0, "Fetching Entity Statements to Establish a
 * Trust Chain"), for a person who asks. A node never does this for a message: the hosts on the way are chosen by whoever
 * wrote the hints, so that their number, time and size are capped and a refusal is remembered (T02, W11).
 */
export class ChainResolver {
  readonly #refused = new Map<string, { readonly until: number; readonly error: TrustError }>();

  constructor(
    private readonly from: {
      readonly anchors: readonly PinnedAnchor[];
      readonly network: Network;
      readonly clock: Clock;
      readonly limits?: ResolverLimits;
    },
  ) {}

  /** @throws TrustError `unreachable`, `too_many`, `chain_loop`, `anchor_not_pinned`, and what a chain can be refused for */
  async resolve(entityId: string): Promise<ResolvedChain> {
    const { clock, limits = RESOLVER_LIMITS } = this.from;
    const before = this.#refused.get(entityId);
    if (before && clock.now() < before.until) throw before.error;
    try {
      return await this.#resolve(entityId, limits);
    } catch (error) {
      if (error instanceof TrustError) this.#remember(entityId, error, clock.now() + limits.refusedMs);
      throw error;
    }
  }

  async #resolve(entityId: string, limits: ResolverLimits): Promise<ResolvedChain> {
    const { anchors, clock } = this.from;
    const tokens = await this.collect(entityId, limits);
    return { tokens, chain: await verifyTrustChain({ chain: tokens, anchors, now: clock.now() }) };
  }

  /**
   * The statements on the way up as they are served, of which nothing is verified: for whoever wants to see why a chain is
   * refused (`examineTrustChain`).
   *
   * @throws TrustError `unreachable`, `too_many`, `chain_loop`, `anchor_not_pinned`, and what cannot be read
   */
  async collect(entityId: string, limits = this.from.limits ?? RESOLVER_LIMITS): Promise<readonly string[]> {
    const { clock } = this.from;
    const until = clock.now() + limits.totalMs;
    const client = new FederationClient(
      inTime(this.from, until),
      { ...CLIENT_LIMITS, timeoutMs: limits.requestMs },
      clock,
    );
    const way = await this.#climb(entityId, client, limits.maxConfigurations);
    const statements: string[] = [];
    for (const [index, { subject }] of way.slice(0, -1).entries()) {
      const superior = way[index + 1];
      if (superior) statements.push(await client.subordinateStatement(authorityOf(superior), subject));
    }
    return [way[0]?.token ?? '', ...statements, way.at(-1)?.token ?? ''];
  }

  /** Configurations from the entity up to a pinned anchor; a hint to an anchor is followed before the others. */
  async #climb(
    entityId: string,
    client: FederationClient,
    maxConfigurations: number,
  ): Promise<UnverifiedEntityConfiguration[]> {
    const pinned = new Set(this.from.anchors.map((anchor) => anchor.entityId));
    const loopback = [...pinned].some((id) => parseEntityId(id).loopback);
    const visited = new Set<string>();
    const follow = async (
      id: string,
      way: readonly UnverifiedEntityConfiguration[],
    ): Promise<UnverifiedEntityConfiguration[] | undefined> => {
      if (parseEntityId(id).loopback && !loopback) {
        throw new TrustError('entity_id_invalid', 'plain http below an anchor that is not on loopback', {
          entityId: id,
        });
      }
      if (visited.has(id)) return undefined;
      if (visited.size >= maxConfigurations) {
        throw new TrustError('too_many', `more than ${maxConfigurations} configurations on the way`, { entityId });
      }
      visited.add(id);
      const configuration = parseEntityConfiguration(await client.configuration(id));
      if (configuration.subject !== id) throw new TrustError('link_broken', 'the configuration of another entity');
      const here = [...way, configuration];
      if (pinned.has(id)) return here;
      const hints = configuration.authorityHints.toSorted((a, b) => Number(pinned.has(b)) - Number(pinned.has(a)));
      for (const hint of hints) {
        const found = await follow(hint, here);
        if (found) return found;
      }
      return undefined;
    };
    const way = await follow(entityId, []);
    if (!way) throw new TrustError('anchor_not_pinned', 'no way up to a pinned anchor', { entityId });
    if (way.length < 2) throw new TrustError('chain_too_short', 'an anchor stands for itself', { entityId });
    return way;
  }

  #remember(entityId: string, error: TrustError, until: number): void {
    this.#refused.delete(entityId);
    this.#refused.set(entityId, { until, error });
    const [oldest] = this.#refused.keys();
    if (this.#refused.size > MAX_REFUSED && oldest !== undefined) this.#refused.delete(oldest);
  }
}

function authorityOf({ subject, metadata }: UnverifiedEntityConfiguration) {
  return { entityId: subject, federationEntity: metadata.federation_entity ?? {} };
}

/** The same network until an instant: what has not come by then does not come. */
function inTime({ network, clock }: { network: Network; clock: Clock }, until: number): Network {
  return {
    async request(request: HttpRequest): Promise<HttpResponse> {
      const left = until - clock.now();
      if (left <= 0) throw new ProtocolError('network_failed', 'no time is left');
      return network.request({ ...request, timeoutMs: Math.min(request.timeoutMs, left) });
    },
  };
}
