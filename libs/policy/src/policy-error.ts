import type { Problem } from './problem.js';

export type PolicyErrorCode =
  | 'rule_malformed'
  | 'facts_malformed'
  | 'profile_malformed'
  | 'instant_malformed'
  | 'reach_malformed'
  | 'owner_unknown';

/** A document that cannot be read. A refusal is never an error: it is a `Decision`. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';

  /** @param problems everything that is wrong, not only the first thing */
  constructor(
    readonly code: PolicyErrorCode,
    readonly problems: readonly Problem[],
    options?: { cause?: unknown },
  ) {
    super(problems.map((problem) => `${problem.path}: ${problem.message}`).join('; '), options);
  }
}
