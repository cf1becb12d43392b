import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fakeClock } from '../../../test/support/fakes.js';
import { exampleFederation, ids, NOW, type ExampleFederation } from '../test/example-federation.js';
import { FederationHosts, statementAnswer } from '../test/federation-hosts.js';
import { collectFederation, type Collection } from './collect-federation.js';
import { CLIENT_LIMITS, FederationClient } from './federation-client.js';
import { FederationRegister } from './federation-register.js';
import { ARCHIVE_NOTHING } from './member-archive.js';
import { REFUSED_NOTHING } from './refused-marks.store.js';
import { RefusedMarks } from './refused-marks.js';
import { SEEN_NOTHING, SeenStatements } from './seen-statements.js';
import { VerifiedMemory } from './verified-memory.js';

let federation: ExampleFederation;
let hosts: FederationHosts;
let collection: Collection;
const clock = fakeClock(NOW);

beforeAll(async () => {
  federation = await exampleFederation();
});
beforeEach(() => {
  hosts = new FederationHosts(federation, clock);
  collection = {
    register: new FederationRegister(),
    client: new FederationClient(hosts, CLIENT_LIMITS, clock),
    memory: new VerifiedMemory(federation.anchors),
    seen: new SeenStatements(SEEN_NOTHING),
    archive: ARCHIVE_NOTHING,
    refusedMarks: new RefusedMarks({
      clock,
      seen: new SeenStatements(SEEN_NOTHING),
      store: REFUSED_NOTHING,
      tell: () => undefined,
    }),
    anchors: federation.anchors,
    clock,
    limits: { maxDepth: 2, maxPerRound: 100, concurrency: 8, maxRoundMs: 15_000 },
  };
});

describe('a round of collecting', () => {
  it('T02: collects a limited number of entities, those collected longest ago first', async () => {
    const limits = { ...collection.limits, maxPerRound: 4, concurrency: 1 };
    const first = await collectFederation({ ...collection, limits });
    expect(first).toMatchObject({ collected: 1 + 4, postponed: 1 });
    const held = () => collection.register.entities(NOW).map(({ chain }) => chain.entityId);
    expect(held()).not.toContain(ids.neighbour);
    clock.advance(1_000);
    await collectFederation({ ...collection, limits: { ...limits, maxPerRound: 3 } });
    clock.advance(1_000);
    // The three below the anchor are always due before their agencies; with room for one more it is the one that waited.
    await collectFederation({ ...collection, limits });
    expect(held()).toContain(ids.neighbour);
  });

  it('does not go deeper than jurisdictions may stand below one another', async () => {
    hosts.enrolled.anchor = [ids.or];
    hosts.enrolled.or = [ids.ga];
    await collectFederation({ ...collection, limits: { ...collection.limits, maxDepth: 1 } });
    expect(collection.register.entities(clock.now()).map(({ chain }) => chain.entityId)).toEqual([ids.or, ids.ga]);
    expect(hosts.asked.some((url) => url.startsWith(`${ids.ga}/list`))).toBe(false);
  });

  it('refuses the configuration of another entity in place of the one that is listed', async () => {
    hosts.enrolled.or = [ids.agency, 'https://unbuilt.or.example'];
    hosts.override = async (url) => {
      if (url.startsWith('https://unbuilt')) return statementAnswer(await hosts.configuration('agency'));
      if (url.includes('unbuilt')) return statementAnswer(await hosts.statement('or', 'agency'));
      return undefined;
    };
    const { failures } = await collectFederation(collection);
    expect(failures).toMatchObject([{ code: 'link_broken', entityId: 'https://unbuilt.or.example' }]);
  });

  it('refuses the configuration of one pinned anchor at the address of another', async () => {
    const other = 'https://other-anchor.example';
    hosts.override = async (url) =>
      url.startsWith(other) ? statementAnswer(await hosts.configuration('anchor')) : undefined;
    const anchors = [...federation.anchors, { entityId: other, jwks: { keys: [federation.keys.broker.publicJwk] } }];
    const { failures } = await collectFederation({ ...collection, anchors });
    expect(failures).toMatchObject([{ code: 'link_broken', entityId: other }]);
  });
});
