import type { UnstoredRead } from '#reads';

/** One clean sighting of a plate, an hour ago unless said otherwise. */
export function sighting(plate: string, change: Partial<UnstoredRead> = {}): UnstoredRead {
  return {
    plate,
    plateState: 'OR',
    seenAt: Date.now() - 3_600_000,
    device: 'cam-1',
    cameraOwnerClass: 'public',
    source: 'test',
    nonPlate: false,
    timeAmbiguous: false,
    confidence: 0.93,
    location: { lat: 44.05, lon: -121.3 },
    ...change,
  };
}
