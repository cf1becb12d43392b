import type { RequestFacts } from './facts.js';
import { judge, met, unmet, type Finding, type Point, type ReasonCode } from './finding.js';
import type { ScopeLimits } from './conditions.js';
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

/** Only what the condition limits; `rule-shape.ts` says which limits a kind cannot do without. */
export function scopeFindings(condition: ScopeLimits, request: RequestFacts, now: number): readonly Finding[] {
  const { max_window_hours: hours, max_data_age_hours: age } = condition;
  return [
    ...(hours === undefined ? [] : [windowFinding(condition, request, hours)]),
    ...(age === undefined ? [] : [ageFinding(condition, request, age, now)]),
    ...countFinding(condition, 'plates', request.plateCount, condition.max_plates),
    ...countFinding(condition, 'fan_out', request.fanOut, condition.max_fan_out),
    ...areaFindings(condition, request),
    ...characterFinding(condition, request),
  ];
}

function windowFinding(condition: ScopeLimits, request: RequestFacts, maxHours: number): Finding {
  const point: Point = {
    requirement: 'window',
    required: `a window of at most ${maxHours} hours`,
    source: condition.source,
    remedy: `ask for a window of at most ${maxHours} hours`,
  };
  return judge(request.window, point, ({ fromMs, untilMs }) => {
    // Written so that a value that is no number fails: NaN compares with nothing.
    if (!(Number.isFinite(fromMs) && Number.isFinite(untilMs) && fromMs < untilMs)) {
      return unmet(point, 'window_malformed', 'no time lies in the window', 'state a window that ends after it begins');
    }
    const hours = (untilMs - fromMs) / HOUR_MS;
    const found = `${Math.ceil(hours * 100) / 100} hours`;
    return hours <= maxHours ? met(point, found) : unmet(point, 'window_too_wide', found);
  });
}

/** By the clock of whoever decides, at release again: a read exactly as old as the limit is still given (P11). */
function ageFinding(condition: ScopeLimits, request: RequestFacts, maxHours: number, now: number): Finding {
  const point: Point = {
    requirement: 'data_age',
    required: `no read older than ${maxHours} hours`,
    source: condition.source,
    remedy: `ask for a window that begins at most ${maxHours} hours ago`,
  };
  return judge(request.window, point, ({ fromMs }) => {
    const hours = (now - fromMs) / HOUR_MS;
    const found = `${Math.ceil(hours * 100) / 100} hours`;
    return hours <= maxHours ? met(point, found) : unmet(point, 'data_too_old', found);
  });
}

const COUNTS = {
  plates: { noun: 'plates', code: 'too_many_plates' },
  fan_out: { noun: 'owners asked', code: 'fan_out_too_wide' },
} as const satisfies Record<string, { noun: string; code: ReasonCode }>;

function countFinding(
  condition: ScopeLimits,
  requirement: keyof typeof COUNTS,
  fact: RequestFacts['plateCount'],
  max: number | undefined,
): readonly Finding[] {
  if (max === undefined) return [];
  const { noun, code } = COUNTS[requirement];
  const point: Point = {
    requirement,
    required: `at most ${max} ${noun}`,
    source: condition.source,
    remedy: `ask again with at most ${max} ${noun}, each with its own reason`,
  };
  const finding = judge(fact, point, (count) => {
    if (!(Number.isSafeInteger(count) && count >= 1)) return unmet(point, 'unknown_value', quoted(count));
    return count <= max ? met(point, String(count)) : unmet(point, code, String(count));
  });
  return [finding];
}

/** All areas of a query together are as large as one may be: splitting one into many gains nothing. */
function areaFindings(condition: ScopeLimits, { area }: RequestFacts): readonly Finding[] {
  const { max_area_km2: maxKm2, max_areas: maxAreas, source } = condition;
  const size: Point = {
    requirement: 'area',
    required: `an area of at most ${maxKm2} square kilometres`,
    source,
    remedy: `ask for an area of at most ${maxKm2} square kilometres`,
  };
  const number: Point = {
    requirement: 'areas',
    required: `at most ${maxAreas} areas`,
    source,
    remedy: `ask for at most ${maxAreas} areas at once`,
  };
  const findings: Finding[] = [];
  if (maxKm2 !== undefined) {
    const finding = judge(area, size, ({ squareKm }) => {
      const found = `${Math.ceil(squareKm * 100) / 100} square kilometres`;
      if (!(squareKm > 0)) return unmet(size, 'area_malformed', 'no area');
      return squareKm <= maxKm2 ? met(size, found) : unmet(size, 'area_too_wide', found);
    });
    findings.push(finding);
  }
  if (maxAreas !== undefined) {
    const finding = judge(area, number, ({ count }) => {
      if (!(Number.isSafeInteger(count) && count >= 1)) return unmet(number, 'area_malformed', quoted(count));
      return count <= maxAreas ? met(number, String(count)) : unmet(number, 'too_many_areas', String(count));
    });
    findings.push(finding);
  }
  return findings;
}

function characterFinding(condition: ScopeLimits, { characters }: RequestFacts): readonly Finding[] {
  const { min_characters: min } = condition;
  if (min === undefined) return [];
  const point: Point = {
    requirement: 'characters',
    required: `at least ${min} known characters of the plate`,
    source: condition.source,
    remedy: `ask only when at least ${min} characters are known`,
  };
  const finding = judge(characters, point, (count) =>
    Number.isSafeInteger(count) && count >= min
      ? met(point, String(count))
      : unmet(point, 'too_few_characters', quoted(count)),
  );
  return [finding];
}
