import type { SightingOutcome } from '../src/formats/file-record.js';
import type { PassedOver } from '../src/formats/captured-read.js';
import type { UnstoredRead } from '../src/read.js';
import type { RejectionReason } from '../src/rejection.js';
import type { ImportCounts } from './import-record.js';

/** What one batch came to. */
export interface BatchOutcome {
  readonly outcomes: readonly SightingOutcome[];
  readonly blank: number;
  readonly inserted: number;
  readonly alreadyPresent: number;
  readonly superseded: number;
}

/** The numbers of an import so far, `ImportCounts` and what is told beside them. */
export interface ImportTally extends ImportCounts {
  readonly rejectedByReason: Readonly<Partial<Record<RejectionReason, number>>>;
  readonly passedOverByReason: Readonly<Partial<Record<PassedOver, number>>>;
  /** Of the readable rows: those without a place, those that are words on signs, those in an hour that a clock showed twice. */
  readonly withoutLocation: number;
  readonly nonPlates: number;
  readonly ambiguousTimes: number;
  /** Of the readable rows, milliseconds; undefined where there is none. */
  readonly firstSeenAt: number | undefined;
  readonly lastSeenAt: number | undefined;
}

const NOTHING: ImportTally = {
  rows: 0,
  accepted: 0,
  alreadyPresent: 0,
  superseded: 0,
  rejected: 0,
  passedOver: 0,
  blank: 0,
  rejectedByReason: {},
  passedOverByReason: {},
  withoutLocation: 0,
  nonPlates: 0,
  ambiguousTimes: 0,
  firstSeenAt: undefined,
  lastSeenAt: undefined,
};

/** Counts only what is done: a batch that failed is in none of the numbers. */
export class Tally {
  /** @param before what an interrupted import of the same file had counted; no plate is in it */
  constructor(before: Partial<ImportTally> = {}) {
    this.#sum = { ...NOTHING, ...before };
  }

  #sum: ImportTally;

  add({ outcomes, blank, inserted, alreadyPresent, superseded }: BatchOutcome): void {
    const before = this.#sum;
    const reads = outcomes.flatMap((outcome) => (outcome.kind === 'read' ? [outcome.read] : []));
    const rejected = outcomes.flatMap((outcome) => (outcome.kind === 'rejected' ? [outcome.reason] : []));
    const passedOver = outcomes.flatMap((outcome) => (outcome.kind === 'passed_over' ? [outcome.why] : []));
    const seen = reads.map((read) => read.seenAt);
    this.#sum = {
      rows: before.rows + outcomes.length + blank,
      accepted: before.accepted + inserted,
      alreadyPresent: before.alreadyPresent + alreadyPresent,
      superseded: before.superseded + superseded,
      rejected: before.rejected + rejected.length,
      passedOver: before.passedOver + passedOver.length,
      blank: before.blank + blank,
      rejectedByReason: plus(before.rejectedByReason, rejected),
      passedOverByReason: plus(before.passedOverByReason, passedOver),
      withoutLocation: before.withoutLocation + countOf(reads, (read) => read.location === undefined),
      nonPlates: before.nonPlates + countOf(reads, (read) => read.nonPlate),
      ambiguousTimes: before.ambiguousTimes + countOf(reads, (read) => read.timeAmbiguous),
      firstSeenAt: seen.reduce((first: number | undefined, at) => Math.min(first ?? at, at), before.firstSeenAt),
      lastSeenAt: seen.reduce((last: number | undefined, at) => Math.max(last ?? at, at), before.lastSeenAt),
    };
  }

  counts(): ImportCounts {
    const { rows, accepted, alreadyPresent, superseded, rejected, passedOver, blank } = this.#sum;
    return { rows, accepted, alreadyPresent, superseded, rejected, passedOver, blank };
  }

  report(): ImportTally {
    return this.#sum;
  }
}

function plus<Key extends string>(
  before: Readonly<Partial<Record<Key, number>>>,
  found: readonly Key[],
): Partial<Record<Key, number>> {
  const sums = new Map(Object.entries(before) as [Key, number][]);
  for (const key of found) sums.set(key, (sums.get(key) ?? 0) + 1);
  return Object.fromEntries(sums) as Partial<Record<Key, number>>;
}

function countOf(reads: readonly UnstoredRead[], is: (read: UnstoredRead) => boolean): number {
  return reads.filter(is).length;
}
