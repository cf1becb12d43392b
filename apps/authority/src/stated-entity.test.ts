import { describe, expect, it } from 'vitest';
import { generateNoteKey } from '#ledger/io';
import { seededRandomness } from '../../../test/support/fakes.js';
import { statementAfter } from './stated-entity.js';

const ORIGIN = 'broker.example/ledger';
const LEDGER = { origin: ORIGIN, vkey: generateNoteKey(ORIGIN, 'note', seededRandomness('ledger')).key.vkey };
const BROKER = { name: 'A broker', ledger: LEDGER };
const COURT = {
  name: 'A court',
  role: 'court',
  process: { classes: ['warrant'], jwks: { keys: [] } },
  expires_at: 1_800_000_000,
};

describe('a statement in the place of an earlier one', () => {
  it('states the ledger again, or another one of that origin', () => {
    expect(statementAfter(BROKER, { ...BROKER, name: 'B' })).toEqual({ name: 'B', ledger: LEDGER });
    const refused = { code: 'act_refused' };
    expect(() => statementAfter(BROKER, { name: 'A broker' })).toThrow(expect.objectContaining(refused));
    expect(() => statementAfter(BROKER, { name: 'A broker' })).toThrow('`ledger` is stated now and left out');
    const other = { ...LEDGER, origin: 'other.example/ledger' };
    expect(() => statementAfter(BROKER, { ...BROKER, ledger: other })).toThrow('`ledger` is not { origin, vkey }');
  });

  it('names all that is left out at once, and goes on as long as the enrolment does', () => {
    expect(() => statementAfter(COURT, { name: 'A court' })).toThrow('`role`, `process` are stated now and left out');
    expect(() => statementAfter(COURT, { ...COURT, expires_at: 1_900_000_000 })).toThrow('member');
  });
});
