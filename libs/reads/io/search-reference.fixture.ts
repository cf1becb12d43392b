import type { Area } from '#policy';
import type { UnstoredRead } from '../src/read.js';
import type { ReadsQuery, TravellingTogether } from '../src/reads-query.js';

/** A stored read and its place in the order of storing. */
export interface Numbered {
  readonly read: UnstoredRead;
  readonly number: number;
}

/** The slow, obvious search: asks of one read whether the query means it. */
export function isAskedFor(query: ReadsQuery, read: UnstoredRead): boolean {
  if (read.seenAt < query.from || read.seenAt >= query.until) return false;
  switch (query.kind) {
    case 'plate_history':
    case 'latest_sighting':
    case 'travelling_together':
      return query.plates.some(
        ({ text, state }) => text === read.plate && (state === undefined || state === read.plateState),
      );
    case 'near_scene':
      return isInOne(query.areas, read);
    case 'vehicle_description': {
      const { make, model, colour, type } = query.vehicle;
      const seen = read.vehicle ?? {};
      if (make !== undefined && make !== seen.make) return false;
      if (model !== undefined && model !== seen.model) return false;
      if (colour !== undefined && colour !== seen.colour) return false;
      if (type !== undefined && type !== seen.type) return false;
      return query.areas.length === 0 || isInOne(query.areas, read);
    }
    case 'partial_plate': {
      const { text, state } = query.pattern;
      if (text.length !== read.plate.length) return false;
      for (let at = 0; at < text.length; at += 1) if (text[at] !== '?' && text[at] !== read.plate[at]) return false;
      if (state !== undefined && state !== read.plateState) return false;
      return query.areas.length === 0 || isInOne(query.areas, read);
    }
  }
}

/** Of reads in their order, the first of each plate. */
export function newestOfEach(reads: readonly UnstoredRead[]): UnstoredRead[] {
  return reads.filter((read, index) => reads.findIndex((other) => other.plate === read.plate) === index);
}

/** Every pair of a sighting and another read is looked at. */
export function companionsOf(query: TravellingTogether, kept: readonly Numbered[]): UnstoredRead[] {
  const sightings = kept.filter(({ read }) => isAskedFor(query, read)).map(({ read }) => read);
  const passed = kept.filter(
    ({ read }) =>
      read.plate !== query.plates[0].text &&
      !read.nonPlate &&
      read.seenAt >= query.from &&
      read.seenAt < query.until &&
      sightings.some(
        (seen) => seen.device === read.device && Math.abs(seen.seenAt - read.seenAt) <= query.withinSeconds * 1_000,
      ),
  );
  const companions = [...new Set(passed.map(({ read }) => read.plate))].map((plate) => {
    const reads = passed
      .filter(({ read }) => read.plate === plate)
      .toSorted((a, b) => b.read.seenAt - a.read.seenAt || a.number - b.number)
      .map(({ read }) => read);
    const spots = reads.flatMap(({ location }) => (location ? [spot(location)] : []));
    const nameless = reads.flatMap(({ location, device }) => (location ? [] : [device]));
    return { plate, reads, places: Math.max(new Set(spots).size, new Set(nameless).size) };
  });
  return companions
    .filter(({ places }) => places > 1)
    .toSorted((a, b) => b.places - a.places || b.reads.length - a.reads.length || (a.plate < b.plate ? -1 : 1))
    .flatMap(({ reads }) => reads);
}

/** To a decimetre: the same grid point comes out of two sums with another last bit. */
function spot({ lat, lon }: { lat: number; lon: number }): string {
  return `${lat.toFixed(6)} ${lon.toFixed(6)}`;
}

function isInOne(areas: readonly Area[], { location }: UnstoredRead): boolean {
  return location !== undefined && areas.some((area) => isInArea(area, location));
}

function isInArea(area: Area, { lat, lon }: { lat: number; lon: number }): boolean {
  switch (area.kind) {
    case 'circle': {
      // The chord between two points of the unit sphere, straight through the earth.
      const [a, b] = [onSphere(area.lat, area.lon), onSphere(lat, lon)];
      const chord = Math.hypot(...a.map((value, axis) => value - (b[axis] ?? 0)));
      return 2 * 6_371_009 * Math.asin(chord / 2) <= area.radiusMetres;
    }
    case 'box':
      return lat >= area.south && lat <= area.north && lon >= area.west && lon <= area.east;
    case 'polygon': {
      // From inside, the corners are seen in a full turn.
      const angles = area.points.map((corner) => Math.atan2(corner.lat - lat, corner.lon - lon));
      const turns = angles.map((angle, index) => {
        const turn = (angles[(index + 1) % angles.length] ?? 0) - angle;
        return turn > Math.PI ? turn - 2 * Math.PI : turn < -Math.PI ? turn + 2 * Math.PI : turn;
      });
      return Math.abs(turns.reduce((sum, turn) => sum + turn, 0)) > Math.PI;
    }
  }
}

function onSphere(lat: number, lon: number): [number, number, number] {
  const [phi, lambda] = [(lat * Math.PI) / 180, (lon * Math.PI) / 180];
  return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)];
}
