import { Equals } from 'class-validator';
import { IsFiniteNumber, IsNestedList } from './field-rules.js';
import { IsKindList } from './kind-rules.js';

export const AREAS_MAX = 8;
export const POLYGON_POINTS_MAX = 100;

/** Degrees, WGS 84. `NaN`, `1e999` and what lies beyond the globe are refused (P13). */
export class GeoPoint {
  @IsFiniteNumber(-90, 90)
  lat: number;

  @IsFiniteNumber(-180, 180)
  lon: number;
}

export class CircleArea extends GeoPoint {
  @Equals('circle')
  kind: 'circle';

  @IsFiniteNumber(0.001, 10_000_000)
  radius_metres: number;
}

export class BoxArea {
  @Equals('box')
  kind: 'box';

  @IsFiniteNumber(-90, 90)
  south: number;

  @IsFiniteNumber(-180, 180)
  west: number;

  @IsFiniteNumber(-90, 90)
  north: number;

  @IsFiniteNumber(-180, 180)
  east: number;
}

export class PolygonArea {
  @Equals('polygon')
  kind: 'polygon';

  @IsNestedList(() => GeoPoint, POLYGON_POINTS_MAX, 3)
  points: GeoPoint[];
}

/** Whether an area is one on the earth (crossing itself, across the antimeridian ...) is for who searches it to say. */
export type QueryArea = CircleArea | BoxArea | PolygonArea;

const AREA_KINDS = { circle: CircleArea, box: BoxArea, polygon: PolygonArea };

export const IsAreaList = () => IsKindList(() => AREA_KINDS, AREAS_MAX);
