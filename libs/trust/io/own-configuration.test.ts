import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ProtocolError } from '#protocol';
import { fakeClock, type FakeClock } from '../../../test/support/fakes.js';
import { ABSENCE, exampleFederation, HOUR, ids, NOW, type ExampleFederation } from '../test/example-federation.js';
import { FederationHosts } from '../test/federation-hosts.js';
import {
  ARCHIVE_NOTHING,
  FOLLOWED_NOTHING,
  REFUSED_NOTHING,
  SEEN_NOTHING,
  OwnConfiguration,
  TrustDirectory,
  type OwnConfigurationOptions,
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
  directory = new TrustDirectory({
    anchors: federation.anchors,
    network: hosts,
    clock,
    seen: SEEN_NOTHING,
    feeds: FOLLOWED_NOTHING,
    archive: ARCHIVE_NOTHING,
    refused: REFUSED_NOTHING,
  });
});

function own(changes: Partial<OwnConfigurationOptions> = {}): OwnConfiguration {
  return new OwnConfiguration({
    entityId: ids.agency,
    superior: ids.or,
    federationKey: federation.keys.agency,
    metadata: { comity_agency: { jwks: federation.protocolJwks.agency, endpoint: ids.agency } },
    anchors: federation.anchors,
    directory,
    network: hosts,
    clock,
    ...changes,
  });
}

describe('an own configuration', () => {
  it('is published before anybody enrolled the entity, and has no chain then', async () => {
    hosts.enrolled.or = [];
    const configuration = own();
    expect(await configuration.published()).toBeUndefined();
    expect(() => configuration.ownChain()).toThrow(expect.objectContaining({ code: 'not_enrolled' }) as Error);
    await expect(configuration.refresh()).rejects.toMatchObject({ code: 'not_enrolled' });
    expect((await configuration.published())?.split('.')).toHaveLength(3);
  });

  it('is not published, and no chain shown, before every mark was asked for', async () => {
    hosts.marks.set(ids.agency, [{ issuer: ids.or, subject: ids.agency, type: ABSENCE, binds: [] }]);
    const configuration = own();
    hosts.override = (url) => {
      if (url.includes('/trust-mark')) throw new ProtocolError('network_failed', 'slow');
      return undefined;
    };
    await expect(configuration.refresh()).rejects.toMatchObject({ code: 'unreachable' });
    expect(await configuration.published()).toBeUndefined();
    expect(() => configuration.ownChain()).toThrow(expect.objectContaining({ code: 'not_enrolled' }) as Error);
    hosts.override = () => undefined;
    await configuration.refresh();
    expect(configuration.verifiedChain().trustMarks).toHaveLength(1);
    expect(await configuration.published()).toBe(configuration.ownChain()[0]);
  });

  it('shows the marks its superior issued about it, in a chain that others verify', async () => {
    hosts.marks.set(ids.agency, [
      { issuer: ids.or, subject: ids.agency, type: ABSENCE, basis: 'declaration', binds: [] },
    ]);
    const configuration = own();
    await configuration.refresh();
    const view = await directory.agencyView(configuration.ownChain());
    expect(view.refusedMarks).toEqual([]);
    expect(view.attestations.map(({ protection }) => protection)).toEqual(['legal-process', 'agreement-287g']);
    expect(configuration.ownChain()[0]).toBe(await configuration.token());
  });

  it('drops a mark that its superior no longer issues, and keeps one it cannot ask for', async () => {
    hosts.marks.set(ids.agency, [{ issuer: ids.or, subject: ids.agency, type: ABSENCE, binds: [] }]);
    const configuration = own();
    await configuration.refresh();
    hosts.override = (url) => {
      if (url.includes('/trust-mark')) throw new ProtocolError('network_failed', 'down');
      return undefined;
    };
    await configuration.refresh();
    expect(configuration.verifiedChain().trustMarks).toHaveLength(1);
    hosts.override = () => undefined;
    hosts.marks.delete(ids.agency);
    await configuration.refresh();
    expect(configuration.verifiedChain().trustMarks).toEqual([]);
  });

  it('is signed anew at half its life, and its chain ends with its statements', async () => {
    const configuration = own();
    await configuration.refresh();
    const first = await configuration.token();
    clock.advance(HOUR / 2 - 1);
    expect(await configuration.token()).toBe(first);
    clock.advance(1);
    expect(await configuration.token()).not.toBe(first);
    clock.advance(HOUR / 2);
    expect(() => configuration.ownChain()).toThrow(expect.objectContaining({ code: 'expired' }) as Error);
  });

  it('is asked for in the background: every second until there is a chain, then every minute', async () => {
    hosts.enrolled.or = [];
    const failures: unknown[] = [];
    const configuration = own({ onFailure: (error) => failures.push(error) });
    configuration.start();
    await vi.waitFor(() => expect(failures).toHaveLength(1));
    hosts.enrolled.or = [ids.agency];
    clock.advance(1_000);
    await vi.waitFor(() => expect(configuration.ownChain()).toHaveLength(4));
    const asked = hosts.asked.length;
    clock.advance(59_999);
    expect(hosts.asked).toHaveLength(asked);
    clock.advance(1);
    await vi.waitFor(() => expect(hosts.asked.length).toBeGreaterThan(asked));
    configuration.stop();
    expect(failures).toHaveLength(1);
  });

  it('is signed anew when its protocol keys turn', async () => {
    let jwks = federation.protocolJwks.agency;
    const metadata = {
      get comity_agency() {
        return { jwks };
      },
    };
    const configuration = own({ metadata });
    await configuration.refresh();
    const before = configuration.verifiedChain().protocolKeys.encryption;
    jwks = federation.protocolJwks.neighbour;
    await configuration.refresh();
    expect([...configuration.verifiedChain().protocolKeys.encryption.keys()]).not.toEqual([...before.keys()]);
  });

  it('finds its own mistakes at home: a key the superior does not state', async () => {
    const configuration = own({ federationKey: federation.keys.neighbour });
    await expect(configuration.refresh()).rejects.toMatchObject({ code: 'signature_invalid', link: 0 });
  });

  it('of a broker ends at the anchor directly', async () => {
    const configuration = own({
      entityId: ids.broker,
      superior: ids.anchor,
      federationKey: federation.keys.broker,
      metadata: { comity_broker: { jwks: federation.protocolJwks.broker } },
    });
    await configuration.refresh();
    expect(configuration.verifiedChain()).toMatchObject({ entityType: 'comity_broker', superiors: [ids.anchor] });
    expect(configuration.ownChain()).toHaveLength(3);
  });
});
