import { expect, test } from 'vitest';
import type { ReleasedRead } from '#protocol';
import { exportFile } from './export-file.js';

const key = new Uint8Array(32).fill(3);
const of = {
  id: 'export-0001-0001-0001',
  agency: 'https://here.example',
  owner: 'https://owner.example',
  txn: '0f0e0d0c-0b0a-4908-8706-050403020100',
  release: 'D'.repeat(43),
  expiresAt: '2026-11-23T12:00:00.000Z',
};
const reads = Array.from({ length: 8 }, (_, n): ReleasedRead => {
  const seen_at = `2026-11-2${n % 3}T0${n}:00:00.000Z`;
  return { plate: `ABC12${n}`, seen_at, device: '=cmd|calc', location: { lat: 44 + n, lon: -121 }, confidence: 0.9 };
});
const rowsOf = (text: string) => text.split('\r\n').filter((line) => line !== '' && !line.startsWith('#'));
const cellsOf = (row: string | undefined) => (row ?? '').split(',').map((cell) => cell.replaceAll('"', ''));

test('an export holds every value unchanged, in an order of columns and rows that is its own', () => {
  const { text, columns } = exportFile(reads, of, key);
  const [head, ...rows] = rowsOf(text);
  expect(cellsOf(head)).toEqual(columns);
  const seen = rows.map((row) => Object.fromEntries(cellsOf(row).map((cell, at) => [columns[at], cell])));
  const shown = seen.map((row) => `${row['plate']} ${row['seen_at']} ${row['location.lat']} ${row['confidence']}`);
  const held = reads.map(({ plate, seen_at: at, location }) => `${plate} ${at} ${location?.lat} 0.9`);
  expect(new Set(shown)).toEqual(new Set(held));
  expect(shown).toHaveLength(held.length);
  const other = exportFile(reads, { ...of, id: 'export-0002-0002-0002' }, key);
  expect([other.columns, rowsOf(other.text).length]).not.toEqual([columns, 9]);
  expect(exportFile(reads.toReversed(), of, key).text).toBe(text);
});

test('P23: its first lines say whose it is and what binds it, with a code that nobody makes without the key', () => {
  const { text } = exportFile(reads, of, key);
  expect(text).toContain(`# release ${of.release} of ${of.owner}, transaction ${of.txn}`);
  expect(text).toContain('pass on to nobody');
  const mark = /^# mark (\S+)\r$/m.exec(text)?.[1];
  expect(exportFile(reads, of, new Uint8Array(32)).text).not.toContain(mark);
});

test('W21: a cell that a spreadsheet would run is led by an apostrophe, and a number keeps its sign', () => {
  const { text } = exportFile(reads, of, key);
  expect(text).toContain(`"'=cmd|calc"`);
  expect(text).toContain('"-121"');
});
