/** One step of a scale. A later level of the list protects at least as well as an earlier one. */
export interface Level {
  readonly id: string;
  readonly text: string;
  /** Of the retention scale only: how long reads may be kept at this level. Absent where there is no limit. */
  readonly seconds?: number;
}

/** One legal safeguard as an ordered scale, weakest level first. What law stands behind a level: `statutesBehind`. */
export interface Protection {
  readonly id: string;
  readonly question: string;
  readonly levels: readonly Level[];
  /** `law`: what binds every agency of a class. `agency`: a fact about one agency, which its superior states. */
  readonly subject: 'law' | 'agency';
  /** Wider protections with the same levels: whoever has one of them at a level has this one at that level too. */
  readonly coveredBy?: readonly string[];
}

/** A scale of law, from its weakest level to its strictest: id to plain text. */
export function lawScale(id: string, question: string, levels: Readonly<Record<string, string>>): Protection {
  return { id, question, levels: levelsOf(levels), subject: 'law' };
}

/** A scale of facts about one agency. The weakest level is what has to be assumed while nobody attests another. */
export function agencyScale(id: string, question: string, levels: Readonly<Record<string, string>>): Protection {
  return { id, question, levels: levelsOf(levels), subject: 'agency' };
}

function levelsOf(levels: Readonly<Record<string, string>>): readonly Level[] {
  return Object.entries(levels).map(([id, text]) => ({ id, text }));
}
