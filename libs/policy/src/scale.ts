import type { Statute } from './statute.js';

/** One step of a scale. A later level of the list protects at least as well as an earlier one. */
export interface Level {
  readonly id: string;
  readonly text: string;
  /** Of the retention scale only: how long reads may be kept at this level. Absent where there is no limit. */
  readonly seconds?: number;
  /** Examples of law at this level. No authority signs by this list, and no decision reads it. */
  readonly statutes: readonly Statute[];
}

/** One legal safeguard as an ordered scale, weakest level first. */
export interface Protection {
  readonly id: string;
  readonly question: string;
  readonly levels: readonly Level[];
}
