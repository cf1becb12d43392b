import type { DataSource } from 'typeorm';
import { createTestDatabase } from '../../../test/support/database.js';
import type { UnstoredRead } from '../src/read.js';

/** An agency's database of its own: the tables of this library stand in it. */
export async function createReadsDatabase(): Promise<DataSource> {
  return (await createTestDatabase('agency')).dataSource;
}

/** A read in October 2021 with the given differences. */
export function aRead(change: Partial<UnstoredRead> = {}): UnstoredRead {
  return {
    plate: 'ABC123',
    seenAt: Date.UTC(2021, 9, 3, 12),
    timeAmbiguous: false,
    device: 'M207709',
    cameraOwnerClass: 'public',
    source: 'test',
    nonPlate: false,
    ...change,
  };
}
