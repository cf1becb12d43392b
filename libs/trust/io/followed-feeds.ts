import type { DataSource } from 'typeorm';
import type { Clock } from '#protocol';
import {
  parseEvent,
  requireNextEvent,
  TrustError,
  verifyEvent,
  verifyEventFeed,
  type FeedPosition,
  type VerifiedEvent,
} from '../src/index.js';
import type { FederationClient } from './federation-client.js';
import type { StatusIssuer } from './status-lists.js';

/** Where the positions are kept over a restart. */
export interface FeedPositionsStore {
  all(): Promise<FeedPosition[]>;
  put(position: FeedPosition): Promise<void>;
}

/** For a command that looks once and ends. */
export const FOLLOWED_NOTHING: FeedPositionsStore = { all: () => Promise.resolve([]), put: () => Promise.resolve() };

/** In the node's own database, table `followed_feed`. */
export function feedPositionsIn(dataSource: DataSource): FeedPositionsStore {
  return {
    async all() {
      const rows = await dataSource.query<{ issuer: string; sequence: string; digest: string; issued_at: Date }[]>(
        'select issuer, sequence, digest, issued_at from followed_feed',
      );
      return rows.map(({ issuer, sequence, digest, issued_at: at }) => {
        return { issuer, sequence: Number(sequence), digest, issuedAt: at.getTime() };
      });
    },
    async put({ issuer, sequence, digest, issuedAt }) {
      await dataSource.query(
        `insert into followed_feed (issuer, sequence, digest, issued_at) values ($1, $2, $3, $4)
         on conflict (issuer) do update set sequence = excluded.sequence, digest = excluded.digest,
           issued_at = excluded.issued_at where followed_feed.sequence < excluded.sequence`,
        [issuer, sequence, digest, new Date(issuedAt)],
      );
    },
  };
}

const PAGE = 100;
/** A feed that is longer than this at first contact is followed from there on at the next round. */
const MAX_PAGES = 50;

/**
 * Follows the signed events of every authority: pushed to this node, or pulled where no push came. An event decides nothing;
 * it says that there is something to look at, and looking is what the caller does.
 */
export class FollowedFeeds {
  readonly #positions = new Map<string, FeedPosition>();
  #loaded: Promise<void> | undefined;

  constructor(
    private readonly from: {
      readonly client: FederationClient;
      readonly clock: Clock;
      readonly store: FeedPositionsStore;
      readonly issuers: () => readonly StatusIssuer[];
    },
  ) {}

  /**
   * Takes an event that somebody brought. Everybody can bring one again, so that only one that is new has an effect.
   *
   * @returns the events that are new, the pushed one and those it shows to be missing; empty where it is known already
   * @throws TrustError `not_enrolled` for the event of a stranger, and what an event is refused for
   */
  async take(token: string): Promise<VerifiedEvent[]> {
    await this.#load();
    const { issuer: entityId } = parseEvent(token);
    const issuer = this.from.issuers().find((known) => known.entityId === entityId);
    if (!issuer) throw new TrustError('not_enrolled', 'the event of no authority that is known here', { entityId });
    const event = await verifyEvent({
      token,
      issuer: entityId,
      keys: issuer.federationKeys,
      now: this.from.clock.now(),
    });
    const last = this.#positions.get(entityId);
    if (last && event.sequence <= last.sequence) {
      requireSameStory(last, event);
      return [];
    }
    // Before the first look nothing is known of its feed; a gap is filled from the authority itself, never skipped.
    if (!last || event.sequence > last.sequence + 1) return this.#pull(issuer);
    requireNextEvent(last, event);
    await this.#moveTo(event);
    return [event];
  }

  /** Asks every authority for what is new. @returns the new events, and what failed */
  async pull(): Promise<{ events: VerifiedEvent[]; failures: TrustError[] }> {
    await this.#load();
    const events: VerifiedEvent[] = [];
    const failures: TrustError[] = [];
    const look = async (issuer: StatusIssuer) => {
      try {
        events.push(...(await this.#pull(issuer)));
      } catch (error) {
        if (!(error instanceof TrustError)) throw error;
        failures.push(error.at(undefined, issuer.entityId));
      }
    };
    await Promise.all(this.from.issuers().map(look));
    return { events, failures };
  }

  async #pull(issuer: StatusIssuer): Promise<VerifiedEvent[]> {
    const { entityId, federationKeys: keys } = issuer;
    const found: VerifiedEvent[] = [];
    let last = this.#positions.get(entityId);
    if (!last) return this.#firstContact(issuer);
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const tokens = await this.from.client.events(entityId, last.sequence);
      const events: VerifiedEvent[] = await verifyEventFeed({
        tokens,
        last,
        issuer: entityId,
        keys,
        now: this.from.clock.now(),
      });
      found.push(...events);
      const newest = events.at(-1);
      if (!newest) break;
      await this.#moveTo(newest);
      last = newest;
      if (tokens.length < PAGE) break;
    }
    return found;
  }

  /** What came before is history, and stands in the lists and statements by now: the last event alone is verified. */
  async #firstContact({ entityId, federationKeys: keys }: StatusIssuer): Promise<VerifiedEvent[]> {
    let after = 0;
    let token: string | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const tokens = await this.from.client.events(entityId, after);
      token = tokens.at(-1) ?? token;
      if (tokens.length < PAGE || token === undefined) break;
      after = parseEvent(token).sequence;
    }
    if (token === undefined) return [];
    const event = await verifyEvent({ token, issuer: entityId, keys, now: this.from.clock.now() });
    await this.#moveTo(event);
    return [event];
  }

  async #moveTo({ issuer, sequence, digest, issuedAt }: VerifiedEvent): Promise<void> {
    const position = { issuer, sequence, digest, issuedAt };
    await this.from.store.put(position);
    if (sequence > (this.#positions.get(issuer)?.sequence ?? 0)) this.#positions.set(issuer, position);
  }

  async #load(): Promise<void> {
    this.#loaded ??= this.from.store.all().then((all) => all.forEach((one) => this.#positions.set(one.issuer, one)));
    try {
      await this.#loaded;
    } catch (error) {
      this.#loaded = undefined;
      throw error;
    }
  }
}

/** The same number with another digest is proof that the authority tells two stories. */
function requireSameStory(last: FeedPosition, event: VerifiedEvent): void {
  if (event.sequence === last.sequence && event.digest !== last.digest) {
    throw new TrustError('event_out_of_order', 'another event of this number was seen before', {
      entityId: event.subject,
    });
  }
}
