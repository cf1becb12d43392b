import type { Clock, KeySet } from '#protocol';
import {
  parseStatusList,
  requireValidStatus,
  TrustError,
  verifyStatusList,
  type StatusReference,
  type VerifiedChain,
  type VerifiedStatusList,
} from '../src/index.js';
import type { FederationClient } from './federation-client.js';

/** Whoever signs a status list: an anchor or a jurisdiction, by its verified chain. */
export interface StatusIssuer {
  readonly entityId: string;
  readonly federationKeys: KeySet;
}

const CONCURRENCY = 8;
/** A grant or a notice may bring so many lists along; more cost signature checks and help nobody. */
export const MAX_STAPLED = 16;

/**
 * The newest status list of every authority, fetched in the background and taken from whoever brings a newer one: it is
 * signed by its issuer, so that a broker may staple it. What is older than 40 s says nothing, and nothing known denies (T07).
 */
export class StatusLists {
  readonly #lists = new Map<string, VerifiedStatusList>();
  /** The last fetch from each issuer. */
  readonly #turns = new Map<string, Promise<void>>();

  constructor(
    private readonly from: {
      readonly client: FederationClient;
      readonly clock: Clock;
      /** All of which this node holds something in force. */
      readonly issuers: () => readonly StatusIssuer[];
      /** Whoever else has a list: courts, over the process that they issued. */
      readonly further: () => readonly StatusIssuer[];
    },
  ) {}

  /** Fetches the list of each authority, several at a time. What failed is returned; what is held stays until it is old. */
  async refresh(only?: string): Promise<TrustError[]> {
    const failures: TrustError[] = [];
    const due = this.#all().filter(({ entityId }) => only === undefined || entityId === only);
    const rest = due.values();
    const work = async () => {
      for (const issuer of rest) {
        try {
          await this.#fetchInTurn(issuer);
        } catch (error) {
          if (!(error instanceof TrustError)) throw error;
          failures.push(error.at(undefined, issuer.entityId));
        }
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
    return failures;
  }

  /** Takes lists that came along with a message; one that is odd, old or of a stranger is as if it were not there. */
  async offer(tokens: readonly string[]): Promise<void> {
    for (const token of tokens.slice(0, MAX_STAPLED)) {
      try {
        const { issuer: entityId } = parseStatusList(token);
        const issuer = this.#all().find((known) => known.entityId === entityId);
        if (issuer) await this.#take(token, issuer, 'strictly newer');
      } catch (error) {
        if (!(error instanceof TrustError)) throw error;
      }
    }
  }

  /** The lists that the statuses of these chains stand in, for whoever has to check them next. */
  stapledFor(chains: readonly VerifiedChain[]): string[] {
    const uris = new Set(chains.flatMap(({ links }) => links.flatMap(({ status }) => status?.uri ?? [])));
    return [...uris].flatMap((uri) => this.#lists.get(uri)?.token ?? []).slice(0, MAX_STAPLED);
  }

  /**
   * That every statement of a chain still holds, by lists that are at most 40 s old at this moment.
   *
   * @throws TrustError `status_missing`, `status_unknown`, `status_stale`, `status_revoked`, `status_suspended` with link and
   *   entity
   */
  requireChain(chain: Pick<VerifiedChain, 'links'>): void {
    chain.links.forEach(({ issuer, subject, status }, link) => {
      // What an entity says about itself has no status: it is its superior's statement that is withdrawn.
      if (issuer !== subject) this.require(status, { link, entityId: subject });
    });
  }

  /** As `requireChain` for one statement or mark. @throws TrustError */
  require(status: StatusReference | undefined, place: { readonly link?: number; readonly entityId: string }): void {
    try {
      if (!status) throw new TrustError('status_missing', 'it names no status list');
      requireValidStatus(this.#lists.get(status.uri), status, this.from.clock.now());
    } catch (error) {
      throw error instanceof TrustError ? error.at(place.link, place.entityId) : error;
    }
  }

  /** Whether the statement or mark was revoked for good; what is not known is no revocation. */
  isRevoked(status: StatusReference): boolean {
    try {
      this.require(status, { entityId: '' });
      return false;
    } catch (error) {
      return error instanceof TrustError && error.code === 'status_revoked';
    }
  }

  #all(): readonly StatusIssuer[] {
    return [...this.from.issuers(), ...this.from.further()];
  }

  /** Milliseconds since the oldest of the authorities' lists was signed; `undefined` where one is missing. */
  oldestAgeMs(): number | undefined {
    const now = this.from.clock.now();
    const ages = this.from.issuers().map(({ entityId }) => {
      const held = [...this.#lists.values()].find(({ issuer }) => issuer === entityId);
      return held === undefined ? Infinity : now - held.issuedAt;
    });
    const oldest = Math.max(0, ...ages);
    return Number.isFinite(oldest) ? oldest : undefined;
  }

  /**
   * One after another: of two lists of the same second the one that was fetched later counts, and an answer that was long on
   * its way must not come after it.
   */
  #fetchInTurn(issuer: StatusIssuer): Promise<void> {
    const fetch = async () => this.#take(await this.from.client.statusList(issuer.entityId), issuer);
    const turn = (this.#turns.get(issuer.entityId) ?? Promise.resolve()).then(fetch, fetch);
    this.#turns.set(issuer.entityId, turn);
    return turn;
  }

  async #take(
    token: string,
    { entityId, federationKeys }: StatusIssuer,
    wanted: 'newest' | 'strictly newer' = 'newest',
  ): Promise<void> {
    const now = this.from.clock.now();
    const list = await verifyStatusList({ token, issuer: entityId, keys: federationKeys, now });
    const held = this.#lists.get(list.uri);
    // An older list may not know of a suspension yet (T10). Of the same second the one that its issuer showed last counts,
    // and never one that somebody else brought along.
    const older = held && (wanted === 'newest' ? list.issuedAt < held.issuedAt : list.issuedAt <= held.issuedAt);
    if (older) {
      throw new TrustError('older_than_seen', 'a newer status list was seen before');
    }
    this.#lists.set(list.uri, list);
  }
}
