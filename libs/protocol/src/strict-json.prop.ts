import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalJson, digestOf } from './canonical.js';
import { ProtocolError } from './errors.js';
import { parseStrictJson, type JsonValue } from './strict-json.js';

/** The value, or `refused`; any other error is a failure of the reader. */
function read(text: string | Uint8Array): { value: JsonValue } | 'refused' {
  try {
    return { value: parseStrictJson(text) };
  } catch (error) {
    if (error instanceof ProtocolError) return 'refused';
    throw error;
  }
}

/** JSON text, often broken: a valid document with one piece removed, doubled or put in. */
const almostJson = fc
  .tuple(
    fc.json({ maxDepth: 4 }),
    fc.nat(),
    fc.nat({ max: 4 }),
    fc.constantFrom('', '"', '{', '}', '[', ']', ',', ':', '\\', '0', 'e', '\u0000', '\ud800', ' ', '{"a":1,"a":2}'),
  )
  .map(([text, at, cut, put]) => {
    const start = at % (text.length + 1);
    return text.slice(0, start) + put + text.slice(start + cut);
  });

it('reads whatever it accepts exactly as JSON.parse does', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), almostJson, fc.string({ unit: 'binary' })), (text) => {
      const result = read(text);
      if (result !== 'refused') expect(result.value).toEqual(JSON.parse(text));
    }),
    { numRuns: 2000 },
  );
});

const safeText = fc.string({ unit: 'grapheme' }).filter((text) => text.isWellFormed() && !text.includes('\u0000'));
const safeNumber = fc
  .oneof(fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }))
  .filter((number) => !Number.isInteger(number) || Number.isSafeInteger(number));
const safeJson = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constantFrom(null, true, false),
    safeNumber,
    safeText,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      safeText.filter((name) => !(name in Object.prototype)),
      tie('value'),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
})).value;

it('accepts every document of safe values, as bytes and as text alike', () => {
  fc.assert(
    fc.property(safeJson, (document) => {
      const text = JSON.stringify(document);
      const value = JSON.parse(text) as JsonValue;
      expect(read(text)).toEqual({ value });
      expect(read(Buffer.from(text))).toEqual({ value });
    }),
    { numRuns: 1000 },
  );
});

const escaped = (text: string) =>
  text
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

it('refuses every document with a member written twice, whatever its place (J07)', () => {
  const name = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => !(text in Object.prototype));
  fc.assert(
    fc.property(
      name,
      fc.boolean(),
      fc.nat({ max: 20 }),
      fc.jsonValue({ maxDepth: 2 }),
      fc.jsonValue({ maxDepth: 2 }),
      (member, escape, depth, first, second) => {
        const again = escape ? `"${escaped(member)}"` : JSON.stringify(member);
        const pair = `{${JSON.stringify(member)}:${JSON.stringify(first)},${again}:${JSON.stringify(second)}}`;
        expect(read(`${'['.repeat(depth)}${pair}${']'.repeat(depth)}`)).toBe('refused');
      },
    ),
  );
});

it('has one canonical text and one digest for a value, whatever the order and spacing of its members (J21)', () => {
  const reversed = (value: JsonValue): JsonValue => {
    if (Array.isArray(value)) return value.map(reversed);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(
      Object.entries(value)
        .toReversed()
        .map(([name, member]) => [name, reversed(member)]),
    );
  };
  fc.assert(
    fc.property(safeJson, (document) => {
      const value = JSON.parse(JSON.stringify(document)) as JsonValue;
      const again = parseStrictJson(JSON.stringify(reversed(value), null, 3));
      expect(canonicalJson(again)).toBe(canonicalJson(value));
      expect(digestOf(again)).toBe(digestOf(value));
    }),
  );
});
