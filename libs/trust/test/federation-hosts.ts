import { messageDigest, ProtocolError, type Clock, type HttpRequest, type HttpResponse, type Network } from '#protocol';
import {
  configurationUrl,
  signEntityConfiguration,
  signEvent,
  signStatusList,
  signSubordinateStatement,
  statusListUri,
  type ComityEntityType,
  type FederationEventKind,
  type Status,
  type TrustMarkContent,
} from '../src/index.js';
import { ABSENCE, HOUR, ids, statusIndexOf, WARRANT, type ExampleFederation, type Name } from './example-federation.js';

type Answer = Omit<HttpResponse, 'headers'> & { type: string };

const authorities = ['anchor', 'or', 'ga'] as const;
type Authority = (typeof authorities)[number];

/**
 * The hosts of the example federation behind a fake network: what each serves is signed when asked, at the clock's time,
 * from `enrolled`, `marks` and `issuers`, which a test changes. `override` answers before any host; `asked` is every URL.
 */
export class FederationHosts implements Network {
  readonly asked: string[] = [];
  override: (url: string, request: HttpRequest) => Promise<Answer | undefined> | Answer | undefined = () => undefined;
  readonly enrolled: Record<Authority, string[]> = {
    anchor: [ids.or, ids.ga, ids.broker],
    or: [ids.agency],
    ga: [ids.neighbour],
  };
  /** By the entity that shows them. */
  readonly marks = new Map<string, Partial<TrustMarkContent>[]>([
    [ids.or, [{ issuer: ids.or, subject: ids.or, type: WARRANT }]],
    [ids.ga, []],
  ]);
  issuers: Record<string, readonly string[]> = { [WARRANT]: [ids.or, ids.ga], [ABSENCE]: [ids.or, ids.ga] };
  /** What is not valid any more, by its index, in the list of each authority. */
  readonly statuses: Record<Authority, Map<number, Status>> = { anchor: new Map(), or: new Map(), ga: new Map() };
  /** The feed of each authority, oldest first. */
  readonly events: Record<Authority, string[]> = { anchor: [], or: [], ga: [] };
  /** Added to what a host would say by itself, by entity id. */
  readonly federationEntity = new Map<string, Record<string, string | string[]>>();

  constructor(
    readonly federation: ExampleFederation,
    readonly clock: Clock,
  ) {}

  async request(request: HttpRequest): Promise<HttpResponse> {
    this.asked.push(request.url);
    const answer = (await this.override(request.url, request)) ?? (await this.#answer(new URL(request.url)));
    if (Buffer.byteLength(answer.body) > request.maxBytes) throw new ProtocolError('network_failed', 'too large');
    return { status: answer.status, body: answer.body, headers: { 'content-type': answer.type } };
  }

  async configuration(name: Name, issuedAt = this.clock.now()): Promise<string> {
    const marks = name === 'agency' || name === 'neighbour' ? [] : (this.marks.get(ids[name]) ?? []);
    const shown = marks.map(async (mark) => ({ type: mark.type ?? WARRANT, token: await this.#mark(mark) }));
    const type = typeOf(name);
    const endpoints = (authorities as readonly string[]).includes(name)
      ? {
          federation_fetch_endpoint: `${ids[name]}/fetch`,
          federation_list_endpoint: `${ids[name]}/list`,
          federation_trust_mark_endpoint: `${ids[name]}/trust-mark`,
        }
      : {};
    return signEntityConfiguration({
      entityId: ids[name],
      key: this.federation.keys[name],
      metadata: {
        federation_entity: { ...endpoints, ...this.federationEntity.get(ids[name]) },
        ...(type ? { [type]: this.#ownMetadata(name) } : {}),
      },
      authorityHints: authorities.filter((superior) => this.enrolled[superior].includes(ids[name])).map((s) => ids[s]),
      trustMarks: await Promise.all(shown),
      issuedAt,
      lifetimeSeconds: 3_600,
      ...(name === 'anchor' ? { trustMarkIssuers: this.issuers } : {}),
    });
  }

  statement(superior: Authority, name: Name, issuedAt = this.clock.now()): Promise<string> {
    const type = typeOf(name);
    const stated = type === 'comity_agency' ? { ori: 'XX0000000', agency_class: 'municipal_police', name } : { name };
    return signSubordinateStatement({
      issuer: ids[superior],
      subject: ids[name],
      key: this.federation.keys[superior],
      jwks: { keys: [this.federation.keys[name].publicJwk] },
      metadata: type ? { [type]: stated } : {},
      issuedAt,
      lifetimeSeconds: 24 * 3_600,
      statusIndex: statusIndexOf(ids[name]),
    });
  }

  statusIndex(name: Name): number {
    return statusIndexOf(ids[name]);
  }

  statusList(issuer: Authority, issuedAt = this.clock.now()): Promise<string> {
    const key = this.federation.keys[issuer];
    return signStatusList({ issuer: ids[issuer], statuses: this.statuses[issuer], size: 1_024, issuedAt, key });
  }

  /** Suspends (or what `status` says) a subordinate, and tells it in the authority's feed. @returns the event */
  async change(
    issuer: Authority,
    name: Name,
    status: Status,
    kind: FederationEventKind = 'suspended',
  ): Promise<string> {
    this.statuses[issuer].set(statusIndexOf(ids[name]), status);
    return this.tell(issuer, name, kind);
  }

  /** Adds an event to the feed of an authority. */
  async tell(issuer: Authority, name: Name, kind: FederationEventKind): Promise<string> {
    const feed = this.events[issuer];
    const last = feed.at(-1);
    const event = await signEvent({
      issuer: ids[issuer],
      jti: `event-number-${feed.length}-of-${issuer}`,
      sequence: feed.length + 1,
      previous: last === undefined ? undefined : messageDigest(last),
      kind,
      subject: ids[name],
      details: {},
      issuedAt: this.clock.now(),
      key: this.federation.keys[issuer],
    });
    feed.push(event);
    return event;
  }

  #ownMetadata(name: Name): Record<string, never> | Record<string, unknown> {
    const type = typeOf(name);
    if (type !== 'comity_agency' && type !== 'comity_broker') return {};
    return { jwks: this.federation.protocolJwks[name], ledger: { origin: `${name}.example/log`, vkey: `${name}+key` } };
  }

  #mark(mark: Partial<TrustMarkContent>): Promise<string> {
    const signer = nameOf(mark.issuer ?? ids.or) ?? 'or';
    return this.federation.mark({ issuedAt: this.clock.now(), lifetimeSeconds: HOUR / 1_000, ...mark }, signer);
  }

  async #answer(url: URL): Promise<Answer> {
    const target = `${url.origin}${url.pathname}`;
    for (const name of Object.keys(ids) as Name[]) {
      if (target === configurationUrl(ids[name])) return statementAnswer(await this.configuration(name));
    }
    for (const superior of authorities) {
      if (target === statusListUri(ids[superior])) {
        return { status: 200, type: 'application/statuslist+jwt', body: await this.statusList(superior) };
      }
      if (target === `${ids[superior]}/federation/events`) {
        const events = this.events[superior].slice(Number(url.searchParams.get('after')));
        return { status: 200, type: 'application/json', body: JSON.stringify({ events: events.slice(0, 100) }) };
      }
      const subject = url.searchParams.get('sub') ?? '';
      const name = nameOf(subject);
      const known = name && this.enrolled[superior].includes(subject);
      if (target === `${ids[superior]}/list`) {
        return { status: 200, type: 'application/json', body: JSON.stringify(this.enrolled[superior]) };
      }
      if (target === `${ids[superior]}/fetch` && known) return statementAnswer(await this.statement(superior, name));
      if (target === `${ids[superior]}/trust-mark` && known) {
        const type = url.searchParams.get('trust_mark_type');
        const mark = this.marks.get(subject)?.find((found) => found.type === type && found.issuer === ids[superior]);
        if (mark) return { status: 200, type: 'application/trust-mark+jwt', body: await this.#mark(mark) };
      }
    }
    return { status: 404, type: 'application/json', body: '{"error":"not_found"}' };
  }
}

function typeOf(name: Name): ComityEntityType | undefined {
  switch (name) {
    case 'anchor':
      return undefined;
    case 'or':
    case 'ga':
      return 'comity_jurisdiction';
    case 'agency':
    case 'neighbour':
      return 'comity_agency';
    case 'broker':
      return 'comity_broker';
  }
}

function nameOf(entityId: string): Name | undefined {
  return (Object.keys(ids) as Name[]).find((name) => ids[name] === entityId);
}

export function statementAnswer(body: string): Answer {
  return { status: 200, type: 'application/entity-statement+jwt', body };
}
