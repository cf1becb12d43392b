import type { DataSource } from 'typeorm';
import { systemClock } from '#protocol/io';
import { CAMERA_OWNER_CLASSES, type QueryKind, type ReadsQuery } from '#reads';
import { ReadStore } from '#reads/io';
import { numbers, type GeneratedReads } from './generated-reads.js';
import { spreadOf, type Spread } from './percentile.js';

const HOUR_MS = 3_600_000;
const TIMES = 200;
const LIMIT = 1_000;

export interface MeasuredSearch {
  readonly name: string;
  readonly kind: QueryKind;
  /** Milliseconds. */
  readonly search: Spread;
  /** The index alone: one statement that finds the same rows' numbers, without transaction, rows or exact checks. */
  readonly bareIndex: Spread;
  readonly found: number;
}

interface Load {
  readonly name: string;
  readonly query: (next: () => number) => ReadsQuery;
  readonly bare: (query: ReadsQuery) => readonly [sql: string, values: readonly unknown[]];
}

/** Each kind by itself, one search after the other, with values that differ each time. */
export async function measureSearches(
  dataSource: DataSource,
  generated: GeneratedReads,
  say: (line: string) => void,
): Promise<MeasuredSearch[]> {
  const store = new ReadStore({ dataSource, clock: systemClock });
  const measured: MeasuredSearch[] = [];
  for (const { name, query, bare } of loads(generated)) {
    say(`search: ${name}`);
    const next = numbers(99);
    const queries = Array.from({ length: TIMES + 20 }, () => query(next));
    const [searched, alone]: [number[], number[]] = [[], []];
    let found = 0;
    for (const [index, asked] of queries.entries()) {
      const begun = performance.now();
      const { reads } = await store.search(asked, {
        limit: LIMIT,
        retentionMs: undefined,
        cameraOwnerClasses: CAMERA_OWNER_CLASSES,
      });
      const [sql, values] = bare(asked);
      const between = performance.now();
      await dataSource.query(sql, [...values]);
      // The first of each make plans and caches warm.
      if (index < 20) continue;
      searched.push(between - begun);
      alone.push(performance.now() - between);
      found += reads.length / TIMES;
    }
    const kind = queries[0]?.kind ?? 'plate_history';
    measured.push({ name, kind, search: spreadOf(searched), bareIndex: spreadOf(alone), found });
  }
  return measured;
}

function loads(generated: GeneratedReads): Load[] {
  const { from, until, places } = generated;
  const all = { from, until };
  const hours = (next: () => number, length: number) => {
    const start = from + Math.floor(next() * (until - from - length * HOUR_MS));
    return { from: start, until: start + length * HOUR_MS };
  };
  const rank = (next: () => number) => Math.floor(next() ** 2 * Math.max(1_000, generated.count / 3));
  const plates = (next: () => number) => [{ text: generated.plate(rank(next)) }] as const;
  const scene = (next: () => number, radiusMetres: number) => {
    const place = places[Math.floor(next() * places.length)] ?? { lat: 44, lon: -121 };
    return [{ kind: 'circle' as const, ...place, radiusMetres }];
  };
  return [
    {
      name: 'plate history, the whole time',
      query: (next) => ({ kind: 'plate_history', plates: plates(next), ...all }),
      bare: (query) => byPlate(query, `plate = $1 and ${WINDOW}`),
    },
    {
      name: 'latest sighting',
      query: (next) => ({ kind: 'latest_sighting', plates: plates(next), ...all }),
      bare: (query) => byPlate(query, `plate = $1 and ${WINDOW} order by seen_at desc limit 1`),
    },
    {
      name: 'near scene, 500 m and half an hour',
      query: (next) => ({ kind: 'near_scene', areas: scene(next, 500), ...hours(next, 0.5) }),
      bare: (query) => byTime(query, `order by seen_at desc limit ${LIMIT}`),
    },
    {
      name: 'near scene, 5 km and a day, first thousand',
      query: (next) => ({ kind: 'near_scene', areas: scene(next, 5_000), ...hours(next, 24) }),
      bare: (query) => byTime(query, `order by seen_at desc limit ${LIMIT}`),
    },
    {
      name: 'a red Volvo of a day',
      query: (next) => ({
        kind: 'vehicle_description',
        vehicle: { make: 'volvo', colour: 'red' },
        areas: [],
        ...hours(next, 24),
      }),
      bare: (query) => byTime(query, `and vehicle_make = 'volvo' order by seen_at desc limit ${LIMIT}`),
    },
    {
      name: 'partial plate, the beginning known, a day',
      query: (next) => {
        const [{ text }] = plates(next);
        return { kind: 'partial_plate', pattern: { text: `${text.slice(0, 4)}??` }, areas: [], ...hours(next, 24) };
      },
      bare: (query) => byPattern(query),
    },
    {
      name: 'partial plate, the end known, a day',
      query: (next) => {
        const [{ text }] = plates(next);
        return { kind: 'partial_plate', pattern: { text: `??${text.slice(2)}` }, areas: [], ...hours(next, 24) };
      },
      bare: (query) => byPattern(query),
    },
    {
      name: 'partial plate, only the middle known, an hour',
      query: (next) => {
        const [{ text }] = plates(next);
        return { kind: 'partial_plate', pattern: { text: `?${text.slice(1, 5)}?` }, areas: [], ...hours(next, 1) };
      },
      bare: (query) => byPattern(query),
    },
    {
      name: 'travelling together within 30 s, three days',
      query: (next) => {
        const whole = Math.min(3 * 24, (until - from) / HOUR_MS);
        return { kind: 'travelling_together', plates: plates(next), withinSeconds: 30, ...hours(next, whole) };
      },
      bare: (query) => byPlate(query, `plate = $1 and ${WINDOW}`),
    },
  ];
}

const WINDOW = 'seen_at >= $2::timestamptz and seen_at < $3::timestamptz';

function windowOf(query: ReadsQuery): [string, string] {
  return [new Date(query.from).toISOString(), new Date(query.until).toISOString()];
}

function byPlate(query: ReadsQuery, where: string): [string, unknown[]] {
  const plate = 'plates' in query ? query.plates[0]?.text : '';
  return [`select id from plate_read where ${where}`, [plate, ...windowOf(query)]];
}

function byTime(query: ReadsQuery, rest: string): [string, unknown[]] {
  const window = WINDOW.replace('$2', '$1').replace('$3', '$2');
  return [`select id from plate_read where ${window} ${rest}`, windowOf(query)];
}

function byPattern(query: ReadsQuery): [string, unknown[]] {
  const pattern = query.kind === 'partial_plate' ? query.pattern.text.replaceAll('?', '_') : '';
  return [`select id from plate_read where plate like $1::text and ${WINDOW}`, [pattern, ...windowOf(query)]];
}
