/** A circle, or a box between two meridians and two parallels. Degrees, WGS 84. A box across the antimeridian is two. */
export type Area =
  | { readonly kind: 'circle'; readonly lat: number; readonly lon: number; readonly radiusMetres: number }
  | {
      readonly kind: 'box';
      readonly south: number;
      readonly west: number;
      readonly north: number;
      readonly east: number;
    };

/** The mean radius (IUGG). A ring of safety below covers what the ellipsoid differs from it. */
const EARTH_METRES = 6_371_009;
const TOLERANCE = 1.006;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;
const between = (value: number, min: number, max: number): boolean => value >= min && value <= max;

/** On the earth, not turned inside out, not larger than half of it. What is no number is not well formed (P13). */
export function isWellFormedArea(area: Area): boolean {
  switch (area.kind) {
    case 'circle':
      return (
        between(area.lat, -90, 90) && between(area.lon, -180, 180) && between(area.radiusMetres, 0.001, 10_000_000)
      );
    case 'box':
      return (
        between(area.south, -90, 90) &&
        between(area.north, -90, 90) &&
        between(area.west, -180, 180) &&
        between(area.east, -180, 180) &&
        area.south < area.north &&
        area.west < area.east
      );
  }
}

/**
 * Whether every point of `inner` lies in `outer`. Where that is a close call it says no: a search at the very edge of a
 * warrant is outside of it.
 */
export function containsArea(outer: Area, inner: Area): boolean {
  if (!isWellFormedArea(outer) || !isWellFormedArea(inner)) return false;
  if (outer.kind === 'circle') return farthest(outer, inner) <= outer.radiusMetres;
  const box = inner.kind === 'box' ? inner : boxAround(inner);
  return (
    box !== undefined &&
    box.south >= outer.south &&
    box.north <= outer.north &&
    box.west >= outer.west &&
    box.east <= outer.east
  );
}

type Circle = Extract<Area, { kind: 'circle' }>;
type Box = Extract<Area, { kind: 'box' }>;

/** An upper bound of how far any point of `inner` is from the centre. */
function farthest(centre: Circle, inner: Area): number {
  if (inner.kind === 'circle') {
    const same = inner.lat === centre.lat && inner.lon === centre.lon;
    return same ? inner.radiusMetres : metresBetween(centre, inner) * TOLERANCE + inner.radiusMetres;
  }
  const { south, north, west, east } = inner;
  const lat = (south + north) / 2;
  const lon = (west + east) / 2;
  const corners = [south, north].flatMap((cornerLat) =>
    [west, east].map((cornerLon) => ({ lat: cornerLat, lon: cornerLon })),
  );
  // Within a box nothing is farther from its middle than a corner: the distance grows with the difference of longitude,
  // and along a meridian it has no maximum but at an end.
  const middle = { lat, lon };
  const reach = Math.max(...corners.map((corner) => metresBetween(middle, corner)));
  return (metresBetween(centre, middle) + reach) * TOLERANCE;
}

/** `undefined` where the circle reaches a pole or the antimeridian, where no box is around it. */
function boxAround({ lat, lon, radiusMetres }: Circle): Box | undefined {
  const angle = (radiusMetres * TOLERANCE) / EARTH_METRES;
  const south = lat - (angle * 180) / Math.PI;
  const north = lat + (angle * 180) / Math.PI;
  if (south <= -90 || north >= 90) return undefined;
  const ratio = Math.sin(angle) / Math.cos(radians(lat));
  if (!(ratio < 1)) return undefined;
  const width = (Math.asin(ratio) * 180) / Math.PI;
  if (lon - width < -180 || lon + width > 180) return undefined;
  return { kind: 'box', south, north, west: lon - width, east: lon + width };
}

/** Haversine. */
function metresBetween(a: { lat: number; lon: number }, b: { lat: number; lon: number }): number {
  const half = (degrees: number): number => Math.sin(radians(degrees) / 2) ** 2;
  const chord = half(b.lat - a.lat) + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * half(b.lon - a.lon);
  return 2 * EARTH_METRES * Math.asin(Math.min(1, Math.sqrt(chord)));
}
