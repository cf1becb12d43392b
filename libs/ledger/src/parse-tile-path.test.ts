import { expect, it } from 'vitest';
import { parseTilePath } from './parse-tile-path.js';
import { entriesPath, tilePath } from './tiles.js';

it.each([
  [tilePath(0, 0, 0), { of: 'hashes', level: 0, index: 0, width: 0 }],
  [tilePath(15, 123_456_789, 41), { of: 'hashes', level: 15, index: 123_456_789, width: 41 }],
  [entriesPath(1_234_067, 0), { of: 'entries', index: 1_234_067, width: 0 }],
  [entriesPath(1, 255), { of: 'entries', index: 1, width: 255 }],
])('%s is read as what it was made of', (path, asked) => {
  expect(parseTilePath(path)).toEqual(asked);
});

it.each([
  'tile/0/0',
  'tile/00/000',
  'tile/64/000',
  'tile/0/x000/001',
  'tile/0/001/234',
  'tile/0/000.p/0',
  'tile/0/000.p/256',
  'tile/0/000.p/01',
  'tile/0/000.p/5/000',
  'tile/0/000?x=1',
  'tile/0/%30%30%30',
  'tile/-1/000',
  'tile/data/000',
  'tile/entries/../0/000',
  `tile/0/${'x999/'.repeat(5)}999`,
  '/tile/0/000',
  'tile/0/000\n',
])('%s is no second spelling of a tile', (path) => {
  expect(parseTilePath(path)).toBeUndefined();
});
