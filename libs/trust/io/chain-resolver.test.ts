import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ProtocolError } from '#protocol';
import { fakeClock, type FakeClock } from '../../../test/support/fakes.js';
import { signEntityConfiguration } from '../src/index.js';
import { exampleFederation, ids, NOW, type ExampleFederation } from '../test/example-federation.js';
import { FederationHosts, statementAnswer } from '../test/federation-hosts.js';
import { ChainResolver } from './index.js';

let federation: ExampleFederation;
let clock: FakeClock;
let hosts: FederationHosts;
let resolver: ChainResolver;

beforeAll(async () => {
  federation = await exampleFederation();
});
beforeEach(() => {
  clock = fakeClock(NOW);
  hosts = new FederationHosts(federation, clock);
  resolver = new ChainResolver({ anchors: federation.anchors, network: hosts, clock });
});

/** A hostile entity's own words, with hints of its choice. */
function hinting(entityId: string, hints: readonly string[]): Promise<string> {
  return signEntityConfiguration({
    entityId,
    key: federation.keys.neighbour,
    metadata: { comity_agency: { jwks: federation.protocolJwks.neighbour } },
    authorityHints: hints,
    trustMarks: [],
    issuedAt: NOW,
    lifetimeSeconds: 3_600,
  });
}

/** Hosts `<n>.x.example`, each of which says what `hintsOf` lets it say. */
function maze(hintsOf: (index: number) => readonly string[]): void {
  hosts.override = async (url) => {
    const [, number] = /^https:\/\/n(\d+)\.x\.example\//.exec(url) ?? [];
    if (number === undefined) return undefined;
    return statementAnswer(await hinting(`https://n${number}.x.example`, hintsOf(Number(number))));
  };
}
const node = (index: number) => `https://n${index}.x.example`;

describe('resolving a chain from an entity upwards', () => {
  it('finds the way to a pinned anchor with five fetches for three levels', async () => {
    const { chain, tokens } = await resolver.resolve(ids.agency);
    expect(chain).toMatchObject({ entityId: ids.agency, jurisdictions: [ids.or], anchor: ids.anchor });
    expect(tokens).toHaveLength(4);
    expect(hosts.asked).toHaveLength(5);
    expect((await resolver.resolve(ids.broker)).chain.entityType).toBe('comity_broker');
  });

  it('T02: ten thousand hints are refused after one fetch, and the refusal is remembered', async () => {
    const hints = Array.from({ length: 10_000 }, (_, index) => `https://h${index}.example`);
    maze((index) => (index === 0 ? hints.slice(0, 1_000) : hints));
    await expect(resolver.resolve(node(1))).rejects.toMatchObject({ code: 'unreachable' });
    hosts.asked.splice(0);
    await expect(resolver.resolve(node(0))).rejects.toMatchObject({ code: 'statement_malformed' });
    expect(hosts.asked).toHaveLength(1);
    await expect(resolver.resolve(node(0))).rejects.toMatchObject({ code: 'statement_malformed' });
    expect(hosts.asked).toHaveLength(1);
    clock.advance(60_000);
    await expect(resolver.resolve(node(0))).rejects.toMatchObject({ code: 'statement_malformed' });
    expect(hosts.asked).toHaveLength(2);
  });

  it('T02: an endless way up is refused after five fetches, a circle when it closes', async () => {
    maze((index) => [node(index + 1)]);
    await expect(resolver.resolve(node(0))).rejects.toMatchObject({ code: 'too_many' });
    expect(hosts.asked).toHaveLength(5);
    hosts.asked.splice(0);
    maze((index) => [node((index + 1) % 12 === 11 ? 10 : index + 1)]);
    await expect(resolver.resolve(node(10))).rejects.toMatchObject({ code: 'anchor_not_pinned' });
    expect(hosts.asked.length).toBeLessThanOrEqual(5);
  });

  it('T02: a superior that takes 30 s costs 2 s in all', async () => {
    const given: number[] = [];
    hosts.override = (url, { timeoutMs }) => {
      given.push(timeoutMs);
      if (!url.startsWith(ids.or)) return undefined;
      clock.advance(timeoutMs);
      throw new ProtocolError('network_failed', 'slow');
    };
    await expect(resolver.resolve(ids.agency)).rejects.toMatchObject({ code: 'unreachable' });
    expect(clock.now() - NOW).toBeLessThanOrEqual(2_000);
    expect(Math.max(...given)).toBeLessThanOrEqual(2_000);
  });

  it('W11: follows no hint to an address, to loopback, or to an endpoint on another host', async () => {
    for (const hint of ['https://169.254.169.254', 'http://127.0.0.1:4100', 'https://0x7f.1', 'http://[::1]:80/x']) {
      const own = new ChainResolver({ anchors: federation.anchors, network: hosts, clock });
      maze(() => [hint]);
      await expect(own.resolve(node(0))).rejects.toMatchObject({ code: 'entity_id_invalid' });
    }
    expect(hosts.asked.every((url) => url.startsWith(node(0)))).toBe(true);
    hosts.override = () => undefined;
    hosts.federationEntity.set(ids.or, { federation_fetch_endpoint: 'https://internal.example/fetch' });
    const own = new ChainResolver({ anchors: federation.anchors, network: hosts, clock });
    await expect(own.resolve(ids.agency)).rejects.toMatchObject({ code: 'answer_refused', entityId: ids.or });
    expect(hosts.asked.some((url) => url.includes('internal'))).toBe(false);
  });

  it('refuses what its superior does not state, and says which link', async () => {
    hosts.enrolled.or = [];
    hosts.override = async (url) =>
      url.startsWith(`${ids.agency}/.well-known`)
        ? statementAnswer(await federation.sign(federation.claims()).then(([leaf = '']) => leaf))
        : undefined;
    await expect(resolver.resolve(ids.agency)).rejects.toMatchObject({ code: 'not_enrolled', entityId: ids.agency });
  });
});
