import { describe, expect, it } from 'vitest';
import { ASK } from '../../test/example-messages.js';
import type { ProtocolError } from '../errors.js';
import type { JsonObject, JsonValue } from '../strict-json.js';
import { Ask } from './ask.js';
import { parseMessage } from './parse-message.js';
import { QueryFacts } from './query-facts.js';

const WINDOW = { from: '2026-11-01T00:00:00-07:00', until: '2026-11-02T00:00:00-07:00' };
const CIRCLE = { kind: 'circle', lat: 44.05, lon: -121.3, radius_metres: 500 };
const BOX = { kind: 'box', south: 44, west: -121.4, north: 44.1, east: -121.3 };
const POINTS = [
  { lat: 44, lon: -121 },
  { lat: 44.1, lon: -121 },
  { lat: 44, lon: -121.1 },
];
const POLYGON = { kind: 'polygon', points: POINTS };
const PLATES = { plates: [{ text: 'ABC123', state: 'OR' }] };
const DIGEST = 'A'.repeat(43);

const QUERIES: Readonly<Record<string, JsonObject>> = {
  plate_history: PLATES,
  latest_sighting: PLATES,
  near_scene: { areas: [CIRCLE, BOX, POLYGON] },
  vehicle_description: { vehicle: { make: 'Ford', colour: 'blue' }, areas: [CIRCLE] },
  partial_plate: { pattern: { text: 'AB?12?', state: 'OR' } },
  travelling_together: { ...PLATES, within_seconds: 60, reveal: { release: DIGEST, companions: [DIGEST] } },
  passed_twice: { areas: [BOX] },
};

function read(query: JsonObject): string {
  try {
    return parseMessage(Ask, { ...ASK, query: { ...WINDOW, ...query } }).query.kind;
  } catch (error) {
    return (error as ProtocolError).message;
  }
}

const partial = (text: string) => read({ kind: 'partial_plate', pattern: { text } });
const near = (area: JsonObject) => read({ kind: 'near_scene', areas: [area] });

function facts(given: JsonObject): string {
  try {
    return parseMessage(QueryFacts, { ...WINDOW, ...given }).kind;
  } catch (error) {
    return (error as ProtocolError).message;
  }
}

describe('a query', () => {
  it.each(Object.entries(QUERIES))('of the kind %s is read by the class of its kind', (kind, members) => {
    expect(read({ kind, ...members })).toBe(kind);
  });

  it('P16: claims no kind and has the members of another', () => {
    for (const [kind, members] of Object.entries(QUERIES)) {
      for (const [claimed, own] of Object.entries(QUERIES)) {
        const same = Object.keys(own).join() === Object.keys(members).join();
        if (!same) expect(`${claimed} ${read({ kind: claimed, ...members })}`).toMatch(/fails/);
      }
      expect(read({ kind, ...members, prompt: 'a red car' })).toContain('`query.(unknown member)` fails');
    }
  });

  it.each([['search'], ['constructor'], ['__proto__'], [7], [null]])('of no known kind (%s) is refused', (kind) => {
    expect(read({ kind, ...PLATES })).toMatch(/`query.kind` fails/);
  });

  it('P12: holds no wildcard but one `?` for one character, and at least one character that is known', () => {
    for (const text of ['A?', '?A', 'A????????9', '???7???']) expect(partial(text)).toBe('partial_plate');
    for (const text of ['ABC123', '???', '?', 'AB%1', 'A_?', 'A*?', 'ab?', 'Ａ?', 'A?\n', 'A?.', 'A????????99', '']) {
      expect([text, partial(text)]).toEqual([text, expect.stringContaining('`query.pattern.text` fails')]);
    }
  });

  it('P13: takes no place that is not on the earth, no swapped coordinates, no number that is none', () => {
    expect(near({ ...CIRCLE, lat: -121.3, lon: 44.05 })).toContain('`query.areas.0.lat` fails');
    expect(near({ ...CIRCLE, radius_metres: 0 })).toContain('`query.areas.0.radius_metres` fails');
    expect(near({ ...CIRCLE, radius_metres: 1e8 })).toContain('`query.areas.0.radius_metres` fails');
    expect(near({ ...BOX, east: 180.5 })).toContain('`query.areas.0.east` fails');
    expect(near({ kind: 'polygon', points: POINTS.slice(1) })).toContain('`query.areas.0.points` fails');
    const many = Array.from({ length: 101 }, (_, index) => ({ lat: index / 10, lon: 0 }));
    expect(near({ kind: 'polygon', points: many })).toContain('`query.areas.0.points` fails');
    expect(near({ ...CIRCLE, kind: 'box' })).toContain('(unknown member)');
    expect(near({ ...CIRCLE, kind: 'planet' })).toContain('`query.areas.0.kind` fails');
    expect(read({ kind: 'near_scene', areas: [] })).toContain('`query.areas` fails');
    expect(read({ kind: 'near_scene', areas: Array.from({ length: 9 }, () => CIRCLE) })).toContain('`query.areas`');
    expect(read({ kind: 'near_scene', areas: { 0: CIRCLE } })).toContain('`query.areas` fails');
  });

  it('describes a vehicle by something, and follows one plate alone', () => {
    expect(read({ kind: 'vehicle_description', vehicle: {} })).toContain('`query.vehicle` fails');
    const two = [{ text: 'ABC123' }, { text: 'ABC124' }];
    expect(read({ kind: 'travelling_together', plates: two, within_seconds: 60 })).toContain('`query.plates` fails');
    expect(read({ kind: 'travelling_together', ...PLATES, within_seconds: 601 })).toContain('`query.within_seconds`');
    const twice = { release: DIGEST, companions: [DIGEST, DIGEST] };
    expect(read({ ...QUERIES['travelling_together'], kind: 'travelling_together', reveal: twice })).toContain(
      '`query.reveal.companions` fails',
    );
  });
});

describe('what of a query stands in the clear', () => {
  const area = { count: 1, square_km: 0.79, cells: ['8428309ffffffff'] };
  it('is there exactly where the kind has it (P16)', () => {
    const of: Readonly<Record<string, JsonObject>> = {
      plate_history: { plate_count: 1 },
      latest_sighting: { plate_count: 20 },
      near_scene: { area },
      partial_plate: { characters: 4 },
      travelling_together: { plate_count: 1 },
      unusual_travel: { area },
    };
    for (const [kind, own] of Object.entries(of)) {
      expect(facts({ kind, ...own })).toBe(kind);
      const [name = ''] = Object.keys(own);
      expect(facts({ kind })).toContain(`\`${name}\` fails`);
      for (const foreign of [{ plate_count: 1 }, { characters: 4 }, { area }] as JsonObject[]) {
        const [member = ''] = Object.keys(foreign);
        const allowed = member in own || (kind === 'partial_plate' && member === 'area');
        if (!allowed)
          expect(facts({ kind, ...own, ...foreign })).toBe(`not acceptable: \`${member}\` fails isFactOfKind`);
      }
    }
    expect(facts({ kind: 'vehicle_description' })).toBe('vehicle_description');
    expect(facts({ kind: 'vehicle_description', area })).toBe('vehicle_description');
  });

  it('names cells of one resolution in one order, each once', () => {
    const cells = (given: JsonValue) => facts({ kind: 'near_scene', area: { ...area, cells: given } });
    expect(cells(['8428301ffffffff', '8428309ffffffff'])).toBe('near_scene');
    for (const wrong of [[], ['8428309ffffffff', '8428301ffffffff'], ['8428309ffffffff', '8428309ffffffff']]) {
      expect(cells(wrong)).toContain('`area.cells` fails');
    }
    expect(cells(['8528308bfffffff'])).toContain('`area.cells` fails');
    expect(facts({ kind: 'near_scene', area: { ...area, square_km: 0 } })).toContain('`area.square_km` fails');
  });
});
