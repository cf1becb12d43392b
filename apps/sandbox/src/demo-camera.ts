import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject, Network } from '#protocol';
import type { AgencyPeople } from './agency-people.js';

/** The camera that posts to its agency's node while the demonstration runs. */
export interface DemoCamera {
  readonly id: string;
  /** Where it posts. */
  readonly url: string;
  readonly secretFile: string;
}

const ID = 'mill-3rd';
const GROUPS = [
  { best_plate_number: '4KLM207', best_confidence: 91.5, is_preview: true },
  { best_plate_number: '4KLM207', best_confidence: 91.5, best_region: 'us-or', best_region_confidence: 88 },
  { best_plate_number: 'DETOUR', best_confidence: 77 },
];

/**
 * One of the agency's people registers a camera; the camera posts what a Rekor agent would: a preview, a whole group, and a
 * sign that it took for a plate. All of it by the doors that everybody uses.
 * @param now milliseconds
 */
export async function connectDemoCamera(
  people: AgencyPeople,
  network: Network,
  directory: string,
  now: number,
): Promise<DemoCamera> {
  const registered = await people.call('rules-one', 'POST', '/cameras', {
    id: ID,
    format: 'rekor',
    owner_class: 'public',
    device: 'or-camera-7',
    lat: 44.0591,
    lon: -121.3102,
  });
  const [url, secret] = [registered['url'], registered['secret']];
  if (typeof url !== 'string' || typeof secret !== 'string') throw new TypeError('a registered camera has a secret');
  const secretFile = join(directory, `${ID}.secret`);
  await writeFile(secretFile, `${secret}\n`, { mode: 0o600 });
  const events = GROUPS.map((group, index): JsonObject => ({
    data_type: 'alpr_group',
    version: 2,
    epoch_start: now - 60_000 + index * 5_000,
    agent_uid: 'DEMO',
    camera_id: 7,
    best_uuid: `DEMO-7-${index}`,
    ...group,
  }));
  for (const event of events) await post(network, url, secret, event);
  return { id: ID, url, secretFile };
}

async function post(network: Network, url: string, secret: string, event: JsonObject): Promise<void> {
  const answer = await network.request({
    method: 'POST',
    url,
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify(event),
    timeoutMs: 10_000,
    maxBytes: 64 * 1024,
  });
  if (answer.status !== 200) throw new Error(`the demonstration camera was answered ${answer.status}`);
}
