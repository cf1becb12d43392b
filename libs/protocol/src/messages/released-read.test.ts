import { expect, it } from 'vitest';
import type { ProtocolError } from '../errors.js';
import type { JsonObject } from '../strict-json.js';
import { ReleasedRead } from './outcome.js';
import { parseMessage } from './parse-message.js';

const AT = { seen_at: '2026-11-12T08:30:00Z' };

function read(value: JsonObject): string {
  try {
    parseMessage(ReleasedRead, { ...AT, ...value });
    return 'read';
  } catch (error) {
    return (error as ProtocolError).message;
  }
}

it('a released read has its plate, or the pseudonym of a companion in its place', () => {
  expect(read({ plate: 'ABC123' })).toBe('read');
  expect(read({ companion: 'A'.repeat(43) })).toBe('read');
  expect(read({ plate: 'ABC123', companion: 'A'.repeat(43) })).toBe('read');
  expect(read({})).toContain('`plate` fails');
  expect(read({ plate: '', companion: 'A'.repeat(43) })).toContain('`plate` fails');
  expect(read({ plate: null, companion: 'A'.repeat(43) })).toContain('`plate` fails');
  expect(read({ companion: 'CMP5678' })).toContain('`companion` fails');
});

it('P12: other readings of a plate are plates, and what is coarse says how coarse in whole numbers', () => {
  const full = { plate: 'ABC123', vehicle: { make: 'ford' }, direction: 359.5, candidates: [{ text: 'A8C123' }] };
  expect(read({ ...full, place_precision_metres: 500, time_precision_seconds: 900 })).toBe('read');
  expect(read({ ...full, candidates: [{ text: 'A%C123' }] })).toContain('`candidates.0.text` fails');
  expect(read({ ...full, candidates: [] })).toContain('`candidates` fails');
  expect(read({ ...full, direction: 361 })).toContain('`direction` fails');
  expect(read({ ...full, place_precision_metres: 0.5 })).toContain('`place_precision_metres` fails');
  expect(read({ ...full, vehicle: { make: 'ford', owner: 'x' } })).toContain('(unknown member)');
});
