import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject, type JsonValue } from '#protocol';
import { isNormalisedPlate } from '../plate.js';
import { FORMAT_NAMES } from './format-names.js';
import { documentValue, readDocument, readRecord } from './read-document.js';
import {
  aFrigateEvent,
  aNiemRead,
  anAlert,
  anAxisEvent,
  aRekorGroup,
  aSharpVFile,
  aSharpVRead,
  aStreamHook,
  aStreamRow,
  CONTEXT,
  NOW,
} from './records.fixture.js';

const records: JsonObject[] = [
  aRekorGroup(),
  aStreamHook(),
  aStreamRow(),
  aFrigateEvent('update'),
  aSharpVRead(),
  documentValue(aSharpVFile()) as JsonObject,
  documentValue(anAlert()) as JsonObject,
  anAxisEvent('update'),
  aNiemRead(),
];
const junk = fc.oneof(
  fc.constantFrom<JsonValue>(
    null,
    '',
    0,
    -1,
    1e308,
    '0x10',
    [],
    {},
    true,
    '%',
    '\u0000',
    'A'.repeat(500),
    [[]],
    [null],
  ),
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<JsonValue>,
);

/** The record with one of its members, at any depth, replaced. */
function changed(value: JsonValue, at: number, by: JsonValue): JsonValue {
  let left = at;
  const walk = (part: JsonValue): JsonValue => {
    if (left-- === 0) return by;
    if (Array.isArray(part)) return part.map(walk);
    if (!isJsonObject(part)) return part;
    return Object.fromEntries(Object.entries(part).map(([name, member]) => [name, walk(member)]));
  };
  return walk(value);
}

describe('whatever a record holds', () => {
  it('every outcome is a well-formed read, a rejection with a reason, or passed over; nothing is thrown', () => {
    const record = fc
      .tuple(fc.constantFrom(...records), fc.nat(40), junk)
      .map(([whole, at, by]) => changed(whole, at, by));
    fc.assert(
      fc.property(fc.constantFrom(...FORMAT_NAMES), fc.oneof(record, junk), (format, value) => {
        for (const outcome of readRecord(format, { value }, CONTEXT)) {
          if (outcome.kind !== 'read') continue;
          const { plate, seenAt, confidence, location, direction, candidates = [] } = outcome.read;
          expect(isNormalisedPlate(plate)).toBe(true);
          expect(Number.isSafeInteger(seenAt) && seenAt > 0 && seenAt < NOW + 86_400_001).toBe(true);
          expect(confidence === undefined || (confidence >= 0 && confidence <= 1)).toBe(true);
          expect(direction === undefined || (direction >= 0 && direction < 360)).toBe(true);
          expect(location === undefined || (Math.abs(location.lat) <= 90 && Math.abs(location.lon) <= 180)).toBe(true);
          expect(candidates.every(({ text }) => isNormalisedPlate(text) && text !== plate)).toBe(true);
        }
      }),
      { numRuns: 1_500 },
    );
  });

  it('no document throws, and none is read twice', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...FORMAT_NAMES),
        fc.oneof(fc.string(), fc.uint8Array({ maxLength: 80 })),
        (format, document) => {
          for (const outcome of readDocument(format, document, CONTEXT)) expect(outcome.kind).not.toBe('read');
        },
      ),
    );
  });
});
