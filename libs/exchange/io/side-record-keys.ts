import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SideRecordKeys } from '#ledger/io';
import { readSecretFile } from './secret-file.js';

const CURRENT = 'side-records.key';
const EARLIER = /^side-records\.[A-Za-z0-9_-]{1,64}\.key$/;

/**
 * `side-records.key` seals and opens; files `side-records.<anything>.key` beside it open what was sealed before the key was
 * changed, until the node has sealed that anew.
 *
 * @throws ProtocolError, TypeError that say what is wrong with which file
 */
export async function readSideRecordKeys(directory: string): Promise<SideRecordKeys> {
  const current = await readSecretFile(join(directory, CURRENT));
  const earlier = (await readdir(directory)).filter((name) => EARLIER.test(name)).sort();
  return { current, earlier: await Promise.all(earlier.map((name) => readSecretFile(join(directory, name)))) };
}
