import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { JsonObject } from '#protocol';
import { parseColumnMapping } from '#reads';

export const SEATTLE_FILE = fileURLToPath(
  new URL('../../../shared/data/seattle_reads_2021-10.csv.gz', import.meta.url),
);
export const seattlePresent = existsSync(SEATTLE_FILE);

export const SEATTLE_MAPPING = parseColumnMapping({
  plate: 'plate_id',
  seen_at: 'captured_local',
  time_zone: 'America/Los_Angeles',
  device: 'device',
  lat: 'lat',
  lon: 'lon',
  camera_owner_class: { constant: 'public' },
  source: 'seattle-pd',
});

/** A row of the file as its read has to arrive at the officer, with the instant for windows. Milliseconds. */
export interface SeattleRow {
  readonly seenAt: number;
  readonly read: JsonObject & { readonly plate: string };
}

/** Taken apart by hand, apart from the importer: the file has no quotes, and all of it lies in Pacific daylight time. */
export function seattleRows(): SeattleRow[] {
  const [, ...lines] = gunzipSync(readFileSync(SEATTLE_FILE)).toString('utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const [, local = '', device = '', plate = '', lat = '', lon = ''] = line.split(',');
    const seenAt = Date.parse(`${local}-07:00`);
    const location = lat === '' ? {} : { location: { lat: Number(lat), lon: Number(lon) } };
    const read = { plate, seen_at: new Date(seenAt).toISOString(), ...location, device, camera_owner_class: 'public' };
    return { seenAt, read };
  });
}
