import type { JsonObject } from '#protocol';

const SOURCE = 'a demonstration council policy, not a law';

/** The same rule, with hot lists as its plate history is: own lists on its asking side, alerts for others on its releasing side. */
export function withHotLists(rule: JsonObject, sources: readonly string[], maxAgeHours = 12): JsonObject {
  const copy = structuredClone(rule) as Record<'ask' | 'release', Record<string, JsonObject> | undefined> & JsonObject;
  for (const side of ['ask', 'release'] as const) {
    const history = copy[side]?.['plate_history'];
    if (history === undefined || copy[side] === undefined) continue;
    const { tiers: _tiers, exceptions: _exceptions, budgets: _budgets, ...conditions } = history;
    copy[side]['hot_list_alert'] = {
      ...conditions,
      scope: { max_window_hours: 24, max_plates: 1, max_fan_out: 5, source: SOURCE },
      hot_list: { sources: [...sources], max_list_age_hours: maxAgeHours, source: SOURCE },
    };
  }
  return copy;
}
