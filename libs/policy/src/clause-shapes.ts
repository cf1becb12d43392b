import type { JsonObject, JsonValue } from '#protocol';
import {
  AGENCIES,
  AREAS,
  CASE_NUMBER_FORMS,
  FAN_OUT,
  HOURS,
  JURISDICTIONS,
  MAX_FEW,
  PLATES,
  SOURCE,
  SQUARE_KM,
  codeShapes,
  personShapes,
  queryShapes,
  receiverShapes,
  scopeWith,
} from './condition-shapes.js';
import type {
  AfterwardsDuty,
  AskConditions,
  ExceptionCondition,
  ForbidClause,
  ForbidMatch,
  ScopeLimits,
  SoftenedAskConditions,
  SoftenedConditions,
  TierTrigger,
} from './conditions.js';
import { QUERY_KINDS, type QueryKind } from './rule.js';
import {
  TRUE,
  integerFrom,
  listOf,
  matching,
  objectOf,
  oneOf,
  optional,
  refined,
  setOf,
  someOf,
  type MemberShapes,
  type Shape,
} from './shape.js';

export const NAME = matching(/^[a-z0-9][a-z0-9-]{0,31}$/, 'a name in lower case', 32);
export type Shapes = ReturnType<typeof queryShapes> &
  ReturnType<typeof personShapes> &
  ReturnType<typeof receiverShapes> & { readonly codes: ReturnType<typeof codeShapes> };

/** Without which limits a query of a kind would have no bounds. */
export const SCOPE_OF_KIND: Readonly<Record<QueryKind, readonly (keyof ScopeLimits)[]>> = {
  plate_history: ['max_window_hours', 'max_plates'],
  latest_sighting: ['max_window_hours', 'max_plates'],
  near_scene: ['max_window_hours', 'max_area_km2', 'max_areas'],
  vehicle_description: ['max_window_hours', 'max_area_km2', 'max_areas'],
  partial_plate: ['max_window_hours', 'min_characters'],
  travelling_together: ['max_window_hours', 'max_plates'],
  hot_list_alert: ['max_window_hours', 'max_plates'],
  passed_twice: ['max_window_hours', 'max_area_km2', 'max_areas'],
  unusual_travel: ['max_window_hours', 'max_area_km2', 'max_areas'],
  free_language_prompt: ['max_window_hours', 'max_area_km2', 'max_areas'],
};

/** Reasons name a clause by its name, so it has to be the only one. */
export function named<T extends { readonly name: string }>(list: Shape<readonly T[]>): Shape<readonly T[]> {
  return unique(list, 'name');
}

/** No two entries with the same `member`. No JSON Schema can say that. */
function unique<T>(list: Shape<readonly T[]>, member: keyof T & string): Shape<readonly T[]> {
  return refined(
    list,
    (reader, value, path) => {
      const seen = new Set<JsonValue | undefined>();
      for (const [index, { [member]: name }] of (value as readonly JsonObject[]).entries()) {
        if (seen.has(name)) reader.problem(`${path}[${index}].${member}`, 'is that of another entry');
        seen.add(name);
      }
    },
    {},
  );
}

export function trigger({ codes }: Shapes): Shape<TierTrigger> {
  return someOf<TierTrigger>({
    data_older_than_hours: optional(HOURS),
    window_over_hours: optional(HOURS),
    area_over_km2: optional(SQUARE_KM),
    areas_over: optional(AREAS),
    plates_over: optional(PLATES),
    fan_out_over: optional(FAN_OUT),
    purposes: optional(codes.purposes),
    offences: optional(codes.offences),
    camera_owner_classes: optional(codes.cameraOwners),
  });
}

/** On the asking side nobody receives, so there is nobody to be named or to declare. */
export function softenedAsk(shapes: Shapes, kind: QueryKind): Shape<SoftenedAskConditions> {
  return someOf<SoftenedAskConditions>(softenedOnBothSides(shapes, kind));
}

export function softened(shapes: Shapes, kind: QueryKind): Shape<SoftenedConditions> {
  return someOf<SoftenedConditions>({
    ...softenedOnBothSides(shapes, kind),
    recipients: optional(shapes.recipients),
    declarations: optional(shapes.declarations),
  });
}

function softenedOnBothSides(
  { offences, statedProcess }: Shapes,
  kind: QueryKind,
): MemberShapes<SoftenedAskConditions> {
  return {
    offences: optional(offences),
    legal_process: optional(statedProcess),
    scope: optional(scopeWith<AskConditions['scope']>(SCOPE_OF_KIND[kind])),
  };
}

export function exceptionsOf(
  softened: Shape<SoftenedConditions>,
  { codes }: Shapes,
): Shape<readonly ExceptionCondition[]> {
  const exception = objectOf<ExceptionCondition>({
    exception: codes.claimed,
    purposes: codes.purposes,
    instead: optional(softened),
    afterwards: objectOf<AfterwardsDuty>({
      approve_within_hours: optional(integerFrom(1, 24)),
      report_within_hours: integerFrom(1, 24 * 30),
    }),
    source: SOURCE,
  });
  return unique(listOf(exception, MAX_FEW), 'exception');
}

export function forbidClause({ codes }: Shapes): Shape<ForbidClause> {
  return objectOf<ForbidClause>({
    name: NAME,
    sides: setOf(oneOf(['release', 'ask'] as const), 2) as Shape<ForbidClause['sides']>,
    when: someOf<ForbidMatch>({
      kinds: optional(setOf(oneOf(QUERY_KINDS), QUERY_KINDS.length)),
      purposes: optional(codes.purposes),
      offences: optional(codes.offences),
      exceptions: optional(codes.exceptions),
      classes: optional(codes.classes),
      jurisdictions: optional(JURISDICTIONS),
      agencies: optional(AGENCIES),
      camera_owner_classes: optional(codes.cameraOwners),
      hot_list_sources: optional(codes.hotListSources),
      onward: optional(TRUE),
      case_numbers: optional(CASE_NUMBER_FORMS),
    }),
    source: SOURCE,
  });
}
