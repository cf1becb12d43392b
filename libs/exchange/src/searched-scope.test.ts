import { expect, it } from 'vitest';
import { Ask, parseMessage, type JsonObject } from '#protocol';
import { ASK } from '../../protocol/test/example-messages.js';
import { searchedScope } from './searched-scope.js';

const WINDOW = { from: '2026-11-01T00:00:00Z', until: '2026-11-02T00:00:00Z' };
const of = (query: JsonObject) => searchedScope(parseMessage(Ask, { ...ASK, query: { ...WINDOW, ...query } }).query);

it('P08: what a warrant has to cover are the very plates and areas of the ask', () => {
  const circle = { kind: 'circle', lat: 44, lon: -121, radius_metres: 500 };
  const points = [
    { lat: 44, lon: -121 },
    { lat: 45, lon: -121 },
    { lat: 45, lon: -120 },
  ];
  expect(of({ kind: 'near_scene', areas: [circle, { kind: 'polygon', points }] })).toEqual({
    plates: [],
    areas: [
      { kind: 'circle', lat: 44, lon: -121, radiusMetres: 500 },
      { kind: 'polygon', points },
    ],
  });
  expect(of({ kind: 'latest_sighting', plates: [{ text: 'ABC123' }] })).toEqual({ plates: ['ABC123'], areas: [] });
});
