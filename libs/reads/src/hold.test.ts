import { describe, expect, it, test } from 'vitest';
import { confirmedEnd, provisionalEnd, readsToHold, statuteFor } from './hold.js';
import { HOLD_STATUTES, parseHoldStatutes } from './hold-statute.js';
import { ReadsError } from './reads-error.js';

const DAY = 86_400_000;
const window = { from: '2026-11-01T00:00:00Z', until: '2026-11-02T00:00:00Z' };
const sworn = { digest: 'D'.repeat(43), by: 'a deputy' };
const codeOf = (work: () => unknown) => {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof ReadsError ? error.code : error;
  }
};
const statuteOf = (code: string) => {
  const found = HOLD_STATUTES.find((each) => each.code === code);
  if (found === undefined) throw new Error(code);
  return found;
};

describe('what a hold preserves', () => {
  it('is named by plate or camera, literally, in a half-open window', () => {
    const scope = readsToHold({ plates: ['abc 123', 'ABC123'], devices: ['north-1'], ...window });
    expect(scope).toEqual({
      kind: 'reads',
      plates: ['ABC123'],
      devices: ['north-1'],
      from: Date.parse(window.from),
      until: Date.parse(window.until),
    });
  });

  it.each([
    ['everything', { plates: [], devices: [] }, 'hold_scope_invalid'],
    ['a pattern', { plates: ['ABC%'], devices: [] }, 'plate_wildcard'],
    ['no time', { plates: ['ABC123'], devices: [], until: window.from }, 'hold_scope_invalid'],
    ['a time without offset', { plates: ['ABC123'], devices: [], from: '2026-11-01T00:00:00' }, 'instant_no_offset'],
  ])('is never %s', (_, change, code) => {
    expect(codeOf(() => readsToHold({ ...window, ...change }))).toBe(code);
  });
});

describe('a statute', () => {
  it('is one of those that are configured, for this basis, with what it asks to be sworn', () => {
    const stated = { basis: 'prosecution', statute: 'nc-20-183.32', sworn } as const;
    expect(statuteFor(stated, HOLD_STATUTES).days).toBe(365);
    expect(codeOf(() => statuteFor({ ...stated, statute: 'none' }, HOLD_STATUTES))).toBe('hold_refused');
    expect(codeOf(() => statuteFor({ ...stated, basis: 'defence' }, HOLD_STATUTES))).toBe('hold_refused');
    expect(codeOf(() => statuteFor({ ...stated, sworn: undefined }, HOLD_STATUTES))).toBe('hold_refused');
    const demanded = { basis: 'defence', statute: 'ut-41-6a-2005', sworn: undefined } as const;
    expect(statuteFor(demanded, HOLD_STATUTES).renewable).toBe(false);
  });

  test('the time of a hold is three days until it is confirmed, then the days of its statute', () => {
    const placed = Date.parse('2026-11-29T00:00:00Z');
    expect(provisionalEnd(placed, statuteOf('nc-20-183.32'))).toBe(placed + 3 * DAY);
    expect(confirmedEnd(placed, statuteOf('nc-20-183.32'))).toBe(placed + 365 * DAY);
    expect(confirmedEnd(placed, statuteOf('vt-23-1608'))).toBe(placed + 90 * DAY);
    expect(provisionalEnd(placed, { ...statuteOf('vt-23-1608'), days: 1 })).toBe(placed + DAY);
  });

  it.each([
    ['no list', {}],
    ['an unknown member', [{ ...HOLD_STATUTES[0], extra: 1 }]],
    ['no end', [{ ...HOLD_STATUTES[0], days: 0 }]],
    ['an unknown basis', [{ ...HOLD_STATUTES[0], bases: ['curiosity'] }]],
    ['no basis', [{ ...HOLD_STATUTES[0], bases: [] }]],
    ['one code twice', [HOLD_STATUTES[0], HOLD_STATUTES[0]]],
  ])('is refused with %s', (_, list) => {
    expect(codeOf(() => parseHoldStatutes(list))).toBe('hold_statute_invalid');
    expect(parseHoldStatutes(JSON.parse(JSON.stringify(HOLD_STATUTES)))).toEqual(HOLD_STATUTES);
  });
});
