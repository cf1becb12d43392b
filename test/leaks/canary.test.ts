import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Canary, Haystack } from './canary.js';

const canary = new Canary('plate', 'ZZZ999X');
const isFound = (text: string) => canary.isIn(new Haystack(text));
const token = (claims: object) =>
  `eyJhbGciOiJFZERTQSJ9.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2lnbmF0dXJl`;

describe('the search for a canary', () => {
  it.each([
    ['in clear', 'before ZZZ999X after'],
    ['in small letters', 'zzz999x'],
    ['as hex', Buffer.from('a ZZZ999X b').toString('hex')],
    ['in a bytea column', `\\x${Buffer.from('a ZZZ999X b').toString('hex')}`],
    ['in a token', token({ deep: ['ZZZ999X'] })],
    ['in a token in a token', token({ request: token({ plate: 'ZZZ999X' }) })],
    ['in a token in bytes', `\\x${Buffer.from(`\0\u0012${token({ plate: 'ZZZ999X' })}`).toString('hex')}`],
    ['as its hash in hex', createHash('sha256').update('ZZZ999X').digest('hex')],
    ['as its hash in a token', token({ tag: createHash('sha256').update('ZZZ999X').digest('base64url') })],
  ])('finds it %s', (_, text) => {
    expect(isFound(text)).toBe(true);
  });

  it.each([0, 1, 2, 3])('finds it in base64 and base64url after %i other bytes', (offset) => {
    const bytes = Buffer.from(`${'?'.repeat(offset)}ZZZ999X?`);
    expect(isFound(bytes.toString('base64'))).toBe(true);
    expect(isFound(bytes.toString('base64url'))).toBe(true);
  });

  it('finds nothing where it is not', () => {
    expect(isFound(`ZZZ999Y ${token({ plate: 'ZZZ998X' })} ${Buffer.from('ZZ999X').toString('base64')}`)).toBe(false);
  });
});
