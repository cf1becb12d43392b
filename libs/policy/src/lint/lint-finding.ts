/**
 * `error`: the rule cannot do what it says, or gives more than the owner's own law lets it. `warning`: a clause does
 * nothing. `note`: probably meant, and worth a second look.
 */
export type LintSeverity = 'error' | 'warning' | 'note';

export type LintCode =
  | 'allowed_and_denied'
  | 'nothing_allowed'
  | 'section_forbidden'
  | 'forbids_nothing'
  | 'exception_unreachable'
  | 'exception_not_softer'
  | 'tier_unreachable'
  | 'tier_adds_nothing'
  | 'recipient_unreachable'
  | 'recipient_contradicts'
  | 'own_level_unknown'
  | 'requirement_unmeetable'
  | 'requirement_of_nothing'
  | 'beneficiary_unchecked'
  | 'budget_below_limit'
  | 'budget_never_counted'
  | 'case_number_forbidden'
  | 'clause_never_read'
  | 'offence_retired'
  | 'never_in_effect'
  | 'vocabulary_old'
  | 'weaker_than_own_law';

/** One thing that somebody should look at, where it stands and what to do about it. */
export interface LintFinding {
  readonly code: LintCode;
  readonly severity: LintSeverity;
  /** As in `Problem`: `release.plate_history.tiers[0].when`. */
  readonly path: string;
  readonly message: string;
  readonly remedy: string;
  /** The law that the clause falls short of. */
  readonly source?: string;
}

export function finding(
  severity: LintSeverity,
  code: LintCode,
  path: string,
  message: string,
  remedy: string,
  source?: string,
): LintFinding {
  return { code, severity, path, message, remedy, ...(source === undefined ? {} : { source }) };
}
