import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../../../test/support/database.js';
import { fakeClock, type FakeClock } from '../../../test/support/fakes.js';
import { signEntityConfiguration } from '../src/index.js';
import { exampleFederation, ids, NOW, type ExampleFederation } from '../test/example-federation.js';
import { FederationHosts, statementAnswer } from '../test/federation-hosts.js';
import { SeenStatements, seenStatementsIn, type SeenStatementsStore } from './seen-statements.js';
import { FOLLOWED_NOTHING } from './followed-feeds.js';
import { ARCHIVE_NOTHING } from './member-archive.js';
import { REFUSED_NOTHING } from './refused-marks.store.js';
import { TrustDirectory } from './trust-directory.js';

let federation: ExampleFederation;
let store: SeenStatementsStore;
let clock: FakeClock;
let hosts: FederationHosts;

beforeAll(async () => {
  federation = await exampleFederation();
});
beforeEach(async () => {
  store = seenStatementsIn((await createTestDatabase('broker')).dataSource);
  clock = fakeClock(NOW);
  hosts = new FederationHosts(federation, clock);
});

/** The node's process, as it starts: what it knows is in its database alone. */
function started(): TrustDirectory {
  return new TrustDirectory({
    anchors: federation.anchors,
    network: hosts,
    clock,
    seen: store,
    feeds: FOLLOWED_NOTHING,
    archive: ARCHIVE_NOTHING,
    refused: REFUSED_NOTHING,
  });
}

describe('what a node has seen', () => {
  it('is there after a restart, the newest of each', async () => {
    const of = { issuer: ids.or, subject: ids.agency };
    await store.put([{ ...of, issuedAt: NOW }]);
    await store.put([{ ...of, issuedAt: NOW - 1_000 }]);
    expect(await store.all()).toEqual([{ ...of, issuedAt: NOW }]);
    const seen = new SeenStatements(store);
    await seen.load();
    seen.requireNotOlder([{ ...of, issuedAt: NOW }]);
    expect(() => seen.requireNotOlder([{ ...of, issuedAt: NOW - 1_000 }])).toThrow(
      expect.objectContaining({ code: 'older_than_seen', entityId: ids.agency }) as Error,
    );
  });

  it('T13: an older anchor configuration is refused, also by a process that never saw the newer one', async () => {
    const older = await hosts.configuration('anchor', NOW - 10_000);
    await started().refresh();
    hosts.override = (url) => (url.startsWith(`${ids.anchor}/.well-known`) ? statementAnswer(older) : undefined);
    const restarted = started();
    expect((await restarted.refresh()).failures).toMatchObject([{ code: 'older_than_seen', entityId: ids.anchor }]);
    expect(() => restarted.anchor(ids.anchor)).toThrow(expect.objectContaining({ code: 'entity_unknown' }) as Error);
  });

  it('T10: an older statement of a jurisdiction, with kinder marks, is refused after a restart', async () => {
    const kinder = await hosts.configuration('or', NOW - 10_000);
    hosts.marks.set(ids.or, []);
    await started().refresh();
    hosts.override = (url) => (url.startsWith(`${ids.or}/.well-known`) ? statementAnswer(kinder) : undefined);
    const restarted = started();
    expect((await restarted.refresh()).failures).toMatchObject([{ code: 'older_than_seen', entityId: ids.or }]);
    expect(() => restarted.jurisdiction(ids.or)).toThrow(expect.objectContaining({ code: 'entity_unknown' }) as Error);
  });

  it('T10: an older configuration that comes with a request is not believed again, whoever showed the newer one', async () => {
    const show = async (issuedAt: number) => [
      await signEntityConfiguration({
        entityId: ids.agency,
        key: federation.keys.agency,
        metadata: { comity_agency: { jwks: federation.protocolJwks.agency } },
        authorityHints: [ids.or],
        trustMarks: [],
        issuedAt,
        lifetimeSeconds: 3_600,
      }),
      await hosts.statement('or', 'agency'),
      await hosts.statement('anchor', 'or'),
      await hosts.configuration('anchor'),
    ];
    const before = started();
    await before.refresh();
    const [older, newer] = [await show(NOW + 1_000), await show(NOW + 2_000)];
    clock.advance(3_000);
    await before.agencyView(newer);
    // The agency's own host serves the older one by now, to a process that has seen neither.
    hosts.override = (url) =>
      url.startsWith(`${ids.agency}/.well-known`) ? statementAnswer(older[0] ?? '') : undefined;
    const restarted = started();
    expect((await restarted.refresh()).failures).toMatchObject([{ code: 'older_than_seen', entityId: ids.agency }]);
    await expect(restarted.agencyView(older)).rejects.toMatchObject({ code: 'older_than_seen', entityId: ids.agency });
    await expect(restarted.agencyView(newer)).resolves.toBeDefined();
  });

  it('cannot be read: nothing is collected, and nobody is taken for unlisted', async () => {
    const away: SeenStatementsStore = { all: () => Promise.reject(new Error('away')), put: () => Promise.resolve() };
    const directory = new TrustDirectory({
      anchors: federation.anchors,
      network: hosts,
      clock,
      seen: away,
      feeds: FOLLOWED_NOTHING,
      archive: ARCHIVE_NOTHING,
      refused: REFUSED_NOTHING,
    });
    await expect(directory.refresh()).rejects.toThrow('away');
    expect(hosts.asked).toEqual([]);
    expect(directory.lists(ids.agency)).toBe(true);
  });

  it('cannot be written: what is newer is not believed, and what is held stays', async () => {
    await started().refresh();
    const full: SeenStatementsStore = { all: () => store.all(), put: () => Promise.reject(new Error('disk full')) };
    const directory = new TrustDirectory({
      anchors: federation.anchors,
      network: hosts,
      clock,
      seen: full,
      feeds: FOLLOWED_NOTHING,
      archive: ARCHIVE_NOTHING,
      refused: REFUSED_NOTHING,
    });
    await directory.refresh();
    expect(directory.agencies()).toHaveLength(2);
    clock.advance(1_000);
    expect((await directory.refresh()).failures.map(({ code }) => code)).toContain('answer_refused');
    expect(directory.chainFor(ids.agency).links[0]?.issuedAt).toBe(NOW);
  });
});
