import type { DataSource } from 'typeorm';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../../../test/support/database.js';
import { fakeClock, type FakeClock } from '../../../test/support/fakes.js';
import { exampleFederation, HOUR, ids, NOW, type ExampleFederation } from '../test/example-federation.js';
import { FederationHosts } from '../test/federation-hosts.js';
import { FOLLOWED_NOTHING, REFUSED_NOTHING, SEEN_NOTHING, TrustDirectory, memberArchiveIn } from './index.js';

let federation: ExampleFederation;
let dataSource: DataSource;
let clock: FakeClock;
let hosts: FederationHosts;

beforeAll(async () => {
  federation = await exampleFederation();
});
beforeEach(async () => {
  ({ dataSource } = await createTestDatabase('broker'));
  clock = fakeClock(NOW);
  hosts = new FederationHosts(federation, clock);
});

/** The node's process, as it starts. */
function started(anchors = federation.anchors): TrustDirectory {
  const seen = { seen: SEEN_NOTHING, feeds: FOLLOWED_NOTHING };
  return new TrustDirectory({
    anchors,
    network: hosts,
    clock,
    ...seen,
    archive: memberArchiveIn(dataSource),
    refused: REFUSED_NOTHING,
  });
}

const rows = () => dataSource.query<{ entity_id: string }[]>('select entity_id from member_archive');

describe('a member that has left', () => {
  it('is known as it was, for ever and after a restart, and is a member of now no more', async () => {
    const directory = started();
    await directory.refresh();
    const was = directory.chainFor(ids.agency);
    hosts.enrolled.or = [];
    await directory.refresh();
    expect(() => directory.chainFor(ids.agency)).toThrow(expect.objectContaining({ code: 'entity_unknown' }) as Error);
    // By then every statement of its chain has expired.
    clock.advance(400 * 24 * HOUR);
    const former = await started().formerMember(ids.agency);
    expect(former).toMatchObject({ at: NOW, chain: { entityId: ids.agency, superiors: was.superiors } });
    expect([...(former?.chain.protocolKeys.signing.keys() ?? [])]).toEqual([...was.protocolKeys.signing.keys()]);
  });

  it('is written once for each set of keys, however often its statements are signed anew', async () => {
    const directory = started();
    await directory.refresh();
    const once = (await rows()).length;
    clock.advance(HOUR / 2);
    await directory.refresh();
    await started().refresh();
    expect(await rows()).toHaveLength(once);
    hosts.federationEntity.set(ids.or, { note: 'no metadata of the agency' });
    clock.advance(1_000);
    await directory.refresh();
    expect((await rows()).filter(({ entity_id: id }) => id === ids.agency)).toHaveLength(1);
  });

  it('that an anchor nobody pins vouched for, or that was never one, is not known', async () => {
    await started().refresh();
    const stranger = await exampleFederation();
    expect(await started(stranger.anchors).formerMember(ids.agency)).toBeUndefined();
    expect(await started().formerMember('https://never.example')).toBeUndefined();
  });
});
