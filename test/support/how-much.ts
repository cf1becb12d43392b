/** `npm run test:properties` sets it: every generated case that a property asks for. */
const WHOLE = process.env['COMITY_TEST_PROPERTIES'] === 'all';
const DAY_MS = 86_400_000;
/** Of what a property asks for, a run of all tests takes one case in so many: other ones in each run. */
const ONE_IN = 4;

/** How many cases a costly property is tried on in this run. @param whole how many by its own command */
export function runsOf(whole: number): number {
  return WHOLE ? whole : Math.ceil(whole / ONE_IN);
}

/**
 * So many of a list, spread over the whole of it, and each day other ones: what a run of all tests takes of a sweep that has
 * its own command.
 */
export function someOf<T>(all: readonly T[], count: number, now: number = Date.now()): readonly T[] {
  if (all.length <= count) return all;
  const step = all.length / count;
  const offset = Math.floor(now / DAY_MS) % Math.ceil(step);
  return Array.from({ length: count }, (_, i) => all[(Math.floor(i * step) + offset) % all.length] as T);
}
