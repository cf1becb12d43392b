/** Degrees, WGS 84. */
export interface Point {
  readonly lat: number;
  readonly lon: number;
}

/** The mean radius (IUGG). */
export const EARTH_METRES = 6_371_009;

export function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}

/** On the sphere, by haversine. */
export function metresBetween(a: Point, b: Point): number {
  const half = (degrees: number): number => Math.sin(radians(degrees) / 2) ** 2;
  const chord = half(b.lat - a.lat) + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * half(b.lon - a.lon);
  return 2 * EARTH_METRES * Math.asin(Math.min(1, Math.sqrt(chord)));
}
