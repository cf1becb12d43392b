import { expect, it } from 'vitest';
import { protocolReason } from './reasons.js';
import { withKindOffered } from './offered-kinds.js';

const codes = (kind: string, count: number) =>
  withKindOffered(
    kind,
    Array.from({ length: count }, () => protocolReason('unmet', 'a', 'b', 'c')),
  ).map(({ code }) => code);

it('a closed kind is refused even where the rule permits it, after all that the rule says, and no other kind is', () => {
  for (const kind of ['passed_twice', 'unusual_travel', 'free_language_prompt']) {
    expect(codes(kind, 0)).toEqual(['kind_not_offered']);
    expect(codes(kind, 1)).toEqual(['unmet', 'kind_not_offered']);
    expect(codes(kind, 64)).toHaveLength(64);
    expect(codes(kind, 64).at(-1)).toBe('kind_not_offered');
  }
  expect(codes('near_scene', 0)).toEqual([]);
  expect(codes('plate_history', 1)).toEqual(['unmet']);
});
