import type { Area } from '#policy';
import { parseAreas } from './query-areas.js';
import { parsePattern } from './plate-pattern.js';
import { malformed, membersOf, parsePlates, parseWindow, PLATES_MAX } from './query-members.js';
import { ReadsError } from './reads-error.js';
import { CLOSED_KINDS, type CompanionReveal, type QueryKind, type ReadsQuery } from './reads-query.js';
import { parseVehicle } from './vehicle.js';

const WITHIN_SECONDS_MAX = 600;
const COMPANIONS_MAX = 20;

/**
 * Reads the query of an ask, of any kind, from JSON or from the protocol's class. The kind follows from the members, and one
 * that claims a kind and has the members of another is refused (P16: a sweep of an area that is labelled as one plate).
 * Plates, words and instants are normalised; a plate or area that is given twice is refused, since the count in the clear
 * would then differ from what is searched.
 * @throws ReadsError `query_malformed` `kind_mismatch` `kind_not_offered` `plates_none` `plates_too_many` `plate_duplicate`
 *   `areas_none` `areas_too_many` `area_duplicate` `area_invalid` `area_too_large` `pattern_invalid` `vehicle_word_invalid`
 *   `window_empty` `window_inverted`, and those of `normalisePlate` and `parseInstant`
 */
export function parseReadsQuery(value: unknown): ReadsQuery {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed('query');
  const claimed: unknown = (value as { kind?: unknown }).kind;
  if ((CLOSED_KINDS as readonly unknown[]).includes(claimed)) {
    throw new ReadsError('kind_not_offered', 'no node searches queries of this kind', { at: 'kind' });
  }
  const kind = kindOfMembers(value);
  if (claimed !== kind && !(claimed === 'latest_sighting' && kind === 'plate_history')) {
    throw new ReadsError('kind_mismatch', 'the members of the query are not those of the kind it claims', {
      at: 'kind',
    });
  }
  return parseAs(claimed as QueryKind, value);
}

/**
 * The kind that the members of a query amount to, whatever it calls itself. `latest_sighting` has the members of
 * `plate_history` and gives a part of its answer: for the two the claim tells, and the wider one is named here.
 * @throws ReadsError `query_malformed` where the members are of no kind
 */
export function kindOfMembers(value: object): QueryKind {
  const has = (name: string): boolean => (value as Record<string, unknown>)[name] !== undefined;
  const told = ['plates', 'within_seconds', 'vehicle', 'pattern', 'areas'].filter(has).join(' ');
  switch (told) {
    case 'plates':
      return 'plate_history';
    case 'plates within_seconds':
      return 'travelling_together';
    case 'vehicle':
    case 'vehicle areas':
      return 'vehicle_description';
    case 'pattern':
    case 'pattern areas':
      return 'partial_plate';
    case 'areas':
      return 'near_scene';
    default:
      throw malformed('query');
  }
}

function parseAs(kind: QueryKind, value: object): ReadsQuery {
  const members = (required: string[], optional: string[] = []): Record<string, unknown> =>
    membersOf(value, 'query', ['kind', ...required, 'from', 'until'], optional);
  switch (kind) {
    case 'plate_history':
    case 'latest_sighting': {
      const query = members(['plates']);
      return { kind, plates: parsePlates(query['plates'], PLATES_MAX), ...windowOf(query) };
    }
    case 'near_scene': {
      const query = members(['areas']);
      return { kind, areas: parseAreas(query['areas']), ...windowOf(query) };
    }
    case 'vehicle_description': {
      const query = members(['vehicle'], ['areas']);
      return {
        kind,
        vehicle: parseVehicle(query['vehicle']),
        areas: parseOptionalAreas(query['areas']),
        ...windowOf(query),
      };
    }
    case 'partial_plate': {
      const query = members(['pattern'], ['areas']);
      return {
        kind,
        pattern: parsePattern(query['pattern']),
        areas: parseOptionalAreas(query['areas']),
        ...windowOf(query),
      };
    }
    case 'travelling_together': {
      const query = members(['plates', 'within_seconds'], ['reveal']);
      const [plate] = parsePlates(query['plates'], 1);
      if (plate === undefined) throw malformed('plates');
      const withinSeconds = parseWithinSeconds(query['within_seconds']);
      const reveal = query['reveal'] === undefined ? {} : { reveal: parseReveal(query['reveal']) };
      return { kind, plates: [plate], withinSeconds, ...windowOf(query), ...reveal };
    }
  }
}

function parseOptionalAreas(listed: unknown): Area[] {
  return listed === undefined ? [] : parseAreas(listed);
}

function windowOf(query: Record<string, unknown>): { from: number; until: number } {
  return parseWindow(query['from'], query['until']);
}

function parseWithinSeconds(value: unknown): number {
  if (!(Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= WITHIN_SECONDS_MAX)) {
    throw malformed('within_seconds');
  }
  return Number(value);
}

function parseReveal(value: unknown): CompanionReveal {
  const { release, companions } = membersOf(value, 'reveal', ['release', 'companions'], []);
  if (typeof release !== 'string' || !/^[A-Za-z0-9_-]{43}$/.test(release)) throw malformed('reveal.release');
  const wrong =
    !Array.isArray(companions) ||
    companions.length === 0 ||
    companions.length > COMPANIONS_MAX ||
    !companions.every((each: unknown) => typeof each === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(each)) ||
    new Set(companions).size < companions.length;
  if (wrong) throw malformed('reveal.companions');
  return { release, companions: companions as string[] };
}
