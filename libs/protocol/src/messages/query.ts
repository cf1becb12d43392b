import { Equals, Matches } from 'class-validator';
import { IsAreaList, type QueryArea } from './area.js';
import {
  IsCode,
  IsCount,
  IsDigest,
  IsInstant,
  IsLiteral,
  IsNested,
  IsNestedList,
  IsPlainText,
  MayBeAbsent,
} from './field-rules.js';
import { HasSomeMember, IsDigestList } from './list-rules.js';

/** A plate is matched literally: letters and digits only, so that `%`, `_` and `*` are no wildcards (P12). */
export class PlateTarget {
  @Matches(/^[A-Z0-9]{1,10}$/)
  text: string;

  @MayBeAbsent()
  @Matches(/^[A-Z]{2}$/)
  state?: string;
}

/** Half-open window [from, until), instants with their offset. */
class QueryWindow {
  @IsInstant()
  from: string;

  @IsInstant()
  until: string;
}

export class PlateHistoryQuery extends QueryWindow {
  @Equals('plate_history')
  kind: 'plate_history';

  @IsNestedList(() => PlateTarget, 20)
  plates: PlateTarget[];
}

/** The newest read of each plate, and no other. */
export class LatestSightingQuery extends QueryWindow {
  @Equals('latest_sighting')
  kind: 'latest_sighting';

  @IsNestedList(() => PlateTarget, 20)
  plates: PlateTarget[];
}

export class NearSceneQuery extends QueryWindow {
  @Equals('near_scene')
  kind: 'near_scene';

  @IsAreaList()
  areas: QueryArea[];
}

/** In words of the cameras' makers; compared as text, never as a pattern. */
export class VehicleTarget {
  @MayBeAbsent()
  @IsPlainText(40)
  make?: string;

  @MayBeAbsent()
  @IsPlainText(40)
  model?: string;

  @MayBeAbsent()
  @IsPlainText(40)
  colour?: string;

  @MayBeAbsent()
  @IsPlainText(40)
  type?: string;
}

export class VehicleDescriptionQuery extends QueryWindow {
  @Equals('vehicle_description')
  kind: 'vehicle_description';

  @HasSomeMember()
  @IsNested(() => VehicleTarget)
  vehicle: VehicleTarget;

  @MayBeAbsent()
  @IsAreaList()
  areas?: QueryArea[];
}

/** `?` stands for exactly one character that is not known; everything else is itself (P12). */
export class PlatePattern {
  @Matches(/^(?=.*\?)(?=.*[A-Z0-9])[A-Z0-9?]{2,10}$/)
  text: string;

  @MayBeAbsent()
  @Matches(/^[A-Z]{2}$/)
  state?: string;
}

export class PartialPlateQuery extends QueryWindow {
  @Equals('partial_plate')
  kind: 'partial_plate';

  @IsNested(() => PlatePattern)
  pattern: PlatePattern;

  @MayBeAbsent()
  @IsAreaList()
  areas?: QueryArea[];
}

/** Companions of an earlier release by their pseudonyms, whose plates this ask wants, approved anew. */
export class RevealTarget {
  /** Digest of the owner's receipt of that release. */
  @IsDigest()
  release: string;

  @IsDigestList(20, 1)
  companions: string[];
}

export class TravellingTogetherQuery extends QueryWindow {
  @Equals('travelling_together')
  kind: 'travelling_together';

  @IsNestedList(() => PlateTarget, 1)
  plates: PlateTarget[];

  /** How long before or after the named plate another one may pass the same camera. */
  @IsCount(600, 1)
  within_seconds: number;

  @MayBeAbsent()
  @IsNested(() => RevealTarget)
  reveal?: RevealTarget;
}

/** The list of the asking agency on which the plate stands, as its own node states it. */
export class ListedOn {
  /** The source file, by the code of the vocabulary. */
  @IsCode()
  source: string;

  /** When the list was compiled, or the entry typed in. */
  @IsInstant()
  refreshed_at: string;
}

/** A standing request: tell of each read of the plate while the window lasts. Every alert is decided and released anew. */
export class HotListAlertQuery extends QueryWindow {
  @Equals('hot_list_alert')
  kind: 'hot_list_alert';

  @IsNestedList(() => PlateTarget, 1)
  plates: PlateTarget[];

  @IsNested(() => ListedOn)
  hot_list: ListedOn;
}

/**
 * Searches that begin with no suspect. They have a shape so that a rule can be asked, and its reasons given; no node
 * searches them, whatever the rule says (`kind_not_offered`). What a prompt would say never travels.
 */
export const CLOSED_KINDS = ['passed_twice', 'unusual_travel', 'free_language_prompt'] as const;

export class ClosedKindQuery extends QueryWindow {
  @IsLiteral(...CLOSED_KINDS)
  kind: (typeof CLOSED_KINDS)[number];

  @IsAreaList()
  areas: QueryArea[];
}

export type AskQuery =
  | PlateHistoryQuery
  | LatestSightingQuery
  | NearSceneQuery
  | VehicleDescriptionQuery
  | PartialPlateQuery
  | TravellingTogetherQuery
  | HotListAlertQuery
  | ClosedKindQuery;

/** The kind picks the class; a member of another kind is then foreign and refused (P16). */
export const ASKED_KINDS = {
  plate_history: PlateHistoryQuery,
  latest_sighting: LatestSightingQuery,
  near_scene: NearSceneQuery,
  vehicle_description: VehicleDescriptionQuery,
  partial_plate: PartialPlateQuery,
  travelling_together: TravellingTogetherQuery,
  hot_list_alert: HotListAlertQuery,
  passed_twice: ClosedKindQuery,
  unusual_travel: ClosedKindQuery,
  free_language_prompt: ClosedKindQuery,
} as const satisfies Record<AskQuery['kind'], new () => AskQuery>;

export type AskedKind = keyof typeof ASKED_KINDS;

/** The plates that a query names; most kinds name none. */
export function platesOf(query: AskQuery): readonly PlateTarget[] {
  return 'plates' in query ? query.plates : [];
}
