import type { Randomness } from '#protocol';
import { systemRandomness } from '#protocol/io';
import { SideRecords } from '../io/index.js';

/** One key for all ledgers of the tests: whoever opens a database anew can read it. */
export function sideRecordsOf(randomness: Randomness = systemRandomness): SideRecords {
  return new SideRecords({ current: new Uint8Array(32).fill(3), earlier: [] }, randomness);
}
