import { describe, expect, it } from 'vitest';
import { formatTraceparent, parseTraceparent } from './traceparent.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('a traceparent', () => {
  it('is read and written back', () => {
    const text = `00-${TRACE}-${SPAN}-01`;
    expect(parseTraceparent(text)).toEqual({ traceId: TRACE, spanId: SPAN, sampled: true });
    expect(formatTraceparent({ traceId: TRACE, spanId: SPAN, sampled: true })).toBe(text);
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-00`)?.sampled).toBe(false);
  });

  it('carries no flag on but sampled', () => {
    const place = parseTraceparent(`00-${TRACE}-${SPAN}-ff`);
    expect(place && formatTraceparent(place)).toBe(`00-${TRACE}-${SPAN}-01`);
  });

  it.each([
    ['an all-zero trace id', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['an all-zero span id', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['version ff', `ff-${TRACE}-${SPAN}-01`],
    ['a later version', `01-${TRACE}-${SPAN}-01`],
    ['a later version with more fields', `cc-${TRACE}-${SPAN}-01-what-more`],
    ['more fields in version 00', `00-${TRACE}-${SPAN}-01-more`],
    ['capital letters', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['a short trace id', `00-${TRACE.slice(1)}-${SPAN}-01`],
    ['a long span id', `00-${TRACE}-${SPAN}0-01`],
    ['no flags', `00-${TRACE}-${SPAN}`],
    ['one digit of flags', `00-${TRACE}-${SPAN}-1`],
    ['a letter that is no digit', `00-${TRACE}-${SPAN}-0g`],
    ['white space around it', ` 00-${TRACE}-${SPAN}-01`],
    ['a line break behind it', `00-${TRACE}-${SPAN}-01\n`],
    ['two values', `00-${TRACE}-${SPAN}-01,00-${TRACE}-${SPAN}-01`],
    ['nothing', ''],
    ['megabytes', `00-${'a'.repeat(1_000_000)}`],
    ['a list', [`00-${TRACE}-${SPAN}-01`]],
    ['null', null],
  ])('W13: with %s is none', (_, text) => {
    expect(parseTraceparent(text)).toBeUndefined();
  });
});
