import type { DataSource } from 'typeorm';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../../../test/support/database.js';
import { fakeClock, type FakeClock } from '../../../test/support/fakes.js';
import { signEntityConfiguration } from '../src/index.js';
import { exampleFederation, ids, NOW, WARRANT, type ExampleFederation } from '../test/example-federation.js';
import { FederationHosts } from '../test/federation-hosts.js';
import {
  ARCHIVE_NOTHING,
  FOLLOWED_NOTHING,
  refusedMarksIn,
  SEEN_NOTHING,
  TrustDirectory,
  type RefusedMark,
} from './index.js';

const HOUR = 3_600_000;
const QUARANTINE = { issuer: ids.ga, protection: 'legal-process' } as const;

let federation: ExampleFederation;
let dataSource: DataSource;
let clock: FakeClock;
let hosts: FederationHosts;
let told: RefusedMark[];
let overreaching: string;

beforeAll(async () => {
  federation = await exampleFederation();
  // Georgia attests a protection of an agency of Oregon's.
  const about = { issuer: ids.ga, subject: ids.agency, type: WARRANT, binds: [] };
  overreaching = await federation.mark({ ...about, issuedAt: NOW }, 'ga');
});
beforeEach(async () => {
  ({ dataSource } = await createTestDatabase('broker'));
  clock = fakeClock(NOW);
  hosts = new FederationHosts(federation, clock);
  hosts.marks.set(ids.ga, [{ issuer: ids.ga, subject: ids.ga, type: WARRANT }]);
  told = [];
});

/** The node's process, as it starts: what it knows is in its database alone. */
async function started(): Promise<TrustDirectory> {
  const directory = new TrustDirectory({
    anchors: federation.anchors,
    network: hosts,
    clock,
    seen: SEEN_NOTHING,
    feeds: FOLLOWED_NOTHING,
    archive: ARCHIVE_NOTHING,
    refused: refusedMarksIn(dataSource),
    onRefusedMark: (refused) => void told.push(refused),
  });
  await directory.refresh();
  return directory;
}

/** What a decision sees of Oregon's agency, which shows these marks. */
async function shows(directory: TrustDirectory, ...tokens: string[]): Promise<void> {
  const configuration = await signEntityConfiguration({
    entityId: ids.agency,
    key: federation.keys.agency,
    metadata: { comity_agency: { jwks: federation.protocolJwks.agency } },
    authorityHints: [ids.or],
    trustMarks: tokens.map((token) => ({ type: WARRANT, token })),
    issuedAt: clock.now(),
    lifetimeSeconds: 3_600,
  });
  await directory.refresh();
  const above = [await hosts.statement('anchor', 'or'), await hosts.configuration('anchor')];
  await directory.agencyView([configuration, await hosts.statement('or', 'agency'), ...above]);
}

async function lawOfGeorgia(directory: TrustDirectory): Promise<number> {
  return (await directory.agencyView(directory.statementsFor(ids.neighbour))).attestations.length;
}

describe('a quarantine', () => {
  it('T08: is not lifted by a restart, and ends with its day', async () => {
    const before = await started();
    expect(await lawOfGeorgia(before)).toBe(1);
    await shows(before, overreaching);
    expect(await lawOfGeorgia(before)).toBe(0);
    const after = await started();
    expect(await lawOfGeorgia(after)).toBe(0);
    const [kept] = await after.refusedMarks.list();
    expect(kept).toMatchObject({
      entityId: ids.agency,
      code: 'mark_issuer_without_authority',
      quarantine: { ...QUARANTINE, until: NOW + 24 * HOUR, token: overreaching },
    });
    clock.advance(24 * HOUR);
    expect(await lawOfGeorgia(await started())).toBe(1);
  });

  it('T08: ends earlier by two persons, here and after a restart, and the same mark begins none again', async () => {
    const directory = await started();
    await shows(directory, overreaching);
    const { refusedMarks } = directory;
    const wish = { ...QUARANTINE, reason: 'a slip of the registrar, withdrawn' };
    await expect(refusedMarks.end({ ...wish, protection: 'retention', person: 'one' })).rejects.toMatchObject({
      code: 'quarantine_unknown',
    });
    expect(await refusedMarks.end({ ...wish, person: 'one' })).toBe('proposed');
    expect(await lawOfGeorgia(directory)).toBe(0);
    await expect(refusedMarks.end({ ...wish, person: 'one' })).rejects.toMatchObject({ code: 'same_person' });
    expect(await refusedMarks.end({ ...wish, person: 'two' })).toBe('ended');
    expect(await lawOfGeorgia(directory)).toBe(1);
    const after = await started();
    expect(await lawOfGeorgia(after)).toBe(1);
    clock.advance(HOUR);
    await shows(after, overreaching);
    expect(await lawOfGeorgia(after)).toBe(1);
    const [{ quarantine } = { quarantine: undefined }] = await after.refusedMarks.list();
    expect(quarantine).toMatchObject({ endProposedBy: 'one', endReason: wish.reason, endedBy: 'two', endedAt: NOW });
  });
});

describe('a mark that was refused', () => {
  it('T06: is told once a day, also where the node was restarted', async () => {
    await shows(await started(), overreaching);
    await shows(await started(), overreaching);
    expect(told).toHaveLength(1);
    clock.advance(HOUR);
    await shows(await started(), overreaching);
    expect(told).toHaveLength(1);
  });

  it('T06: fills no disk: three months are kept, and the newest of those that prove nothing', async () => {
    const store = refusedMarksIn(dataSource);
    const refusal = { entityId: ids.agency, code: 'mark_subject_mismatch', quarantine: undefined } as const;
    await dataSource.query(
      `insert into refused_mark (entity_id, code, mark, told_at)
       select $1, $2, 'mark ' || n, $3::timestamptz + n * interval '1 millisecond' from generate_series(0, 4999) n`,
      [ids.agency, refusal.code, new Date(NOW)],
    );
    await store.put({ ...refusal, mark: 'the last', toldAt: NOW + 5_000 });
    const kept = await store.all();
    expect(kept).toHaveLength(4_097);
    expect(kept[0]?.mark).toBe('the last');
    await store.put({ ...refusal, mark: 'months later', toldAt: NOW + 91 * 24 * HOUR });
    expect((await store.all()).map(({ mark }) => mark)).toEqual(['months later']);
  });
});
