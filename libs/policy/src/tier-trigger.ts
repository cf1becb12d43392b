import type { TierTrigger } from './conditions.js';
import type { Fact, RequestFacts } from './facts.js';
import { dataAgeHours } from './legal-process.js';

const HOUR_MS = 60 * 60 * 1000;

/** Whether a query reaches a tier; `absent` where nobody knows, `sealed` where only the owner does. */
export type Reached = 'yes' | 'no' | 'absent' | 'sealed';

/** Any one member is enough. What is no number is beyond every limit. */
export function reachedTier(when: TierTrigger, request: RequestFacts, now: number): Reached {
  const found: Reached[] = [];
  const over = <T>(limit: number | undefined, fact: Fact<T>, measure: (value: T) => number): void => {
    if (limit !== undefined) found.push(reachedBy(fact, (value) => !(measure(value) <= limit)));
  };
  const among = <T>(
    list: readonly string[] | undefined,
    fact: Fact<T>,
    values: (value: T) => readonly string[],
  ): void => {
    if (list !== undefined) found.push(reachedBy(fact, (value) => values(value).some((each) => list.includes(each))));
  };
  over(when.data_older_than_hours, request.window, () => dataAgeHours(request, now));
  over(when.window_over_hours, request.window, ({ fromMs, untilMs }) => (untilMs - fromMs) / HOUR_MS);
  over(when.area_over_km2, request.area, ({ squareKm }) => squareKm);
  over(when.areas_over, request.area, ({ count }) => count);
  over(when.plates_over, request.plateCount, (count) => count);
  over(when.fan_out_over, request.fanOut, (count) => count);
  among(when.purposes, request.purpose, (purpose) => [purpose]);
  among(when.offences, request.offence, (offence) => [offence]);
  among(when.camera_owner_classes, request.cameraOwnerClasses, (classes) => classes);
  for (const each of ['yes', 'absent', 'sealed'] as const) if (found.includes(each)) return each;
  return 'no';
}

function reachedBy<T>(fact: Fact<T>, beyond: (value: T) => boolean): Reached {
  if (fact.state !== 'known') return fact.state;
  return beyond(fact.value) ? 'yes' : 'no';
}
