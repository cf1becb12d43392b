import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fakeClock, type FakeClock } from '../../../test/support/fakes.js';
import { exampleFederation, ids, NOW, type ExampleFederation } from '../test/example-federation.js';
import { FederationHosts } from '../test/federation-hosts.js';
import { ARCHIVE_NOTHING, FOLLOWED_NOTHING, REFUSED_NOTHING, SEEN_NOTHING, TrustDirectory } from './index.js';

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
  const { anchors } = federation;
  directory = new TrustDirectory({
    anchors,
    network: hosts,
    clock,
    seen: SEEN_NOTHING,
    feeds: FOLLOWED_NOTHING,
    archive: ARCHIVE_NOTHING,
    refused: REFUSED_NOTHING,
  });
});

const view = () => directory.agencyView(directory.statementsFor(ids.agency));

describe('an event of an authority', () => {
  it('makes a node look at once, and only the first time', async () => {
    await directory.refresh();
    const event = await hosts.change('or', 'agency', 'suspended');
    expect(await directory.takeEvent(event)).toBe(true);
    await expect(view()).rejects.toMatchObject({ code: 'status_suspended' });
    const asked = hosts.asked.length;
    expect(await directory.takeEvent(event)).toBe(false);
    expect(hosts.asked).toHaveLength(asked);
  });

  it('T02: that was missed is pulled, by a push that shows the gap or by the next round', async () => {
    await directory.refresh();
    await hosts.tell('or', 'agency', 'enrolled');
    await directory.refresh();
    await hosts.tell('or', 'agency', 'mark_issued');
    const third = await hosts.tell('or', 'agency', 'mark_revoked');
    const before = hosts.asked.filter((url) => url.includes('/federation/events?after=1')).length;
    expect(await directory.takeEvent(third)).toBe(true);
    expect(hosts.asked.filter((url) => url.includes('/federation/events?after=1')).length).toBeGreaterThan(before);
    expect((await directory.refresh()).failures).toEqual([]);
  });

  it('of a stranger, with a changed letter, or of another story is refused, and nothing is fetched for it', async () => {
    await hosts.tell('or', 'agency', 'enrolled');
    await directory.refresh();
    const asked = hosts.asked.length;
    const strange = new FederationHosts(await exampleFederation(), clock);
    await expect(directory.takeEvent(await strange.tell('or', 'agency', 'suspended'))).rejects.toMatchObject({
      code: 'signature_invalid',
    });
    await expect(directory.takeEvent('not.an.event')).rejects.toMatchObject({ code: 'event_malformed' });
    const forked = new FederationHosts(federation, clock);
    const other = await forked.tell('or', 'neighbour', 'suspended');
    await expect(directory.takeEvent(other)).rejects.toMatchObject({ code: 'event_out_of_order' });
    expect(hosts.asked).toHaveLength(asked);
  });

  it('T13: a feed that starts anew is reported, and not followed', async () => {
    await hosts.tell('or', 'agency', 'enrolled');
    await hosts.tell('or', 'agency', 'mark_issued');
    await directory.refresh();
    hosts.events.or.splice(0);
    const fork = await hosts.tell('or', 'agency', 'reinstated');
    await hosts.tell('or', 'agency', 'reinstated');
    await hosts.tell('or', 'agency', 'reinstated');
    expect((await directory.refresh()).failures).toMatchObject([{ code: 'event_out_of_order' }]);
    await expect(directory.takeEvent(fork)).resolves.toBe(false);
  });
});
