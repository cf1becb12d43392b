import { ProtocolError, parseStrictJson, type HttpResponse, type JsonObject, type Network } from '#protocol';
import { configurationUrl, parseEntityId, TrustError } from '../src/index.js';

/** Whoever speaks about subordinates: a verified anchor or a verified chain of a jurisdiction. */
export interface FederationAuthority {
  readonly entityId: string;
  readonly federationEntity: JsonObject;
}

export interface FederationClientLimits {
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Subordinates of one authority. */
  readonly maxListed: number;
}

/** A node gives an authority 2 s, the size of a message, and as many subordinates as a state has agencies. */
export const CLIENT_LIMITS: FederationClientLimits = { timeoutMs: 2_000, maxBytes: 64 * 1_024, maxListed: 2_000 };

type Endpoint = 'federation_fetch_endpoint' | 'federation_list_endpoint' | 'federation_trust_mark_endpoint';

const STATEMENT = 'application/entity-statement+jwt';
const MARK = 'application/trust-mark+jwt';

/** Fetches statements, lists and marks; reads none of them. Every answer is bounded in time and size. */
export class FederationClient {
  constructor(
    private readonly network: Network,
    private readonly limits: FederationClientLimits,
  ) {}

  async configuration(entityId: string): Promise<string> {
    return (await this.#get(configurationUrl(entityId), entityId, STATEMENT)).body;
  }

  /** @throws TrustError `not_enrolled` where the authority answers that it knows no such subordinate */
  async subordinateStatement(authority: FederationAuthority, subject: string): Promise<string> {
    const url = endpoint(authority, 'federation_fetch_endpoint', { sub: subject });
    return (await this.#get(url, subject, STATEMENT)).body;
  }

  async subordinates(authority: FederationAuthority): Promise<string[]> {
    const url = endpoint(authority, 'federation_list_endpoint', {});
    const { body } = await this.#get(url, authority.entityId, 'application/json');
    const list = readList(body, authority.entityId);
    if (list.length > this.limits.maxListed) {
      throw new TrustError('too_many', 'more subordinates than are read', { entityId: authority.entityId });
    }
    // One odd name must not hide the others; it is nobody's and is left out.
    return [...new Set(list)].filter(isEntityId);
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

  async #get(url: string, entityId: string, mediaType: string): Promise<HttpResponse> {
    const { timeoutMs, maxBytes } = this.limits;
    const answer = await this.network
      .request({ method: 'GET', url, headers: { accept: mediaType }, timeoutMs, maxBytes })
      .catch((cause: unknown) => {
        if (!(cause instanceof ProtocolError)) throw cause;
        throw new TrustError('unreachable', 'the entity could not be reached', { entityId, cause });
      });
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
  const refusal = (cause?: unknown) =>
    new TrustError('answer_refused', 'the list is not an array of entity ids', { entityId, cause });
  try {
    const list = parseStrictJson(body, { maxBytes: Number.MAX_SAFE_INTEGER });
    if (!Array.isArray(list)) throw refusal();
    return list.map((id) => {
      if (typeof id !== 'string') throw refusal();
      return id;
    });
  } catch (cause) {
    throw cause instanceof TrustError ? cause : refusal(cause);
  }
}

function isEntityId(id: string): boolean {
  try {
    return parseEntityId(id).id === id;
  } catch {
    return false;
  }
}
