import type { JsonObject } from '#protocol';
import type { Area, SearchedScope } from '#policy';
import { formatInstant } from './instant.js';
import type { PlateHistoryQuery } from './plate-history.js';
import type { PlatePattern } from './plate-pattern.js';
import { areaJson } from './query-areas.js';
import type { AskedPlate, QueryWindow } from './query-members.js';
import type { Vehicle } from './vehicle.js';

/** The kinds that a node searches. */
export const QUERY_KINDS = [
  'plate_history',
  'latest_sighting',
  'near_scene',
  'vehicle_description',
  'partial_plate',
  'travelling_together',
] as const;
export type QueryKind = (typeof QUERY_KINDS)[number];

/** Known kinds that no node searches: patterns of life, and prompts in free language. */
export const CLOSED_KINDS = ['passed_twice', 'unusual_travel', 'free_language_prompt'] as const;

/** Every read of these plates. */
export interface PlateHistory extends PlateHistoryQuery {
  readonly kind: 'plate_history';
}

/** The newest read of each of these plates, and no other. */
export interface LatestSighting extends QueryWindow {
  readonly kind: 'latest_sighting';
  readonly plates: readonly AskedPlate[];
}

/** Every read in one of these areas. A read without a place is in none. */
export interface NearScene extends QueryWindow {
  readonly kind: 'near_scene';
  readonly areas: readonly Area[];
}

/** Every read of a vehicle of which the camera said all of this. */
export interface VehicleDescription extends QueryWindow {
  readonly kind: 'vehicle_description';
  readonly vehicle: Vehicle;
  /** None: anywhere. */
  readonly areas: readonly Area[];
}

/** Every read of a plate that fits. */
export interface PartialPlate extends QueryWindow {
  readonly kind: 'partial_plate';
  readonly pattern: PlatePattern;
  /** None: anywhere. */
  readonly areas: readonly Area[];
}

/** What passed the same devices as this plate, at nearly the same time, at two places or more. */
export interface TravellingTogether extends QueryWindow {
  readonly kind: 'travelling_together';
  readonly plates: readonly [AskedPlate];
  readonly withinSeconds: number;
  /** Asks, under an approval of its own, for the plates behind pseudonyms of an earlier release. */
  readonly reveal?: CompanionReveal;
}

export interface CompanionReveal {
  /** Digest of the receipt of the release, base64url of 32 bytes. */
  readonly release: string;
  readonly companions: readonly string[];
}

export type ReadsQuery =
  PlateHistory | LatestSighting | NearScene | VehicleDescription | PartialPlate | TravellingTogether;

/** The query as it stands in an ask: everything normalised, instants in UTC with milliseconds. */
export function readsQueryJson(query: ReadsQuery): JsonObject {
  const window = { from: formatInstant(query.from), until: formatInstant(query.until) };
  switch (query.kind) {
    case 'plate_history':
    case 'latest_sighting':
      return { kind: query.kind, plates: platesJson(query.plates), ...window };
    case 'near_scene':
      return { kind: query.kind, areas: query.areas.map(areaJson), ...window };
    case 'vehicle_description':
      return { kind: query.kind, vehicle: { ...query.vehicle }, ...areasJson(query.areas), ...window };
    case 'partial_plate':
      return { kind: query.kind, pattern: { ...query.pattern }, ...areasJson(query.areas), ...window };
    case 'travelling_together': {
      const { kind, plates, withinSeconds, reveal } = query;
      const asked = reveal && { reveal: { release: reveal.release, companions: [...reveal.companions] } };
      return { kind, plates: platesJson(plates), within_seconds: withinSeconds, ...window, ...asked };
    }
  }
}

/** The query with its kind, where it comes from a caller that knows plate histories only. */
export function withKind(query: ReadsQuery | PlateHistoryQuery): ReadsQuery {
  return 'kind' in query ? query : { kind: 'plate_history', ...query };
}

/** The plates and areas that a warrant has to cover. */
export function searchedScope(query: ReadsQuery): SearchedScope {
  return { plates: platesOf(query).map((plate) => plate.text), areas: areasOf(query) };
}

/** The plates that a query names whole. */
export function platesOf(query: ReadsQuery): readonly AskedPlate[] {
  return 'plates' in query ? query.plates : [];
}

/** The areas to which a query is confined; none where it asks anywhere. */
export function areasOf(query: ReadsQuery): readonly Area[] {
  return 'areas' in query ? query.areas : [];
}

function platesJson(plates: readonly AskedPlate[]): JsonObject[] {
  return plates.map((plate) => ({ ...plate }));
}

function areasJson(areas: readonly Area[]): JsonObject {
  return areas.length === 0 ? {} : { areas: areas.map(areaJson) };
}
