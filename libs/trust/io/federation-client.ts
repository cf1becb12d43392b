import {
  ProtocolError,
  isJsonObject,
  parseStrictJson,
  type Clock,
  type HttpResponse,
  type JsonObject,
  type JsonValue,
  type Network,
} from '#protocol';
import { PAGE_SIZE, readPages, type ListLimits } from './subordinate-pages.js';
import { configurationUrl, parseEntityId, statusListUri, TrustError } from '../src/index.js';

/** Whoever speaks about subordinates: a verified anchor or a verified chain of a jurisdiction. */
export interface FederationAuthority {
  readonly entityId: string;
  readonly federationEntity: JsonObject;
}

export interface FederationClientLimits extends ListLimits {
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** A node gives an authority 2 s, the size of a message, and as many subordinates as the whole country has agencies. */
export const CLIENT_LIMITS: FederationClientLimits = {
  timeoutMs: 2_000,
  maxBytes: 64 * 1_024,
  maxListed: 20_000,
  maxPages: 100,
  listMs: 20_000,
};

type Endpoint =
  | 'federation_fetch_endpoint'
  | 'federation_list_endpoint'
  | 'federation_extended_list_endpoint'
  | 'federation_trust_mark_endpoint';

const STATEMENT = 'application/entity-statement+jwt';
const MARK = 'application/trust-mark+jwt';
const STATUS_LIST = 'application/statuslist+jwt';
/** A thousand names of 255 characters, each with when it was registered. */
const LIST_BYTES = 320 * 1_024;
/** A list of 2^20 entries that does not compress. */
const STATUS_LIST_BYTES = 512 * 1_024;
/** A hundred events, each as large as a small message. */
const EVENTS_BYTES = 1_024 * 1_024;
const MAX_EVENTS = 100;

/** A list is read whole again after that long, whatever its authority says of it. */
const REUSED_MS = 60 * 60 * 1_000;
/** A strong entity tag (RFC 9110 §8.8.3): a weak one says that little has changed. */
const TAG = /^"[\x21\x23-\x7e]{1,200}"$/;

/** A list as it was read, under the one tag that all its pages bore. */
interface TaggedList {
  readonly tag: string;
  readonly names: readonly string[];
  /** Milliseconds. */
  readonly readAt: number;
}

/** Fetches statements, lists and marks; reads none of them. Every answer is bounded in time and size. */
export class FederationClient {
  readonly #lists = new Map<string, TaggedList>();

  constructor(
    private readonly network: Network,
    private readonly limits: FederationClientLimits,
    private readonly clock: Clock,
  ) {}

  async configuration(entityId: string): Promise<string> {
    return (await this.#get(configurationUrl(entityId), entityId, STATEMENT)).body;
  }

  /** @throws TrustError `not_enrolled` where the authority answers that it knows no such subordinate */
  async subordinateStatement(authority: FederationAuthority, subject: string): Promise<string> {
    const url = endpoint(authority, 'federation_fetch_endpoint', { sub: subject });
    return (await this.#get(url, subject, STATEMENT)).body;
  }

  /** In pages where the authority has an endpoint for them, else at once. @throws TrustError `too_many` */
  async subordinates(authority: FederationAuthority): Promise<string[]> {
    const inPages = authority.federationEntity['federation_extended_list_endpoint'] !== undefined;
    const list = inPages ? await this.#pages(authority) : await this.#wholeList(authority);
    // One odd name must not hide the others; it is nobody's and is left out.
    return list.filter(isEntityId);
  }

  /**
   * A list whose pages all bore one tag is versioned as a whole: while the first page is answered 304 for that tag nothing else
   * is asked, for an hour at most. Of 18,000 agencies that is one call a round instead of eighteen.
   */
  async #pages(authority: FederationAuthority): Promise<string[]> {
    const { entityId } = authority;
    const now = this.clock.now();
    const known = this.#lists.get(entityId);
    const held = known && now - known.readAt < REUSED_MS ? known : undefined;
    const get = (from: string | undefined, tag?: string) => {
      const query = { limit: String(PAGE_SIZE), ...(from !== undefined && { from_entity_id: from }) };
      const url = endpoint(authority, 'federation_extended_list_endpoint', query);
      return this.#get(url, entityId, 'application/json', LIST_BYTES, tag);
    };
    const first = await get(undefined, held?.tag);
    if (held && first.status === 304) return [...held.names];
    this.#lists.delete(entityId);
    const tags = new Set([first.headers['etag']]);
    const page = async (from: string | undefined) => {
      const answer = from === undefined ? first : await get(from);
      tags.add(answer.headers['etag']);
      return readJson(answer.body, entityId);
    };
    const names = await readPages(entityId, page, this.limits, { clock: this.clock, since: now });
    const [tag] = tags;
    if (tags.size === 1 && tag !== undefined && TAG.test(tag)) this.#lists.set(entityId, { tag, names, readAt: now });
    return names;
  }

  async #wholeList(authority: FederationAuthority): Promise<string[]> {
    const url = endpoint(authority, 'federation_list_endpoint', {});
    const { body } = await this.#get(url, authority.entityId, 'application/json', LIST_BYTES);
    const list = readList(body, authority.entityId);
    if (list.length > this.limits.maxListed) {
      throw new TrustError('too_many', 'more subordinates than are read', { entityId: authority.entityId });
    }
    return [...new Set(list)];
  }

  /** `undefined` where the authority has issued no such mark. */
  async trustMark(authority: FederationAuthority, type: string, subject: string): Promise<string | undefined> {
    const url = endpoint(authority, 'federation_trust_mark_endpoint', { trust_mark_type: type, sub: subject });
    try {
      return (await this.#get(url, subject, MARK)).body;
    } catch (error) {
      if (error instanceof TrustError && error.code === 'not_enrolled') return undefined;
      throw error;
    }
  }

  /** At the one address that nobody chooses. */
  async statusList(issuer: string): Promise<string> {
    return (await this.#get(statusListUri(issuer), issuer, STATUS_LIST, STATUS_LIST_BYTES)).body;
  }

  /** The events of an authority after number `after`, oldest first, at most a hundred. */
  async events(issuer: string, after: number): Promise<string[]> {
    const url = `${issuer}/federation/events?after=${after}`;
    const { body } = await this.#get(url, issuer, 'application/json', EVENTS_BYTES);
    const page = readJson(body, issuer);
    const events = isJsonObject(page) ? page['events'] : undefined;
    if (!Array.isArray(events) || events.length > MAX_EVENTS || !events.every((event) => typeof event === 'string')) {
      throw new TrustError('answer_refused', 'not a page of events', { entityId: issuer });
    }
    return events;
  }

  async #get(
    url: string,
    entityId: string,
    mediaType: string,
    maxBytes: number = this.limits.maxBytes,
    tag?: string,
  ): Promise<HttpResponse> {
    const { timeoutMs } = this.limits;
    const headers = { accept: mediaType, ...(tag !== undefined && { 'if-none-match': tag }) };
    const answer = await this.network
      .request({ method: 'GET', url, headers, timeoutMs, maxBytes })
      .catch((cause: unknown) => {
        if (!(cause instanceof ProtocolError)) throw cause;
        throw new TrustError('unreachable', 'the entity could not be reached', { entityId, cause });
      });
    // Nobody who did not ask for it is told that nothing has changed.
    if (answer.status === 304 && tag !== undefined) return answer;
    if (answer.status === 404) throw new TrustError('not_enrolled', 'not known there', { entityId });
    const answered = answer.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
    if (answer.status !== 200 || answered !== mediaType) {
      throw new TrustError('answer_refused', `status ${answer.status} or another media type than asked for`, {
        entityId,
      });
    }
    return answer;
  }
}

/** An authority may name its endpoints, on its own host: it cannot make every node of the federation call another (SSRF). */
function endpoint(authority: FederationAuthority, name: Endpoint, query: Readonly<Record<string, string>>): string {
  const { entityId, federationEntity } = authority;
  const value = federationEntity[name];
  const { origin } = parseEntityId(entityId);
  if (
    typeof value !== 'string' ||
    !URL.canParse(value) ||
    new URL(value).origin !== origin ||
    !value.startsWith(origin)
  ) {
    throw new TrustError('answer_refused', `no \`${name}\` on the entity's own host`, { entityId });
  }
  const url = new URL(value);
  for (const [parameter, text] of Object.entries(query)) url.searchParams.set(parameter, text);
  return url.href;
}

function readList(body: string, entityId: string): string[] {
  const list = readJson(body, entityId);
  if (!Array.isArray(list) || !list.every((id) => typeof id === 'string')) {
    throw new TrustError('answer_refused', 'the list is not an array of entity ids', { entityId });
  }
  return list;
}

/** The size was limited while it was read. */
function readJson(body: string, entityId: string): JsonValue {
  try {
    return parseStrictJson(body, { maxBytes: Number.MAX_SAFE_INTEGER });
  } catch (cause) {
    throw new TrustError('answer_refused', 'the answer is not JSON', { entityId, cause });
  }
}

function isEntityId(id: string): boolean {
  try {
    return parseEntityId(id).id === id;
  } catch {
    return false;
  }
}
