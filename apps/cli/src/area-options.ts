import { InvalidArgumentError } from 'commander';
import { isJsonObject, type JsonObject, type JsonValue } from '#protocol';
import { CliError } from './cli-error.js';
import { readJsonInput } from './input-file.js';

const FORMS = 'circle:LAT,LON,RADIUS in degrees and metres, or box:SOUTH,WEST,NORTH,EAST in degrees';

/** `circle:44.05,-121.31,500` or `box:44,-121.4,44.1,-121.3`, as it stands in an ask. */
export function collectArea(text: string, before: readonly JsonObject[] = []): readonly JsonObject[] {
  return [...before, areaOf(text)];
}

function areaOf(text: string): JsonObject {
  const [kind = '', list = ''] = text.split(':', 2);
  const numbers = list.split(',').map((each) => (/^-?\d{1,9}(\.\d{1,12})?$/.test(each.trim()) ? Number(each) : NaN));
  const [a = NaN, b = NaN, c = NaN, d = NaN] = numbers;
  if (numbers.every(Number.isFinite)) {
    if (kind === 'circle' && numbers.length === 3) return { kind, lat: a, lon: b, radius_metres: c };
    if (kind === 'box' && numbers.length === 4) return { kind, south: a, west: b, north: c, east: d };
  }
  throw new InvalidArgumentError(`An area is ${FORMS}.`);
}

/**
 * The polygons of a GeoJSON file (RFC 7946): a Polygon, a MultiPolygon, a Feature or a FeatureCollection of them.
 *
 * @throws CliError `usage`
 */
export async function areasFromFile(path: string): Promise<JsonObject[]> {
  const areas = areasIn(await readJsonInput(path));
  if (areas === undefined || areas.length === 0) {
    throw new CliError('usage', `\`${path}\` holds no polygon without holes`, {
      remedy: 'a GeoJSON Polygon, MultiPolygon, Feature or FeatureCollection; a hole cannot be left out of a search',
    });
  }
  return areas;
}

function areasIn(value: JsonValue | undefined): JsonObject[] | undefined {
  if (!isJsonObject(value)) return undefined;
  const { type } = value;
  switch (typeof type === 'string' ? type : '') {
    case 'FeatureCollection':
      return joined(listOf(value['features']).map(areasIn));
    case 'Feature':
      return areasIn(value['geometry']);
    case 'MultiPolygon':
      return joined(listOf(value['coordinates']).map(polygonOf));
    case 'Polygon':
      return polygonOf(value['coordinates']);
    default:
      return undefined;
  }
}

const listOf = (value: JsonValue | undefined): readonly JsonValue[] => (Array.isArray(value) ? value : []);

/** `undefined` as soon as one of them is none: a part of a file is not what was meant. */
function joined(parts: readonly (JsonObject[] | undefined)[]): JsonObject[] | undefined {
  return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
}

/** One ring, whose last position repeats the first; positions are `[longitude, latitude]`. */
function polygonOf(coordinates: JsonValue | undefined): JsonObject[] | undefined {
  const rings = listOf(coordinates);
  const positions = listOf(rings[0]);
  if (rings.length !== 1 || positions.length < 4) return undefined;
  const points = positions.slice(0, -1).map((position) => {
    const [lon, lat] = listOf(position);
    return { lat: lat ?? null, lon: lon ?? null };
  });
  return [{ kind: 'polygon', points }];
}
