import { describe, expect, it } from 'vitest';
import { minimumCut } from './minimum-cut.js';

describe('a minimum cut', () => {
  it('takes the cheap arcs of two ways, and not the dear ones', () => {
    const arcs = [
      { from: 0, to: 1, capacity: 5 },
      { from: 1, to: 3, capacity: 2 },
      { from: 0, to: 2, capacity: 1 },
      { from: 2, to: 3, capacity: 4 },
    ];
    expect(minimumCut(4, arcs, 0, 3)).toEqual({ value: 3, arcs: [1, 2] });
  });

  it('sends flow back where a way was taken that two others need', () => {
    const arcs = [
      [0, 1],
      [0, 2],
      [1, 3],
      [1, 4],
      [2, 3],
      [3, 5],
      [4, 5],
    ].map(([from = 0, to = 0]) => ({ from, to, capacity: 1 }));
    expect(minimumCut(6, arcs, 0, 5).value).toBe(2);
  });

  it('has no end where a way cannot be cut, and is nothing where there is no way', () => {
    expect(minimumCut(2, [{ from: 0, to: 1, capacity: Infinity }], 0, 1)).toEqual({ value: Infinity, arcs: [] });
    expect(minimumCut(3, [{ from: 0, to: 1, capacity: 1 }], 0, 2)).toEqual({ value: 0, arcs: [] });
  });
});
