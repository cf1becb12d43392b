import type { UnstoredRead } from '#reads';

const DAY_MS = 86_400_000;
const CAMERAS = 50;
/** What an agency of that size reads a day (domain figures of the field): 50 cameras, 8,000 reads each. */
const READS_A_DAY = 400_000;
/** One read in so many is of a car that drives behind the one read before it, always the same one. */
const FOLLOWED = 50;
const BEHIND_MS = 3_000;
const MAKES = ['toyota', 'ford', 'honda', 'chevrolet', 'nissan', 'jeep', 'kia', 'subaru', 'bmw', 'volvo'];
const COLOURS = ['white', 'black', 'grey', 'silver', 'blue', 'red', 'green'];
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Reads that could be those of an agency: the same ones each time. */
export interface GeneratedReads {
  readonly from: number;
  readonly until: number;
  readonly days: number;
  readonly count: number;
  read(index: number): UnstoredRead;
  /** The plate of a rank: the lower, the more often it passes. */
  plate(rank: number): string;
  readonly places: readonly { lat: number; lon: number }[];
}

/** `count` reads by 50 cameras on 25 devices, in the order of time, over as many days as such an agency takes for them. */
export function generatedReads(count: number, lastDay: number): GeneratedReads {
  const days = Math.min(90, Math.max(3, Math.ceil(count / READS_A_DAY)));
  const until = lastDay * DAY_MS;
  const from = until - days * DAY_MS;
  const place = numbers(7);
  const places = Array.from({ length: CAMERAS }, () => ({ lat: 44 + place() * 0.15, lon: -121.4 + place() * 0.2 }));
  const read = (index: number): UnstoredRead => {
    if (index % FOLLOWED !== 1) return leading(index).read;
    const { rank, read: ahead } = leading(index - 1);
    return { ...ahead, plate: plateOf(rank + count), seenAt: ahead.seenAt + BEHIND_MS };
  };
  const leading = (index: number): { rank: number; read: UnstoredRead } => {
    const next = numbers(index + 1);
    // As in a published week of a city, where the plate seen most often makes 0.2 % of all reads.
    const rank = Math.floor(next() ** 2 * Math.max(1_000, count / 3));
    const camera = Math.floor(next() ** 2 * CAMERAS);
    const location = places[camera];
    const step = (until - from) / count;
    const one: UnstoredRead = {
      plate: plateOf(rank),
      plateState: rank % 9 === 0 ? 'WA' : 'OR',
      seenAt: Math.floor(from + index * step + next() * Math.min(step, 1_000)),
      timeAmbiguous: false,
      device: `device-${Math.floor(camera / 2)}`,
      // A quarter of a public file has no place.
      ...(location && next() > 0.05 && { location }),
      confidence: Math.round(next() * 1_000) / 1_000,
      cameraOwnerClass: 'public',
      source: `camera-${camera}`,
      nonPlate: false,
      vehicle: { make: pick(MAKES, next() ** 2), colour: pick(COLOURS, next()), type: 'car' },
      direction: Math.floor(next() * 360),
    };
    return { rank, read: one };
  };
  return { from, until, days, count, read, plate: plateOf, places };
}

/** Three letters and three digits, spread so that neighbouring ranks do not begin alike. */
function plateOf(rank: number): string {
  const spread = (rank * 7_919_977 + 13) % 17_576_000;
  const letter = (at: number) => LETTERS.charAt(Math.floor(spread / 26 ** at) % 26);
  return `${letter(0)}${letter(1)}${letter(2)}${String(Math.floor(spread / 17_576)).padStart(3, '0')}`;
}

function pick(words: readonly string[], share: number): string {
  return words[Math.floor(share * words.length)] ?? '';
}

/** Numbers from 0 to below 1 that follow from a seed (mulberry32). */
export function numbers(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
