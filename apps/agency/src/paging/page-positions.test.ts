import { expect, it } from 'vitest';
import { systemRandomness } from '#protocol/io';
import { PagePositions } from './page-positions.js';

const positions = new PagePositions(new Uint8Array(32).fill(7), systemRandomness);

it('P14: a place in the store is for the node that sealed it, for the page it was sealed for, and unreadable', () => {
  const sealed = positions.seal('1790000000000 ABC123', 'first\n1');
  expect(positions.open(sealed, 'first\n1')).toBe('1790000000000 ABC123');
  expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('ABC123');
  expect(positions.open(sealed, 'first\n2')).toBeUndefined();
  expect(positions.open(sealed, 'other\n1')).toBeUndefined();
  const another = new PagePositions(new Uint8Array(32).fill(8), systemRandomness);
  expect(another.open(sealed, 'first\n1')).toBeUndefined();
  const bytes = Buffer.from(sealed, 'base64url');
  for (const at of [0, 12, bytes.length - 1]) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(positions.open(changed.toString('base64url'), 'first\n1')).toBeUndefined();
  }
  for (const none of ['', 'AAAA', sealed.slice(0, 20)]) expect(positions.open(none, 'first\n1')).toBeUndefined();
});
