import type { JsonObject, JsonValue } from '#protocol';
import { PROCESS_CLASSES, type ProcessClass } from './process-scope.js';
import { StrictClaims } from './strict-claims.js';
import { TrustError } from './trust-error.js';
import { secondsOf } from './signed-claims.js';

/**
 * Degrees, WGS 84. What crosses the antimeridian is written as two. A polygon's first point is not repeated; one whose edges
 * cross is of the right form, and covers nothing.
 */
export type ProcessArea =
  | { readonly kind: 'circle'; readonly lat: number; readonly lon: number; readonly radiusMetres: number }
  | {
      readonly kind: 'box';
      readonly south: number;
      readonly west: number;
      readonly north: number;
      readonly east: number;
    }
  | { readonly kind: 'polygon'; readonly points: readonly { readonly lat: number; readonly lon: number }[] };

/**
 * What a court order or warrant allows. What it does not limit it says to be `any`: a member that is left out is refused,
 * never read as *without limit* (P08). Instants in milliseconds.
 */
export interface ProcessBounds {
  readonly class: ProcessClass;
  readonly docket: string;
  /** Who signed it, by name. */
  readonly judge: string;
  readonly caseNumber: string;
  /** Good in [validFrom, validUntil). */
  readonly validFrom: number;
  readonly validUntil: number;
  readonly kinds: readonly string[] | 'any';
  /** Canonical plates: capital letters and digits. */
  readonly plates: readonly string[] | 'any';
  readonly areas: readonly ProcessArea[] | 'any';
  /** Reads seen in this time. */
  readonly window: { readonly from: number; readonly until: number } | 'any';
  readonly offences: readonly string[] | 'any';
  /** How many asks may rest on it. */
  readonly uses: number | 'any';
}

const KIND = /^[a-z][a-z_]{0,63}$/;
const PLATE = /^[A-Z0-9]{1,10}$/;
const OFFENCE = /^[0-9A-Z]{2,4}$/;
const MAX_TEXT = 200;
const MAX_CASE = 64;
const MAX_LISTED = 64;
const MAX_USES = 10_000;
/** As many as a query may have. */
const MAX_POINTS = 100;

export function boundsClaims(bounds: ProcessBounds): JsonObject {
  const { window, areas } = bounds;
  return {
    class: bounds.class,
    docket: bounds.docket,
    judge: bounds.judge,
    case_number: bounds.caseNumber,
    valid_from: secondsOf(bounds.validFrom),
    valid_until: secondsOf(bounds.validUntil),
    kinds: listed(bounds.kinds),
    plates: listed(bounds.plates),
    areas: areas === 'any' ? areas : areas.map(areaClaims),
    window: window === 'any' ? window : { from: secondsOf(window.from), until: secondsOf(window.until) },
    offences: listed(bounds.offences),
    uses: bounds.uses,
  };
}

/** Takes the members of the bounds out of `claims`. @throws TrustError `warrant_malformed` */
export function readBounds(claims: StrictClaims): ProcessBounds {
  const name = claims.text('class');
  const known = PROCESS_CLASSES.find((each) => each === name);
  if (known === undefined) throw malformed('class');
  const bounds = {
    class: known,
    docket: claims.prose('docket', MAX_TEXT),
    judge: claims.prose('judge', MAX_TEXT),
    caseNumber: claims.prose('case_number', MAX_CASE),
    validFrom: claims.instant('valid_from'),
    validUntil: claims.instant('valid_until'),
    kinds: anyOr(claims, 'kinds', () => textsOf(claims, 'kinds', KIND)),
    plates: anyOr(claims, 'plates', () => textsOf(claims, 'plates', PLATE)),
    areas: anyOr(claims, 'areas', () => claims.list('areas', MAX_LISTED).map(readArea)),
    window: anyOr(claims, 'window', () => readWindow(claims.object('window'))),
    offences: anyOr(claims, 'offences', () => textsOf(claims, 'offences', OFFENCE)),
    uses: anyOr(claims, 'uses', () => claims.count('uses', MAX_USES)),
  };
  if (bounds.validFrom >= bounds.validUntil) throw malformed('valid_until');
  return bounds;
}

/** Bounds alone, as an object of their own. @throws TrustError `warrant_malformed` */
export function parseBounds(value: JsonObject): ProcessBounds {
  const claims = new StrictClaims(value, 'warrant_malformed', 'the legal process');
  const bounds = readBounds(claims);
  claims.end();
  return bounds;
}

function anyOr<T>(claims: StrictClaims, name: string, read: () => T): T | 'any' {
  return claims.takeIf(name, 'any') ? 'any' : read();
}

/** A list that names nothing allows nothing, and is a mistake of whoever wrote it. */
function textsOf(claims: StrictClaims, name: string, pattern: RegExp): string[] {
  const texts = claims.texts(name, MAX_LISTED);
  if (texts.length === 0 || !texts.every((text) => pattern.test(text))) throw malformed(name);
  return texts;
}

function readWindow(value: JsonObject): { from: number; until: number } {
  const claims = new StrictClaims(value, 'warrant_malformed', '`window`');
  const window = { from: claims.instant('from'), until: claims.instant('until') };
  claims.end();
  if (window.from >= window.until) throw malformed('window');
  return window;
}

function readArea(value: JsonValue): ProcessArea {
  const claims = new StrictClaims(value, 'warrant_malformed', 'an area');
  const area = areaOf(claims);
  claims.end();
  return area;
}

function areaOf(claims: StrictClaims): ProcessArea {
  const kind = claims.text('kind');
  switch (kind) {
    case 'circle': {
      const radiusMetres = claims.number('radius_metres', 10_000_000);
      if (radiusMetres <= 0) throw malformed('areas');
      return { kind, ...pointOf(claims), radiusMetres };
    }
    case 'box': {
      const [south, north] = [claims.number('south', 90), claims.number('north', 90)];
      const [west, east] = [claims.number('west', 180), claims.number('east', 180)];
      if (south >= north || west >= east) throw malformed('areas');
      return { kind, south, west, north, east };
    }
    case 'polygon': {
      const points = claims.list('points', MAX_POINTS).map((value) => {
        const point = new StrictClaims(value, 'warrant_malformed', 'a point of an area');
        const read = pointOf(point);
        point.end();
        return read;
      });
      if (points.length < 3) throw malformed('areas');
      return { kind, points };
    }
    default:
      throw malformed('areas');
  }
}

function pointOf(claims: StrictClaims): { lat: number; lon: number } {
  return { lat: claims.number('lat', 90), lon: claims.number('lon', 180) };
}

function areaClaims(area: ProcessArea): JsonObject {
  switch (area.kind) {
    case 'box':
      return { ...area };
    case 'polygon':
      return { kind: area.kind, points: area.points.map(({ lat, lon }) => ({ lat, lon })) };
    case 'circle': {
      const { kind, lat, lon, radiusMetres } = area;
      return { kind, lat, lon, radius_metres: radiusMetres };
    }
  }
}

function listed(values: readonly string[] | 'any'): JsonValue {
  return values === 'any' ? values : [...values];
}

function malformed(name: string): TrustError {
  return new TrustError('warrant_malformed', `the legal process has no acceptable \`${name}\``);
}
