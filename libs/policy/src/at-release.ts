import type { CameraCondition, HotListCondition, WitnessCondition } from './conditions.js';
import type { RequestFacts } from './facts.js';
import { judge, met, unmet, type Finding, type Point } from './finding.js';
import { quoted } from './strict-reader.js';
import type { Vocabulary } from './vocabulary.js';

const HOUR_MS = 60 * 60 * 1000;

/** Every read that would be released was made by a camera of an owner that the rule names. */
export function cameraFinding(vocabulary: Vocabulary, condition: CameraCondition, request: RequestFacts): Finding {
  const point: Point = {
    requirement: 'cameras',
    required: 'reads of cameras whose owners the rule names',
    source: condition.source,
    remedy: 'the owner does not give reads of such cameras on these conditions',
  };
  return judge(request.cameraOwnerClasses, point, (classes) => {
    const unknown = [...classes].sort().find((each) => !vocabulary.cameraOwnerClasses.has(each));
    if (unknown !== undefined) return unmet(point, 'unknown_value', quoted(unknown));
    const others = classes.filter((each) => !condition.owner_classes.includes(each));
    return others.length === 0
      ? met(point, [...new Set(classes)].sort().join(', ') || 'none yet')
      : unmet(point, 'camera_class_not_allowed', [...new Set(others)].sort().join(', '));
  });
}

export function witnessFinding(condition: WitnessCondition, request: RequestFacts): Finding {
  const point: Point = {
    requirement: 'witnesses',
    required: `a checkpoint cosigned by at least ${condition.at_least} independent witnesses`,
    source: condition.source,
    remedy: 'let the broker publish its checkpoint to more witnesses, and ask again',
  };
  return judge(request.witnesses, point, (count) =>
    Number.isSafeInteger(count) && count >= condition.at_least
      ? met(point, String(count))
      : unmet(point, 'witnesses_insufficient', quoted(count)),
  );
}

/** From a list that the rule accepts, and fresh enough: a stale entry stops innocent people (NE, NH). */
export function hotListFindings(
  vocabulary: Vocabulary,
  condition: HotListCondition,
  request: RequestFacts,
  now: number,
): readonly Finding[] {
  const source: Point = {
    requirement: 'hot_list.source',
    required: 'an entry from a source that the rule accepts',
    source: condition.source,
    remedy: 'the owner follows no plate for an entry from this source',
  };
  const age: Point = {
    requirement: 'hot_list.age',
    required: `a list refreshed within ${condition.max_list_age_hours} hours`,
    source: condition.source,
    remedy: 'refresh the list and ask again',
  };
  return [
    judge(request.hotList, source, ({ source: from }) => {
      if (!vocabulary.hotListSources.has(from)) return unmet(source, 'unknown_value', quoted(from));
      return condition.sources.includes(from)
        ? met(source, from)
        : unmet(source, 'hot_list_source_not_allowed', quoted(from));
    }),
    judge(request.hotList, age, ({ refreshedAtMs }) => {
      const hours = (now - refreshedAtMs) / HOUR_MS;
      const found = `${Math.ceil(hours * 100) / 100} hours ago`;
      // A list from the future has not been refreshed yet either.
      return hours >= 0 && hours <= condition.max_list_age_hours
        ? met(age, found)
        : unmet(age, 'hot_list_stale', found);
    }),
  ];
}
