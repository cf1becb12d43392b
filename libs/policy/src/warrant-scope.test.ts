import { describe, expect, test } from 'vitest';
import type { Area } from './area.js';
import { narrowToWarrant, outsideWarrant, type WarrantedQuery } from './warrant-scope.js';
import type { Warrant } from './warrant.js';

const HOUR_MS = 60 * 60 * 1000;
const NOW = Date.parse('2026-11-22T08:00:00Z');

const scene: Area = { kind: 'circle', lat: 44.06, lon: -121.31, radiusMetres: 500 };
const town: Area = { kind: 'box', south: 44, west: -121.4, north: 44.1, east: -121.2 };

const warrant: Warrant = {
  class: 'warrant',
  signedBy: 'court',
  issuer: 'https://court.example',
  digest: 'order-1',
  committedDigest: 'order-1',
  validFromMs: NOW - HOUR_MS,
  validUntilMs: NOW + HOUR_MS,
  revoked: false,
  kinds: ['plate_history', 'near_scene'],
  plates: ['WA 7ABC123', 'WA 8DEF456'],
  areas: [town],
  window: { fromMs: NOW - 48 * HOUR_MS, untilMs: NOW - 24 * HOUR_MS },
  offences: ['120'],
  caseNumber: '26-0132',
  usesAllowed: 3,
  usesSpent: 2,
};

const query: WarrantedQuery = {
  class: 'warrant',
  kind: 'plate_history',
  plates: ['WA 7ABC123'],
  areas: [scene],
  window: { fromMs: NOW - 30 * HOUR_MS, untilMs: NOW - 25 * HOUR_MS },
  offence: '120',
  caseNumber: '26-0132',
};

const outside = (by: Partial<Warrant>, asked: Partial<WarrantedQuery> = {}, now = NOW): string[] =>
  outsideWarrant({ ...warrant, ...by }, { ...query, ...asked }, now).map(({ code, of }) => `${of}: ${code}`);

describe('a query and the warrant that has to cover it', () => {
  test('lies inside it where everything that it bounds is kept', () => {
    expect(outside({})).toEqual([]);
  });

  test('P08: a plate that is not named is outside, and the plate is not repeated', () => {
    const problems = outsideWarrant(warrant, { ...query, plates: ['WA 7ABC123', 'WA 9GHI789'] }, NOW);
    expect(problems).toMatchObject([{ code: 'outside_warrant', of: 'plates', found: '1 not named in it' }]);
    expect(JSON.stringify(problems)).not.toContain('9GHI789');
  });

  test('P08: a warrant on plates covers no search without a plate', () => {
    expect(outside({}, { plates: [] })).toEqual(['plates: outside_warrant']);
  });

  test('P12: plates are compared character by character, without wildcards', () => {
    expect(outside({ plates: ['WA 7ABC12_', 'WA 7ABC*', 'WA %'] })).toEqual(['plates: outside_warrant']);
    expect(outside({ plates: ['wa 7abc123'] })).toEqual(['plates: outside_warrant']);
  });

  test('P08: an area that reaches out of the warrant is outside, however little', () => {
    const edge: Area = { ...scene, lat: 44.098 };
    expect(outside({}, { areas: [edge] })).toEqual(['area: outside_warrant']);
    expect(outside({}, { areas: [scene, edge] })).toEqual(['area: outside_warrant']);
  });

  test('P08: a warrant on an area covers no search of everywhere', () => {
    expect(outside({}, { areas: [] })).toEqual(['area: outside_warrant']);
  });

  test('P13: what is no area on the earth is inside of nothing', () => {
    const wrong: Area[] = [
      { ...scene, lat: Number.NaN },
      { ...scene, radiusMetres: Infinity },
      { ...scene, radiusMetres: -500 },
      { ...scene, lat: -121.31, lon: 44.06 },
      { ...town, north: 43 },
      { ...town, west: 179, east: -179 },
    ];
    for (const area of wrong) expect(outside({}, { areas: [area] })).toEqual(['area: warrant_malformed']);
    for (const area of wrong) expect(outside({ areas: [area] })).toEqual(['area: outside_warrant']);
  });

  test('P08: time before or after what the warrant names is outside, to the millisecond', () => {
    const { window } = warrant;
    if (window === 'any') throw new Error('a window is expected');
    expect(outside({}, { window })).toEqual([]);
    for (const wider of [
      { ...window, fromMs: window.fromMs - 1 },
      { ...window, untilMs: window.untilMs + 1 },
      { fromMs: window.untilMs, untilMs: window.fromMs },
      { fromMs: Number.NaN, untilMs: window.untilMs },
    ]) {
      expect(outside({}, { window: wider })).toEqual(['window: outside_warrant']);
    }
  });

  test('P08: another offence, another kind of query and another class are outside', () => {
    expect(outside({}, { offence: '240' })).toEqual(['offence: outside_warrant']);
    expect(outside({}, { kind: 'travelling_together' })).toEqual(['kind: outside_warrant']);
    expect(outside({ class: 'court-order' })).toEqual(['class: warrant_mismatch']);
  });

  test('P08: expired, future and revoked', () => {
    expect(outside({}, {}, warrant.validUntilMs)).toEqual(['validity: warrant_not_in_force']);
    expect(outside({}, {}, warrant.validUntilMs - 1)).toEqual([]);
    expect(outside({}, {}, warrant.validFromMs)).toEqual([]);
    expect(outside({}, {}, warrant.validFromMs - 1)).toEqual(['validity: warrant_not_in_force']);
    expect(outside({}, {}, Number.NaN)).toEqual(['validity: warrant_not_in_force']);
    expect(outside({ revoked: true })).toEqual(['revocation: warrant_revoked']);
  });

  test('P08: the digest of another document', () => {
    expect(outside({ digest: 'order-2' })).toEqual(['document: warrant_mismatch']);
  });

  test('P09: used as often as it allows, and used in another case', () => {
    expect(outside({ usesSpent: 3 })).toEqual(['uses: warrant_used_up']);
    expect(outside({ usesSpent: Number.NaN })).toEqual(['uses: warrant_used_up']);
    expect(outside({ usesAllowed: 'any', usesSpent: 500 })).toEqual([]);
    expect(outside({}, { caseNumber: '26-0133' })).toEqual(['case: outside_warrant']);
  });

  test('what it does not bound is said to be `any`', () => {
    const any = { plates: 'any', areas: 'any', window: 'any', kinds: 'any', offences: 'any' } as const;
    const asked = { plates: [], areas: [], window: { fromMs: 0, untilMs: 1 }, kind: 'near_scene', offence: '240' };
    expect(outside(any, asked)).toEqual([]);
  });

  test('everything that is outside is listed, not only the first', () => {
    expect(outside({ revoked: true, usesSpent: 9 }, { plates: ['X'], offence: '240' })).toHaveLength(4);
  });
});

describe('a query cut to its warrant, for a rule that allows that', () => {
  test('P08: keeps what the warrant covers and says what was cut', () => {
    const wide: WarrantedQuery = {
      ...query,
      plates: ['WA 7ABC123', 'X'],
      areas: [scene, { ...scene, lat: 10 }],
      window: { fromMs: 0, untilMs: NOW },
    };
    const narrowed = narrowToWarrant(warrant, wide);
    expect(narrowed?.cuts.map(({ of }) => of)).toEqual(['plates', 'area', 'window']);
    expect(narrowed?.query).toMatchObject({ plates: ['WA 7ABC123'], areas: [scene], window: warrant.window });
    if (narrowed === undefined) throw new Error('something is left');
    expect(outsideWarrant(warrant, narrowed.query, NOW)).toEqual([]);
  });

  test('is the query itself where nothing is outside', () => {
    expect(narrowToWarrant(warrant, query)).toEqual({ query, cuts: [] });
  });

  test('is nothing where nothing is left', () => {
    expect(narrowToWarrant(warrant, { ...query, plates: ['X'] })).toBeUndefined();
    expect(narrowToWarrant(warrant, { ...query, areas: [{ ...scene, lat: 10 }] })).toBeUndefined();
    expect(narrowToWarrant(warrant, { ...query, window: { fromMs: NOW, untilMs: NOW + 1 } })).toBeUndefined();
  });

  test('never heals another document, another case or an end', () => {
    const narrowed = narrowToWarrant({ ...warrant, revoked: true }, { ...query, caseNumber: '26-0133' });
    if (narrowed === undefined) throw new Error('something is left');
    expect(outsideWarrant({ ...warrant, revoked: true }, narrowed.query, NOW).map(({ of }) => of)).toEqual([
      'revocation',
      'case',
    ]);
  });
});
