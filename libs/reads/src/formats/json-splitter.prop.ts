import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonSplitter, RECORD_MAX } from './json-splitter.js';

function split(text: string, chunk = text.length || 1): { line: number; text: string }[] {
  const splitter = new JsonSplitter();
  const records = [];
  for (let at = 0; at < text.length; at += chunk) records.push(...splitter.push(text.slice(at, at + chunk)));
  records.push(...splitter.end());
  return records.map(({ line, text: found }) => ({ line, text: found }));
}
const texts = (text: string, chunk?: number) => split(text, chunk).map((record) => record.text);

describe('a file of JSON records', () => {
  it('comes apart, whichever way it holds them and wherever it is cut', () => {
    const record = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { minKeys: 1 });
    const records = fc.array(record, { minLength: 1, maxLength: 6 });
    const layout = fc.constantFrom<(values: object[]) => string>(
      (values) => values.map((value) => JSON.stringify(value)).join('\n'),
      (values) => `${values.map((value) => JSON.stringify(value)).join('\r\n\r\n')}\r\n`,
      (values) => values.map((value) => JSON.stringify(value, undefined, 2)).join('\n'),
      (values) => JSON.stringify(values),
      (values) => `\ufeff ${JSON.stringify(values, undefined, 1)}\n`,
    );
    fc.assert(
      fc.property(records, layout, fc.integer({ min: 1, max: 40 }), (values, write, chunk) => {
        // One object over many lines that is followed by nothing is a document like any other.
        const read = texts(write(values), chunk).map((text): unknown => JSON.parse(text));
        expect(read).toEqual(values.map((value): unknown => JSON.parse(JSON.stringify(value))));
      }),
    );
  });

  it('that has a broken line loses no other', () => {
    const good = '{"a":1}';
    expect(texts(`${good}\n{"a":\n${good}`)).toEqual([good, '{"a":', good]);
    expect(texts(`{"a":{\n${good}\n${good}\n`)).toEqual(['{"a":{', good, good]);
    expect(texts(`${good}\nplate,seen\n${good}`)).toEqual([good, 'plate,seen', good]);
  });

  it('that breaks off says so with a broken record', () => {
    expect(texts('[{"a":1},{"a":2}')).toEqual(['{"a":1}', '{"a":2}', '[']);
    expect(texts('[{"a":1},{"a":')).toEqual(['{"a":1}', '{"a":', '[']);
    expect(texts('{\n"a": 1')).toEqual(['{\n"a": 1']);
    expect(texts('[{"a":1}] x')).toEqual(['{"a":1}', 'x']);
  });

  it('holds nothing where it is blank', () => {
    expect(texts('')).toEqual([]);
    expect(texts(' \n\n ')).toEqual([]);
    expect(texts('[]')).toEqual([]);
  });

  it('tells the line on which each record begins', () => {
    expect(split('\n{"a":1}\n\n{"b":2}').map(({ line }) => line)).toEqual([2, 4]);
    expect(split('[\n {"a":\n 1},\n\n {"b":2}\n]', 3).map(({ line }) => line)).toEqual([2, 5]);
  });

  it('lets go of a record that is larger than any, and reads on', () => {
    const splitter = new JsonSplitter();
    const records = splitter.push('{"a":1}\n');
    for (let at = 0; at <= RECORD_MAX; at += 1024 * 1024) records.push(...splitter.push('x'.repeat(1024 * 1024)));
    records.push(...splitter.push('\n{"b":2}\n'), ...splitter.end());
    expect(records.map(({ line, text, isTooLarge }) => [line, text, isTooLarge])).toEqual([
      [1, '{"a":1}', false],
      [2, '', true],
      [3, '{"b":2}', false],
    ]);
  });
});
