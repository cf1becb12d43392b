import { parseInstant } from './instant.js';
import type { HoldBasis, HoldStatute } from './hold-statute.js';
import { normalisePlate } from './plate.js';
import { ReadsError } from './reads-error.js';

const DAY_MS = 86_400_000;
/** While a second person has not confirmed it: the reads are safe meanwhile, and for no longer. */
const PROVISIONAL_MS = 3 * DAY_MS;
const MAX_NAMED = 20;
const MAX_WINDOW_MS = 3_660 * DAY_MS;

/** What a hold preserves: own reads of these plates and cameras in a window, or what one release brought. */
export type HoldScope =
  | {
      readonly kind: 'reads';
      readonly plates: readonly string[];
      readonly devices: readonly string[];
      readonly from: number;
      readonly until: number;
    }
  | { readonly kind: 'release'; readonly owner: string; readonly release: string };

/** What a person states who places a hold. */
export interface StatedHold {
  readonly basis: HoldBasis;
  readonly statute: string;
  /** The document that was sworn or ordered: digest, and who swore or ordered it. */
  readonly sworn: { readonly digest: string; readonly by: string } | undefined;
}

/**
 * Own reads to preserve: at least one plate or camera, compared literally, seen in `[from, until)`.
 * @throws ReadsError `hold_scope_invalid`, or that of a plate or instant
 */
export function readsToHold(scope: {
  readonly plates: readonly string[];
  readonly devices: readonly string[];
  readonly from: string;
  readonly until: string;
}): Extract<HoldScope, { kind: 'reads' }> {
  const plates = [...new Set(scope.plates.map(normalisePlate))];
  const devices = [...new Set(scope.devices)];
  if (plates.length + devices.length === 0) throw invalid('a hold names a plate or a camera');
  if (plates.length > MAX_NAMED || devices.length > MAX_NAMED) throw invalid(`at most ${MAX_NAMED} plates and cameras`);
  const [from, until] = [parseInstant(scope.from), parseInstant(scope.until)];
  if (!(from < until)) throw invalid('the window is empty');
  if (until - from > MAX_WINDOW_MS) throw invalid('the window is longer than ten years');
  return { kind: 'reads', plates, devices, from, until };
}

/**
 * The statute under which a hold is placed, where everything is there that it asks for.
 * @throws ReadsError `hold_refused`
 */
export function statuteFor(stated: StatedHold, statutes: readonly HoldStatute[]): HoldStatute {
  const statute = statutes.find(({ code }) => code === stated.statute);
  if (statute === undefined) {
    const known = statutes.map(({ code }) => `\`${code}\``).join(', ');
    throw new ReadsError('hold_refused', `no such statute is configured; there are ${known}`);
  }
  if (!statute.bases.includes(stated.basis)) {
    throw new ReadsError('hold_refused', `\`${statute.code}\` is for ${statute.bases.join(' or ')}`);
  }
  if (statute.sworn && stated.sworn === undefined) {
    throw new ReadsError(
      'hold_refused',
      `\`${statute.code}\` asks for a sworn statement or order: its digest and who made it`,
    );
  }
  return statute;
}

/** Until when a hold preserves that nobody has confirmed yet. */
export function provisionalEnd(placedAt: number, { days }: HoldStatute): number {
  return placedAt + Math.min(PROVISIONAL_MS, days * DAY_MS);
}

/** Until when it preserves once it is confirmed or renewed: the statute's days from then on, never added to what was left. */
export function confirmedEnd(from: number, { days }: HoldStatute): number {
  return from + days * DAY_MS;
}

function invalid(what: string): ReadsError {
  return new ReadsError('hold_scope_invalid', what);
}
