import type { RequestFacts } from './facts.js';
import { judge, met, unmet, type Finding, type Point, type ReasonCode } from './finding.js';
import type { ScopeCondition } from './rule.js';
import { quoted } from './strict-reader.js';
import type { Vocabulary } from './vocabulary.js';

const HOUR_MS = 60 * 60 * 1000;

/** The kind that the content amounts to is the kind that is asked for: an area sweep is no plate history (P16). */
export function contentKindFinding(vocabulary: Vocabulary, request: RequestFacts): Finding {
  const point: Point = {
    requirement: 'kind.content',
    required: 'the query is of the kind that the request states',
    remedy: 'state the kind that the query is of',
  };
  return judge(request.contentKind, point, (contentKind) => {
    if (!vocabulary.kinds.has(contentKind)) return unmet(point, 'unknown_value', quoted(contentKind));
    const { kind } = request;
    return kind.state === 'known' && kind.value === contentKind
      ? met(point, contentKind)
      : unmet(point, 'kind_mismatch', quoted(contentKind));
  });
}

export function scopeFindings(condition: ScopeCondition, request: RequestFacts): readonly Finding[] {
  const window = windowFinding(condition, request);
  const plates = countFinding(condition, request, 'plateCount', condition.max_plates);
  return condition.max_fan_out === undefined
    ? [window, plates]
    : [window, plates, countFinding(condition, request, 'fanOut', condition.max_fan_out)];
}

function windowFinding(condition: ScopeCondition, request: RequestFacts): Finding {
  const point: Point = {
    requirement: 'window',
    required: `a window of at most ${condition.max_window_hours} hours`,
    source: condition.source,
    remedy: `ask for a window of at most ${condition.max_window_hours} hours`,
  };
  return judge(request.window, point, ({ fromMs, untilMs }) => {
    // Written so that a value that is no number fails: NaN compares with nothing.
    if (!(Number.isFinite(fromMs) && Number.isFinite(untilMs) && fromMs < untilMs)) {
      return unmet(point, 'window_malformed', 'no time lies in the window', 'state a window that ends after it begins');
    }
    const hours = (untilMs - fromMs) / HOUR_MS;
    const found = `${Math.ceil(hours * 100) / 100} hours`;
    return hours <= condition.max_window_hours ? met(point, found) : unmet(point, 'window_too_wide', found);
  });
}

const COUNTS = {
  plateCount: { requirement: 'plates', noun: 'plates', code: 'too_many_plates' },
  fanOut: { requirement: 'fan_out', noun: 'owners asked', code: 'fan_out_too_wide' },
} as const satisfies Record<string, { requirement: string; noun: string; code: ReasonCode }>;

function countFinding(
  condition: ScopeCondition,
  request: RequestFacts,
  name: keyof typeof COUNTS,
  max: number,
): Finding {
  const { requirement, noun, code } = COUNTS[name];
  const point: Point = {
    requirement,
    required: `at most ${max} ${noun}`,
    source: condition.source,
    remedy: `ask again with at most ${max} ${noun}, each with its own reason`,
  };
  return judge(request[name], point, (count) => {
    if (!(Number.isSafeInteger(count) && count >= 1)) return unmet(point, 'unknown_value', quoted(count));
    return count <= max ? met(point, String(count)) : unmet(point, code, String(count));
  });
}
