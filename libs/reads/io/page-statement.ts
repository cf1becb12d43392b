import { coverOf } from '../src/area-cells.js';
import { formatInstant } from '../src/instant.js';
import type { ReadPosition } from '../src/read-position.js';
import { CAMERA_OWNER_CLASSES, type CameraOwnerClass } from '../src/read.js';
import { ReadsError } from '../src/reads-error.js';
import { areasOf, type ReadsQuery } from '../src/reads-query.js';
import { extentOf } from '../src/searched-areas.js';
import { VEHICLE_MEMBERS } from '../src/vehicle.js';
import { CELL_RESOLUTION, cellNumber } from './read-columns.js';
import { SELECTED } from './read-row.js';
import type { Statement } from './statement.js';

/** More cells than this are not looked up one by one: the window is walked through instead. */
const CELLS_MAX = 200;

/** What a page of a search looks at; every instant in milliseconds. */
export interface PageBounds {
  readonly cutoff: number | undefined;
  readonly cameraOwnerClasses: readonly CameraOwnerClass[];
  readonly after: ReadPosition | undefined;
  readonly rows: number;
}

export type PagedQuery = Exclude<ReadsQuery, { kind: 'latest_sighting' | 'travelling_together' }>;

/**
 * The statement that finds a page of candidates, the newest first; its areas are still to be checked exactly. `undefined`
 * where nothing can be found. Its text is put together from the constants of this file alone, and everything that was asked
 * travels as a parameter (P12, W10).
 */
export function pageStatement(query: PagedQuery, bounds: PageBounds): Statement | undefined {
  const { cutoff, cameraOwnerClasses, after, rows } = bounds;
  const from = Math.max(query.from, (cutoff ?? -1) + 1);
  const until = Math.min(query.until, (after?.seenAt ?? Infinity) + 1);
  if (from >= until) return undefined;
  const conditions = new Conditions();
  conditions.add('r.seen_at >= ?::timestamptz', formatInstant(from));
  conditions.add('r.seen_at < ?::timestamptz', formatInstant(until));
  if (after) {
    conditions.add('(r.seen_at < ?::timestamptz or r.id > ?::bigint)', formatInstant(after.seenAt), after.id);
  }
  if (cameraOwnerClasses.length < CAMERA_OWNER_CLASSES.length) {
    conditions.add('r.camera_owner_class = any(?::text[])', cameraOwnerClasses);
  }
  addOfKind(conditions, query);
  addAreas(conditions, areasOf(query));
  return [
    `select ${SELECTED} from plate_read r where ${conditions.text()}
     order by r.seen_at desc, r.id limit ${conditions.parameter('?::integer', rows)}`,
    conditions.values,
  ];
}

function addOfKind(conditions: Conditions, query: PagedQuery): void {
  switch (query.kind) {
    case 'plate_history': {
      const texts = query.plates.map((plate) => plate.text);
      const states = query.plates.map((plate) => plate.state ?? null);
      conditions.add('r.plate = any(?::text[])', texts);
      if (states.some((state) => state !== null)) {
        conditions.add(
          `exists (select from unnest(?::text[], ?::text[]) as asked (plate, plate_state)
             where asked.plate = r.plate and (asked.plate_state is null or asked.plate_state = r.plate_state))`,
          texts,
          states,
        );
      }
      return;
    }
    case 'partial_plate': {
      const { text, state } = query.pattern;
      // Only `?` becomes a wildcard of SQL; letters and digits are themselves, and nobody brings in anything else (P12).
      if (!/^[A-Z0-9?]{2,10}$/.test(text)) throw new ReadsError('pattern_invalid', 'a partial plate was not parsed');
      conditions.add('r.plate like ?::text', text.replaceAll('?', '_'));
      const end = /[^?]+$/.exec(text)?.[0];
      // Known characters at the end are found by the index on the plate from behind, where the beginning is not known.
      if (text.startsWith('?') && end !== undefined) {
        conditions.add('reverse(r.plate) like ?::text', `${Array.from(end).toReversed().join('')}%`);
      }
      if (state !== undefined) conditions.add('r.plate_state = ?::text', state);
      return;
    }
    case 'vehicle_description':
      for (const name of VEHICLE_MEMBERS) {
        const word = query.vehicle[name];
        if (word !== undefined) conditions.add(`r.${VEHICLE_COLUMNS[name]} = ?::text`, word);
      }
      return;
    case 'near_scene':
      return;
  }
}

const VEHICLE_COLUMNS = {
  make: 'vehicle_make',
  model: 'vehicle_model',
  colour: 'vehicle_colour',
  type: 'vehicle_type',
} as const;

/** Cells and a box around each area; what was stored before there were cells is looked at one by one. */
function addAreas(conditions: Conditions, areas: ReturnType<typeof areasOf>): void {
  if (areas.length === 0) return;
  const cover = coverOf(areas, CELL_RESOLUTION, CELLS_MAX);
  if (cover.finest) {
    conditions.add(
      '(r.cell = any(?::bigint[]) or (r.cell is null and r.lat is not null))',
      cover.cells.map(cellNumber),
    );
  }
  const extent = extentOf(areas);
  // Around a pole or the antimeridian there is none; the exact check stands behind.
  if (extent === undefined) {
    conditions.add('r.lat is not null');
    return;
  }
  conditions.add('r.lat between ?::float8 and ?::float8', extent.south, extent.north);
  conditions.add('r.lon between ?::float8 and ?::float8', extent.west, extent.east);
}

/** Conditions of a statement with their values, numbered in the order in which they are added. */
class Conditions {
  readonly values: unknown[] = [];
  readonly #texts: string[] = [];

  /** `text` is a constant of this file; each `?::` in it takes the next value. */
  add(text: string, ...values: readonly unknown[]): void {
    this.#texts.push(this.parameter(text, ...values));
  }

  parameter(text: string, ...values: readonly unknown[]): string {
    const before = this.values.length;
    this.values.push(...values);
    let taken = 0;
    return text.replaceAll('?::', () => `$${before + (taken += 1)}::`);
  }

  text(): string {
    return this.#texts.join(' and ');
  }
}
