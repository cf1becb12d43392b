import type { ExceptionCondition, SoftenedConditions } from './conditions.js';
import type { RequestFacts } from './facts.js';
import { judge, met, unmet, type Finding, type Point } from './finding.js';
import { formatInstant } from './instant.js';
import { quoted } from './strict-reader.js';
import type { Vocabulary } from './vocabulary.js';

const HOUR_MS = 60 * 60 * 1000;

/** What is owed after an exception was used (P21). */
export interface Duty {
  readonly duty: 'approve' | 'report';
  readonly exception: string;
  /** Instant. */
  readonly due_by: string;
  readonly source?: string;
}

/** What a claimed exception changes; nothing where none is claimed, or one that the rule does not know. */
export interface ClaimedException {
  readonly instead: SoftenedConditions;
  /** Whether the approval may follow. */
  readonly approvedAfterwards: boolean;
  readonly duties: readonly Duty[];
  /** Sealed whether one is claimed: what it could soften is left to the holder. */
  readonly uncertain: boolean;
}

const NONE: ClaimedException = { instead: {}, approvedAfterwards: false, duties: [], uncertain: false };

export function claimedException(
  conditions: readonly ExceptionCondition[] | undefined,
  request: RequestFacts,
  now: number,
): ClaimedException {
  const { exception } = request;
  if (exception.state === 'sealed') return { ...NONE, uncertain: conditions !== undefined };
  if (exception.state === 'absent') return NONE;
  const clause = conditions?.find((each) => each.exception === exception.value);
  if (clause === undefined) return NONE;
  const { approve_within_hours: approve, report_within_hours: report } = clause.afterwards;
  const duty = (name: Duty['duty'], hours: number): Duty => ({
    duty: name,
    exception: exception.value,
    due_by: formatInstant(now + hours * HOUR_MS),
    ...(clause.source === undefined ? {} : { source: clause.source }),
  });
  return {
    instead: clause.instead ?? {},
    approvedAfterwards: approve !== undefined,
    duties: [...(approve === undefined ? [] : [duty('approve', approve)]), duty('report', report)],
    uncertain: false,
  };
}

/** An exception is claimed openly or not at all, for its purposes only, and by whoever owes nothing for an earlier one. */
export function exceptionFindings(
  vocabulary: Vocabulary,
  conditions: readonly ExceptionCondition[] | undefined,
  request: RequestFacts,
): readonly Finding[] {
  const { exception } = request;
  const clause =
    exception.state === 'known' ? conditions?.find((each) => each.exception === exception.value) : undefined;
  const point: Point = {
    requirement: 'exception',
    required: 'no exception, or one that the rule names, for its purposes',
    source: clause?.source,
    remedy: 'state the exception that is claimed, or `none`',
  };
  const claimed = judge(exception, point, (value) => {
    if (!vocabulary.exceptions.has(value)) return unmet(point, 'unknown_value', quoted(value));
    if (value === 'none') return met(point, value);
    if (clause === undefined) {
      return unmet(point, 'exception_not_allowed', quoted(value), 'ask under the ordinary conditions');
    }
    return judge(request.purpose, point, (purpose) =>
      clause.purposes.includes(purpose)
        ? met(point, value)
        : unmet(
            point,
            'exception_not_allowed',
            `${quoted(value)} for ${quoted(purpose)}`,
            'ask under the ordinary conditions',
          ),
    );
  });
  return clause === undefined ? [claimed] : [claimed, dutiesFinding(clause, request)];
}

function dutiesFinding({ source }: ExceptionCondition, { overdueDuties }: RequestFacts): Finding {
  const point: Point = {
    requirement: 'exception.duties',
    required: 'no approval or report that is late for an earlier exception',
    source,
    remedy: 'approve and report the earlier exceptions first',
  };
  return judge(overdueDuties, point, (late) =>
    late === 0 ? met(point, 'none is late') : unmet(point, 'duty_overdue', quoted(late)),
  );
}
