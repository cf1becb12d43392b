import { describe, expect, it } from 'vitest';
import { confusables } from './confusables.js';
import { misreadWarning } from './misread.js';
import { isNonPlate, markNonPlate } from './non-plate.js';

describe('look-alike plates', () => {
  it.each([
    ['ABC127', 'ABC122'],
    ['AA7690EQ', 'AA7690EO'],
    ['0CT123', 'OCT123'],
    ['H123', 'M123'],
    ['AB8', 'ABB'],
  ])('hold the documented misreads: `%s` for `%s`', (read, meant) => {
    expect(confusables(read)).toContain(meant);
    expect(confusables(meant)).toContain(read);
  });

  it('are none for characters that nothing resembles', () => {
    expect(confusables('JJJ')).toEqual([]);
  });

  it('are sorted and without repetition', () => {
    const found = confusables('0O8B27');
    expect(found).toEqual([...new Set(found)].toSorted());
  });
});

describe('a word on a sign', () => {
  it.each(['AHEAD', 'DETOUR', 'POLICE'])('is marked as no plate: `%s`', (plate) => {
    expect(markNonPlate({ plate, seenAt: 1 })).toEqual({ plate, seenAt: 1, nonPlate: true });
  });

  it('is told from plates', () => {
    expect(isNonPlate('P015783')).toBe(false);
    expect(markNonPlate({ plate: 'ABC123' })).toEqual({ plate: 'ABC123', nonPlate: false });
  });
});

describe('the misread warning', () => {
  it('says that a read is no ground by itself, names the look-alikes and the confidence', () => {
    const warning = misreadWarning({ plate: 'J27', confidence: 0.71 });
    expect(warning.code).toBe('read_is_no_ground');
    expect(warning.text).toContain('no ground by itself');
    expect(warning.text).toContain('0.71');
    expect(warning.lookAlikes).toEqual(['J21', 'J22', 'J2Z', 'J77', 'JZ7']);
    expect(warning.text).toContain('J22');
    expect(warning.confidence).toBe(0.71);
  });

  it('says that the camera stated no confidence rather than naming one', () => {
    const warning = misreadWarning({ plate: 'POLICE' });
    expect(warning.confidence).toBeUndefined();
    expect(warning.text).toContain('no confidence');
    expect(warning.nonPlate).toBe(true);
  });
});
