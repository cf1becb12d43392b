import type { JsonObject } from '#protocol';
import type { FederationPlan } from '../../apps/sandbox/src/plan.js';

const SCOPES: Readonly<Record<string, JsonObject>> = {
  plate_history: { max_window_hours: 336, max_plates: 5 },
  latest_sighting: { max_window_hours: 336, max_plates: 5 },
  near_scene: { max_window_hours: 24, max_area_km2: 4, max_areas: 2 },
  vehicle_description: { max_window_hours: 24, max_area_km2: 4, max_areas: 2 },
  partial_plate: { max_window_hours: 336, min_characters: 4 },
  travelling_together: { max_window_hours: 336, max_plates: 1 },
};

/** For its own officers an agency draws wider limits: what is too much is then refused by whoever holds the reads. */
const ASKED: Readonly<Record<string, JsonObject>> = {
  ...SCOPES,
  near_scene: { max_window_hours: 336, max_area_km2: 1000, max_areas: 8 },
  vehicle_description: { max_window_hours: 336, max_area_km2: 1000, max_areas: 8 },
  partial_plate: { max_window_hours: 336, min_characters: 1 },
};

type Sections = Record<string, JsonObject>;

/** The demonstration with rules for every kind at one holding agency, and at whoever asks it. */
export function withEveryKind(plan: FederationPlan, owner: string, change: JsonObject = {}): FederationPlan {
  return {
    ...plan,
    agencies: plan.agencies.map((agency) => {
      const rule = structuredClone(agency.rule) as { release?: Sections; ask?: Sections } & JsonObject;
      const { plate_history: release } = rule.release ?? {};
      const { plate_history: ask } = rule.ask ?? {};
      if (agency.id === owner && release !== undefined) {
        rule.release = { ...rule.release, ...ofKinds({ ...release, ...change }, SCOPES) };
      }
      if (ask !== undefined) rule.ask = { ...rule.ask, ...ofKinds({ ...ask, case_number: CASE_NUMBERS }, ASKED) };
      return { ...agency, rule };
    }),
  };
}

/** One form more than the holding agency knows, whose refusal is then a sealed one. */
const CASE_NUMBERS = { patterns: ['##-#####', '@@-####'] };

function ofKinds(section: JsonObject, scopes: Readonly<Record<string, JsonObject>>): Sections {
  return Object.fromEntries(Object.entries(scopes).map(([kind, scope]) => [kind, { ...section, scope }]));
}
