import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalValue } from './canonical-value.js';
import { commit, commitFields, verifyOpening, type Opening, type ReceiptFields } from './commitment.js';
import { LedgerError } from './ledger-error.js';

let counter = 0;
const salt = () => new Uint8Array(32).fill((counter += 1));
const fields: ReceiptFields = {
  accountability: { txn: 'txn-1', parties: ['a', 'b'] },
  content: { plate: 'ABC123', hits: 3 },
};

describe('a commitment', () => {
  it('is SHA-256 over label, name, salt and canonical value', () => {
    const expected = createHash('sha256')
      .update(
        Buffer.concat([Buffer.from('comity/commitment/v1\nplate\n'), Buffer.alloc(32, 7), Buffer.from('"ABC123"')]),
      )
      .digest('base64url');
    expect(commit('plate', new Uint8Array(32).fill(7), canonicalValue('ABC123'))).toBe(expected);
  });

  it('takes a salt of 32 bytes and a name without a line break only', () => {
    const failure = expect.objectContaining({ code: 'malformed_commitment' }) as LedgerError;
    expect(() => commit('plate', new Uint8Array(31), '""')).toThrow(failure);
    expect(() => commit('a\nb', new Uint8Array(32), '""')).toThrow(failure);
    expect(() => commit('', new Uint8Array(32), '""')).toThrow(failure);
  });

  it('refuses values that a text or a database would change', () => {
    for (const value of ['\ud800', 'nul \0', Number.NaN, Infinity, ['\udfff']]) {
      expect(() => canonicalValue(value)).toThrow(LedgerError);
    }
  });
});

describe('an opening', () => {
  const { commitments, opening } = commitFields(fields, salt);
  const withContent = (content: Opening['content']): Opening => ({ ...opening, content });

  it('of every field matches, and no two salts are alike', () => {
    expect(verifyOpening(commitments, opening)).toEqual({
      accountability: { txn: 'matches', parties: 'matches' },
      content: { plate: 'matches', hits: 'matches' },
    });
    const salts = [...Object.values(opening.accountability), ...Object.values(opening.content)].map(
      (field) => field.salt,
    );
    expect(new Set(salts).size).toBe(4);
  });

  it('shows an erased field as erased, never as valid', () => {
    expect(verifyOpening(commitments, withContent({})).content).toEqual({ plate: 'erased', hits: 'erased' });
  });

  it('differs with another value, another salt, a swapped or an invented field', () => {
    const { plate, hits } = opening.content;
    if (!plate || !hits) throw new Error('the fields are there');
    expect(verifyOpening(commitments, withContent({ plate: { ...plate, value: 'ABC124' }, hits })).content).toEqual({
      plate: 'differs',
      hits: 'matches',
    });
    expect(verifyOpening(commitments, withContent({ plate: hits, hits: plate })).content).toEqual({
      plate: 'differs',
      hits: 'differs',
    });
    expect(verifyOpening(commitments, withContent({ plate, hits, more: hits })).content['more']).toBe('differs');
    const padded = { ...plate, salt: `${plate.salt}=` };
    expect(verifyOpening(commitments, withContent({ plate: padded })).content['plate']).toBe('differs');
  });

  it('takes no member of Object.prototype for a commitment', () => {
    const { plate } = opening.content;
    if (!plate) throw new Error('the field is there');
    const verdict = verifyOpening(commitments, withContent({ constructor: plate, plate }));
    expect(verdict.content).toMatchObject({ constructor: 'differs', plate: 'matches' });
  });
});
