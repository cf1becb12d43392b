import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvCell, rejectedHeaderLine, rejectedLine } from './rejected-row.js';

describe('the rejected-rows file', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx'])(
    'leads a cell that a spreadsheet would run by an apostrophe (W21): %j',
    (text) => {
      expect(csvCell(text)).toBe(`"'${text}"`);
    },
  );

  it('leaves other cells as they are, quoted', () => {
    expect(csvCell('P015783')).toBe('"P015783"');
    expect(csvCell('a "b", c')).toBe('"a ""b"", c"');
    expect(csvCell(' =1')).toBe('" =1"');
  });

  it('names line and reason before the cells, also under a hostile header (W21)', () => {
    expect(rejectedHeaderLine(['plate', '=cmd'])).toBe('"line","reason","plate","\'=cmd"\r\n');
    expect(rejectedLine({ line: 7, reason: 'plate_wildcard', cells: ['A%', '-122.3'] })).toBe(
      '"7","plate_wildcard","A%","\'-122.3"\r\n',
    );
  });

  it('holds every cell whatever it is, and no cell that begins as a formula (W21)', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 }), (cells) => {
        const line = rejectedLine({ line: 1, reason: 'column_count', cells });
        const [back] = parse(line, { record_delimiter: '\r\n' });
        const texts = (back ?? []).slice(2).map(String);
        expect(texts.some((text) => /^[=+\-@\t\r]/.test(text))).toBe(false);
        expect(texts.map((text, index) => (text === `'${cells[index]}` ? text.slice(1) : text))).toEqual(cells);
      }),
    );
  });
});
