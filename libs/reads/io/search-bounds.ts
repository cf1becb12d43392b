import type { Companion } from '../src/companions.js';
import type { CameraOwnerClass, Read } from '../src/read.js';
import { ReadsError } from '../src/reads-error.js';

/** What a search may look at and give; every instant in milliseconds. */
export interface SearchBounds {
  /** Reads at most. */
  readonly limit: number;
  /** What is not seen after this instant is not found, whatever the query says: the owner's retention at this moment (P11). */
  readonly cutoff: number | undefined;
  /** Whose cameras' reads may be found; those of others are as if they had not been made. */
  readonly cameraOwnerClasses: readonly CameraOwnerClass[];
  /** `next` of an earlier result of the very same query. */
  readonly position: string | undefined;
}

export interface SearchResult {
  /** The newest first; of companions, all of the first one, then of the next. */
  readonly reads: Read[];
  /** There is more than `limit`. */
  readonly truncated: boolean;
  /** Where a next page begins; there exactly where `truncated` is. */
  readonly next?: string;
  /** Of travelling together: whose reads those are, in their order. */
  readonly companions?: readonly Companion[];
}

export function tooBroad(): ReadsError {
  return new ReadsError(
    'search_too_broad',
    'the search would look at more reads than one may; narrow its window or area',
  );
}
