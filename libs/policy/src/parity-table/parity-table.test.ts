import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { newestReading, parityTable } from './parity-table.js';

const committed = readFileSync(new URL('../../../../docs/parity.md', import.meta.url), 'utf8');

const rowOf = (table: string) => table.split('\n').find((line) => line.startsWith('| **WA** |'));

test('the table in docs/parity.md is what `comity law parity` writes', () => {
  expect(parityTable(newestReading())).toBe(committed);
});

test('the table follows the law: what is repealed or not yet in effect changes it', () => {
  // Before its day of effect the act of Washington protects nothing.
  const before = parityTable(Date.parse('2026-03-30T00:00:00Z'));
  expect(before).not.toBe(committed);
  expect(rowOf(before)).not.toContain('◐');
  expect(rowOf(committed)).toContain('◐');
});
