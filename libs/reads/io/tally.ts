import type { UnstoredRead } from '../src/read.js';
import type { RejectionReason } from '../src/row.js';
import type { ImportCounts } from './import-record.js';

/** What one batch came to. */
export interface BatchOutcome {
  readonly reads: readonly UnstoredRead[];
  readonly refused: readonly RejectionReason[];
  readonly blank: number;
  readonly inserted: number;
  readonly alreadyPresent: number;
}

/** The numbers of an import so far, `ImportCounts` and what is told beside them. */
export interface ImportTally extends ImportCounts {
  readonly rejectedByReason: Readonly<Partial<Record<RejectionReason, number>>>;
  /** Of the readable rows: those without a place, those that are words on signs, those in an hour that a clock showed twice. */
  readonly withoutLocation: number;
  readonly nonPlates: number;
  readonly ambiguousTimes: number;
  /** Of the readable rows, milliseconds; undefined where there is none. */
  readonly firstSeenAt: number | undefined;
  readonly lastSeenAt: number | undefined;
}

/** Counts only what is done: a batch that failed is in none of the numbers. */
export class Tally {
  #accepted = 0;
  #alreadyPresent = 0;
  #blank = 0;
  readonly #refused = new Map<RejectionReason, number>();
  #withoutLocation = 0;
  #nonPlates = 0;
  #ambiguousTimes = 0;
  #firstSeenAt: number | undefined;
  #lastSeenAt: number | undefined;

  add(batch: BatchOutcome): void {
    this.#accepted += batch.inserted;
    this.#alreadyPresent += batch.alreadyPresent;
    this.#blank += batch.blank;
    for (const reason of batch.refused) this.#refused.set(reason, (this.#refused.get(reason) ?? 0) + 1);
    for (const read of batch.reads) {
      this.#withoutLocation += read.location ? 0 : 1;
      this.#nonPlates += read.nonPlate ? 1 : 0;
      this.#ambiguousTimes += read.timeAmbiguous ? 1 : 0;
      this.#firstSeenAt = Math.min(this.#firstSeenAt ?? read.seenAt, read.seenAt);
      this.#lastSeenAt = Math.max(this.#lastSeenAt ?? read.seenAt, read.seenAt);
    }
  }

  counts(): ImportCounts {
    const [accepted, alreadyPresent, blank] = [this.#accepted, this.#alreadyPresent, this.#blank];
    const rejected = [...this.#refused.values()].reduce((sum, count) => sum + count, 0);
    return { rows: accepted + alreadyPresent + rejected + blank, accepted, alreadyPresent, rejected, blank };
  }

  report(): ImportTally {
    return {
      ...this.counts(),
      rejectedByReason: Object.fromEntries(this.#refused),
      withoutLocation: this.#withoutLocation,
      nonPlates: this.#nonPlates,
      ambiguousTimes: this.#ambiguousTimes,
      firstSeenAt: this.#firstSeenAt,
      lastSeenAt: this.#lastSeenAt,
    };
  }
}
