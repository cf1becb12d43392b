// Long because every way in which a list can be missing, old or another's is tried on one federation.
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ProtocolError, readToken } from '#protocol';
import { fakeClock, type FakeClock } from '../../../test/support/fakes.js';
import { signEntityConfiguration } from '../src/index.js';
import {
  ABSENCE,
  exampleFederation,
  ids,
  MARK_INDEX,
  NOW,
  signClaims,
  type ExampleFederation,
} from '../test/example-federation.js';
import { FederationHosts } from '../test/federation-hosts.js';
import {
  ARCHIVE_NOTHING,
  FOLLOWED_NOTHING,
  REFUSED_NOTHING,
  SEEN_NOTHING,
  TrustDirectory,
  type CollectionReport,
} from './index.js';

let federation: ExampleFederation;
let clock: FakeClock;
let hosts: FederationHosts;
let directory: TrustDirectory;

beforeAll(async () => {
  federation = await exampleFederation();
});
beforeEach(() => {
  clock = fakeClock(NOW);
  hosts = new FederationHosts(federation, clock);
  directory = started();
});

function started(onRefresh?: (report: CollectionReport) => void): TrustDirectory {
  const { anchors } = federation;
  const memory = { seen: SEEN_NOTHING, feeds: FOLLOWED_NOTHING, archive: ARCHIVE_NOTHING, refused: REFUSED_NOTHING };
  return new TrustDirectory({ anchors, network: hosts, clock, ...memory, ...(onRefresh && { onRefresh }) });
}

const view = () => directory.agencyView(directory.statementsFor(ids.agency));
const protections = async () => (await view()).attestations.map(({ protection }) => protection);

async function configurationShowing(type: string, token: string): Promise<string> {
  return signEntityConfiguration({
    entityId: ids.agency,
    key: federation.keys.agency,
    metadata: { comity_agency: { jwks: federation.protocolJwks.agency } },
    authorityHints: [ids.or],
    trustMarks: [{ type, token }],
    issuedAt: clock.now(),
    lifetimeSeconds: 3_600,
  });
}

function withoutStatus(mark: string): Promise<string> {
  const { status: _status, ...claims } = readToken('trust-mark', mark).claims;
  return signClaims('trust-mark', claims, federation.keys.or);
}

function listsAsked(): number {
  return hosts.asked.filter((url) => url === `${ids.or}/federation/status-list`).length;
}

/** The status lists cannot be had any more; everything else can. */
function cutOffStatus(): void {
  hosts.override = (url) => {
    if (url.endsWith('/federation/status-list')) throw new ProtocolError('network_failed', 'down');
    return undefined;
  };
}

describe('the status of an enrolment', () => {
  it('T15: a suspension at its jurisdiction refuses an agency, with a chain that is still in force', async () => {
    await directory.refresh();
    await expect(view()).resolves.toBeDefined();
    hosts.statuses.or.set(hosts.statusIndex('agency'), 'suspended');
    await directory.statuses.refresh();
    await expect(view()).rejects.toMatchObject({ code: 'status_suspended', link: 1, entityId: ids.agency });
    // Evidence of what it did before is still verified by its chain.
    expect(directory.chainFor(ids.agency).entityId).toBe(ids.agency);
    hosts.statuses.or.delete(hosts.statusIndex('agency'));
    await directory.statuses.refresh();
    await expect(view()).resolves.toBeDefined();
  });

  it('T15: with a jurisdiction all its agencies are suspended, and its law counts for nobody', async () => {
    hosts.enrolled.ga.push(ids.agency);
    await directory.refresh();
    hosts.statuses.anchor.set(hosts.statusIndex('ga'), 'suspended');
    await directory.statuses.refresh();
    const neighbour = directory.statementsFor(ids.neighbour);
    await expect(directory.agencyView(neighbour)).rejects.toMatchObject({ code: 'status_suspended', link: 2 });
    const both = await directory.agencyView([
      await hosts.configuration('agency'),
      await hosts.statement('or', 'agency'),
      await hosts.statement('anchor', 'or'),
      await hosts.configuration('anchor'),
    ]);
    expect(both.jurisdictions).toEqual([ids.or, ids.ga]);
    expect(both.refusedMarks).toMatchObject([{ code: 'status_suspended', entityId: ids.ga }]);
  });

  it('T15: a suspended broker is no broker', async () => {
    await directory.refresh();
    hosts.statuses.anchor.set(hosts.statusIndex('broker'), 'suspended');
    await directory.statuses.refresh();
    expect(directory.brokers()).toEqual([]);
  });

  it('T07: an outage of the lists costs nothing for 40 s and everything after', async () => {
    await directory.refresh();
    cutOffStatus();
    clock.advance(39_999);
    await directory.statuses.refresh();
    await expect(view()).resolves.toBeDefined();
    expect(directory.brokers()).toHaveLength(1);
    clock.advance(1);
    expect((await directory.statuses.refresh()).map(({ code }) => code)).toEqual(
      Array.from({ length: 3 }, () => 'unreachable'),
    );
    await expect(view()).rejects.toMatchObject({ code: 'status_stale' });
    expect(directory.brokers()).toEqual([]);
  });

  it('T07: without any list nobody stands', async () => {
    cutOffStatus();
    await directory.refresh();
    await expect(view()).rejects.toMatchObject({ code: 'status_unknown' });
  });

  it('T07: a list that is not found, fails, or is something else is none', async () => {
    const answers = [
      { status: 404, type: 'application/json', body: '{}' },
      { status: 503, type: 'application/statuslist+jwt', body: '' },
      { status: 200, type: 'application/statuslist+jwt', body: 'a.b.c' },
      { status: 200, type: 'application/json', body: await hosts.statusList('or') },
    ];
    for (const answer of answers) {
      hosts.override = (url) => (url === `${ids.or}/federation/status-list` ? answer : undefined);
      const fresh = started();
      await fresh.refresh();
      await expect(fresh.agencyView(fresh.statementsFor(ids.agency))).rejects.toMatchObject({ code: 'status_unknown' });
    }
  });

  it('T10: an older list, of before the suspension, does not come back', async () => {
    const kinder = await hosts.statusList('or');
    clock.advance(5_000);
    hosts.statuses.or.set(hosts.statusIndex('agency'), 'suspended');
    await directory.refresh();
    await directory.statuses.offer([kinder]);
    hosts.override = (url) =>
      url === `${ids.or}/federation/status-list`
        ? { status: 200, type: 'application/statuslist+jwt', body: kinder }
        : undefined;
    expect(await directory.statuses.refresh()).toMatchObject([{ code: 'older_than_seen', entityId: ids.or }]);
    await expect(view()).rejects.toMatchObject({ code: 'status_suspended' });
  });

  it('T10: nor does one of the same second that somebody brings along', async () => {
    const kinder = await hosts.statusList('or');
    hosts.statuses.or.set(hosts.statusIndex('agency'), 'suspended');
    await directory.refresh();
    await directory.statuses.offer([kinder]);
    await expect(view()).rejects.toMatchObject({ code: 'status_suspended' });
  });

  it('T10: nor one of the same second whose answer was long on its way', async () => {
    await directory.refresh();
    const kinder = await hosts.statusList('or');
    const late = Promise.withResolvers<void>();
    const answers = [kinder];
    hosts.override = (url) => {
      const body = url === `${ids.or}/federation/status-list` ? answers.shift() : undefined;
      return body === undefined
        ? undefined
        : late.promise.then(() => ({ status: 200, type: 'application/statuslist+jwt', body }));
    };
    const first = directory.statuses.refresh();
    hosts.statuses.or.set(hosts.statusIndex('agency'), 'suspended');
    const second = directory.statuses.refresh();
    await Promise.race([second, new Promise((pass) => setTimeout(pass, 300))]);
    late.resolve();
    await Promise.all([first, second]);
    await expect(view()).rejects.toMatchObject({ code: 'status_suspended' });
  });

  it('is taken from whoever brings the list, where the authority cannot be reached', async () => {
    await directory.refresh();
    cutOffStatus();
    clock.advance(35_000);
    const other = [await hosts.statusList('anchor'), await hosts.statusList('or')];
    clock.advance(10_000);
    await expect(view()).rejects.toMatchObject({ code: 'status_stale' });
    await directory.statuses.offer(['no list', await hosts.configuration('or'), ...other]);
    await expect(view()).resolves.toBeDefined();
    expect(directory.statuses.stapledFor([directory.chainFor(ids.agency)])).toEqual(expect.arrayContaining(other));
  });

  it('T08: is not taken from a list that somebody else signed, nor of an authority nobody vouches for', async () => {
    await directory.refresh();
    cutOffStatus();
    clock.advance(45_000);
    const stranger = await exampleFederation();
    const strange = new FederationHosts(stranger, clock);
    await directory.statuses.offer([await strange.statusList('anchor'), await strange.statusList('or')]);
    await expect(view()).rejects.toMatchObject({ code: 'status_stale' });
  });

  it('is fetched every 5 seconds in the background', async () => {
    const running = started();
    running.start();
    await vi.waitFor(() => expect(running.agencies()).toHaveLength(2), 10_000);
    await vi.waitFor(() => expect(listsAsked()).toBeGreaterThan(0), 10_000);
    const before = listsAsked();
    clock.advance(5_000);
    await vi.waitFor(() => expect(listsAsked()).toBe(before + 1), 10_000);
    running.stop();
  });
});

describe('the status of a mark', () => {
  it('T07: a revoked mark counts no more, before its configuration is signed anew', async () => {
    await directory.refresh();
    expect(await protections()).toEqual(['legal-process']);
    hosts.statuses.or.set(MARK_INDEX, 'revoked');
    await directory.statuses.refresh();
    const { attestations, refusedMarks } = await view();
    expect(attestations).toEqual([]);
    expect(refusedMarks).toMatchObject([{ code: 'status_revoked', entityId: ids.or }]);
  });

  it('T07: a mark that an agency shows about itself is checked likewise, and one without a status is not believed', async () => {
    await directory.refresh();
    const [, ...above] = directory.statementsFor(ids.agency);
    const about = { issuer: ids.or, subject: ids.agency, type: ABSENCE, basis: 'declaration', binds: [] } as const;
    const own = async (statusIndex: number | undefined) => {
      const signed = await federation.mark({ ...about, statusIndex: statusIndex ?? 0 });
      const mark = statusIndex === undefined ? await withoutStatus(signed) : signed;
      const shown = await directory.agencyView([await configurationShowing(ABSENCE, mark), ...above]);
      return { count: shown.attestations.length, refused: shown.refusedMarks.map(({ code }) => code) };
    };
    expect(await own(7)).toEqual({ count: 2, refused: [] });
    expect(await own(undefined)).toEqual({ count: 1, refused: ['status_missing'] });
    expect(await own(5_000)).toEqual({ count: 1, refused: ['status_unknown'] });
    hosts.statuses.or.set(7, 'suspended');
    await directory.statuses.refresh();
    expect(await own(7)).toEqual({ count: 1, refused: ['status_suspended'] });
  });
});
