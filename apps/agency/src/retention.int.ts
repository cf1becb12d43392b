import { afterAll, beforeAll, expect, test } from 'vitest';
import { ReadStore, ReceivedReads } from '#reads/io';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { fakeClock } from '../../../test/support/fakes.js';
import type { AgencyNode } from './agency-node.js';
import { RetentionJob } from './retention.job.js';

const DAY_MS = 86_400_000;
const NOW = Date.parse('2026-11-22T12:00:00Z');
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase('agency');
});

afterAll(async () => {
  await database.dataSource.destroy();
});

const read = (seenAt: number) => ({
  plate: 'ABC123',
  seenAt,
  timeAmbiguous: false,
  device: 'camera',
  cameraOwnerClass: 'public' as const,
  source: 'test',
  nonPlate: false,
});

test('P11: a sweep deletes own reads past the retention and received reads past their obligation, and nothing else', async () => {
  const clock = fakeClock(NOW);
  const reads = new ReadStore({ dataSource: database.dataSource, clock });
  const received = new ReceivedReads({ dataSource: database.dataSource, clock });
  await reads.insertMany([read(NOW - 22 * DAY_MS), read(NOW - 20 * DAY_MS)]);
  const released = { plate: 'ABC123', seen_at: new Date(NOW).toISOString() };
  const answer = {
    txn: '0f0e0d0c-0b0a-4908-8706-050403020100',
    owner: 'https://owner.example',
    obligations: {},
    reads: [released],
  };
  await received.store({ ...answer, releaseDigest: 'gone', expiresAt: NOW });
  await received.store({ ...answer, releaseDigest: 'kept', expiresAt: NOW + 1 });
  const node = { reads, received, clock, settings: { retentionMs: 21 * DAY_MS } } as unknown as AgencyNode;
  const said: string[] = [];
  await new RetentionJob(node, (line) => said.push(line)).sweep();
  expect(await reads.count()).toBe(1);
  const rows: { release_digest: string }[] = await database.dataSource.query(
    'select release_digest from received_read',
  );
  expect(rows).toEqual([{ release_digest: 'kept' }]);
  expect(said).toEqual(['retention: 1 own reads deleted', 'retention: received reads of 1 releases deleted']);
});
