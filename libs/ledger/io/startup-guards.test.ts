import { expect, it } from 'vitest';
import { LedgerError } from '../src/index.js';
import { refuseUnsafe } from './startup-guards.js';

it('a database that writes through to the disk is accepted', () => {
  expect(() => refuseUnsafe({ fsync: 'on', full_page_writes: 'on' })).not.toThrow();
});

it.each([
  { fsync: 'off', full_page_writes: 'on' },
  { fsync: 'on', full_page_writes: 'off' },
])('a database that may lose what it acknowledged is refused: %o', (settings) => {
  expect(() => refuseUnsafe(settings)).toThrow(expect.objectContaining({ code: 'database_unsafe' }) as LedgerError);
});
