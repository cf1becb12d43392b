import type { Randomness } from '#protocol';
import type { UnstoredRead } from '#reads';

const HOUR_MS = 3_600_000;
const LETTERS = 'ABCDEFGHJKLMNPRSTUVWXYZ';

/** Where the first of the story's cameras of an agency stands, and how near to it is near. */
export const SCENE_METRES = 400;

/** The vehicle of the story. */
export const STORY_PLATE = '7ABC482';

interface Place {
  readonly state: string;
  readonly lat: number;
  readonly lon: number;
}

/**
 * Invented reads of the last three days at one agency: passing traffic, and the vehicle of the story on three occasions.
 * `randomness` makes the traffic; where and when the story's vehicle was seen is fixed relative to `now` (milliseconds).
 */
export function demoReads(now: number, place: Place, count: number, randomness: Randomness): UnstoredRead[] {
  const traffic = Array.from({ length: count }, (): UnstoredRead => {
    const bytes = randomness.bytes(16);
    const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
    const hoursAgo = (view.getUint32(0) / 2 ** 32) * 71;
    return {
      ...readAt(now - hoursAgo * HOUR_MS, place, view.getUint8(4) % 6),
      plate: plateOf(bytes.subarray(5, 12)),
      confidence: 0.7 + (view.getUint8(12) / 255) * 0.29,
    };
  });
  const seen = [50, 26.5, 3].map((hoursAgo, device): UnstoredRead => ({
    ...readAt(now - hoursAgo * HOUR_MS, place, device),
    plate: STORY_PLATE,
    confidence: 0.94,
  }));
  return [...traffic, ...seen];
}

function readAt(seenAt: number, place: Place, camera: number): Omit<UnstoredRead, 'plate' | 'confidence'> {
  return {
    plateState: place.state,
    seenAt: Math.round(seenAt / 1000) * 1000,
    timeAmbiguous: false,
    device: `${place.state.toLowerCase()}-camera-${camera + 1}`,
    location: { lat: round(place.lat + camera * 0.004), lon: round(place.lon - camera * 0.003) },
    cameraOwnerClass: 'public',
    source: 'demonstration',
    nonPlate: false,
  };
}

function plateOf(bytes: Uint8Array): string {
  return [...bytes]
    .map((byte, at) => (at >= 1 && at <= 3 ? LETTERS.charAt(byte % LETTERS.length) : String(byte % 10)))
    .join('');
}

function round(degrees: number): number {
  return Math.round(degrees * 10_000) / 10_000;
}
