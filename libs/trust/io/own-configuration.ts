import type { Clock, Network, SigningKey } from '#protocol';
import { BackgroundRounds } from '#protocol/io';
import {
  signEntityConfiguration,
  TrustError,
  verifyTrustChain,
  type EntityMetadata,
  type PinnedAnchor,
  type ShownTrustMark,
  type VerifiedChain,
} from '../src/index.js';
import { CLIENT_LIMITS, FederationClient, type FederationAuthority } from './federation-client.js';
import type { TrustDirectory } from './trust-directory.js';

export interface OwnConfigurationOptions {
  readonly entityId: string;
  /** Entity id of the jurisdiction (or anchor) that enrolled this entity. */
  readonly superior: string;
  readonly federationKey: SigningKey;
  /** What the entity says about itself, by entity type; read anew each time, so that its keys may turn. */
  readonly metadata: EntityMetadata;
  /** Mark types to ask the superior for; every type the anchor lets it issue when absent. */
  readonly trustMarkTypes?: readonly string[];
  readonly anchors: readonly PinnedAnchor[];
  readonly directory: TrustDirectory;
  readonly network: Network;
  readonly clock: Clock;
  /** 3600 when absent; signed anew at half of it. */
  readonly lifetimeSeconds?: number;
  /** Between two rounds in the background; 60 when absent. */
  readonly refreshSeconds?: number;
  /** Called when a round in the background failed; what was held before stays as long as it is in force. */
  readonly onFailure?: (error: unknown) => void;
}

interface SignedConfiguration {
  readonly token: string;
  readonly issuedAt: number;
  /** What it says: signed anew when marks or keys change. */
  readonly content: string;
}

interface OwnChain {
  readonly tokens: readonly string[];
  readonly verified: VerifiedChain;
}

const MAX_MARK_TYPES = 64;
const DEFAULT_LIFETIME_SECONDS = 3_600;
const DEFAULT_REFRESH_SECONDS = 60;
/** While there is no chain to show, nothing can be asked or answered. */
const RETRY_SECONDS = 1;

/**
 * A node's own entity configuration, kept fresh: with the marks its superior issued about it, and with the superior's
 * statement, so that the node can show its whole chain.
 */
export class OwnConfiguration {
  readonly #client: FederationClient;
  #marks: readonly ShownTrustMark[] = [];
  #signed: SignedConfiguration | undefined;
  #chain: OwnChain | undefined;
  /** Whether the superior has said since the start which marks there are, or that there is no such entity. */
  #isWhole = false;
  readonly #rounds = new BackgroundRounds();

  constructor(private readonly options: OwnConfigurationOptions) {
    this.#client = new FederationClient(options.network, CLIENT_LIMITS, options.clock);
  }

  /**
   * The configuration to publish at `/.well-known/openid-federation`, also before anybody enrolled the entity. `undefined` while
   * it is not known which marks belong to it: whoever collected one without them would refuse, by that newer one, requests
   * that were signed before this node started anew.
   */
  async published(): Promise<string | undefined> {
    return this.#isWhole ? this.token() : undefined;
  }

  /** The configuration as it is now. */
  async token(): Promise<string> {
    const now = this.options.clock.now();
    const content = JSON.stringify([this.options.metadata, this.#marks]);
    // Also a clock that was set back signs anew: nobody believes a configuration from the future.
    const age = this.#signed ? now - this.#signed.issuedAt : NaN;
    const isFresh = age >= 0 && age < (this.#lifetimeSeconds() * 1_000) / 2;
    if (!this.#signed || this.#signed.content !== content || !isFresh) {
      this.#signed = { token: await this.#sign(now), issuedAt: now, content };
    }
    return this.#signed.token;
  }

  /**
   * Asks the superior for its statement and its marks, signs anew where something changed, and verifies the own chain as
   * everybody else will.
   *
   * @throws TrustError `not_enrolled` where the superior does not know the entity; what a chain can be refused for
   */
  async refresh(): Promise<void> {
    const { entityId, superior, directory, anchors, clock } = this.options;
    const authority = await this.#superior();
    const statement = await this.#client.subordinateStatement(authority, entityId).catch((error: unknown) => {
      if (error instanceof TrustError && error.code === 'not_enrolled') this.#isWhole = true;
      throw error;
    });
    this.#marks = await this.#fetchMarks(authority);
    this.#isWhole = true;
    const above = directory.statementsFor(superior);
    const tokens = [await this.token(), statement, ...(above.length > 1 ? above.slice(1) : above)];
    const verified = await verifyTrustChain({ chain: tokens, anchors, now: clock.now() });
    this.#chain = { tokens, verified };
  }

  /** The chain to send with a request. @throws TrustError `not_enrolled` or `expired` */
  ownChain(): string[] {
    return [...this.#ownChain().tokens];
  }

  /** The same, as verified. @throws TrustError */
  verifiedChain(): VerifiedChain {
    return this.#ownChain().verified;
  }

  /** Refreshes in the background until `stop`. */
  start(): void {
    const { clock, refreshSeconds = DEFAULT_REFRESH_SECONDS, onFailure } = this.options;
    this.#rounds.start(clock, async () => {
      await this.refresh().catch((error: unknown) => onFailure?.(error));
      return (this.#chain ? refreshSeconds : Math.min(refreshSeconds, RETRY_SECONDS)) * 1_000;
    });
  }

  stop(): void {
    this.#rounds.stop();
  }

  #ownChain(): OwnChain {
    const { entityId, clock } = this.options;
    if (!this.#chain) throw new TrustError('not_enrolled', 'no statement of a superior yet', { entityId });
    if (clock.now() >= this.#chain.verified.expiresAt) {
      throw new TrustError('expired', 'the own chain is no longer valid', { entityId });
    }
    return this.#chain;
  }

  async #superior(): Promise<FederationAuthority> {
    const { superior, directory, anchors } = this.options;
    const isAnchor = anchors.some(({ entityId }) => entityId === superior);
    const find = () => (isAnchor ? directory.anchor(superior) : directory.chainFor(superior));
    try {
      return find();
    } catch {
      await directory.refresh();
      return find();
    }
  }

  /**
   * A mark that is not issued is left out; one that could not be asked for now stays as it was. A node that has no chain yet
   * shows none before every mark was asked for: without one that it has, its requests would be refused for good.
   */
  async #fetchMarks(authority: FederationAuthority): Promise<ShownTrustMark[]> {
    const marks: ShownTrustMark[] = [];
    for (const type of this.#markTypes(authority.entityId)) {
      const held = this.#marks.find((mark) => mark.type === type)?.token;
      const token = await this.#client.trustMark(authority, type, this.options.entityId).catch((error: unknown) => {
        if (this.#chain === undefined) throw error;
        return held;
      });
      if (token !== undefined) marks.push({ type, token });
    }
    return marks;
  }

  #markTypes(issuer: string): readonly string[] {
    const { trustMarkTypes, directory, superior, anchors } = this.options;
    if (trustMarkTypes) return trustMarkTypes;
    const anchor = anchors.some(({ entityId }) => entityId === superior)
      ? superior
      : directory.chainFor(superior).anchor;
    const listed = [...directory.anchor(anchor).trustMarkIssuers].filter(([, issuers]) => issuers.includes(issuer));
    return listed.slice(0, MAX_MARK_TYPES).map(([type]) => type);
  }

  #sign(now: number): Promise<string> {
    const { entityId, federationKey, metadata, superior } = this.options;
    return signEntityConfiguration({
      entityId,
      key: federationKey,
      metadata,
      authorityHints: [superior],
      trustMarks: this.#marks,
      issuedAt: now,
      lifetimeSeconds: this.#lifetimeSeconds(),
    });
  }

  #lifetimeSeconds(): number {
    return this.options.lifetimeSeconds ?? DEFAULT_LIFETIME_SECONDS;
  }
}
