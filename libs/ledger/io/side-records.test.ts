import { describe, expect, test } from 'vitest';
import { seededRandomness } from '../../../test/support/fakes.js';
import type { Opening } from '../src/index.js';
import { SideRecords, type SealedOpening } from './index.js';

const key = (byte: number) => new Uint8Array(32).fill(byte);
const under = (current: number, ...earlier: number[]) =>
  new SideRecords({ current: key(current), earlier: earlier.map(key) }, seededRandomness(`key ${current}`));
const opening: Opening = {
  accountability: { officer: { salt: 's1', value: 'LgNg5dQZ' } },
  content: { plate_tags: { salt: 's2', value: ['7ABC482'] } },
};
const unreadable = expect.objectContaining({ code: 'side_record_unreadable' }) as Error;

describe('a side record at rest', () => {
  test('shows nothing of what opens the receipt, and is read again with its key', () => {
    const sealed = under(1).seal('r1', opening);
    const stored = JSON.stringify(sealed);
    for (const secret of ['7ABC482', 'LgNg5dQZ', 's1', 's2', 'plate_tags']) expect(stored).not.toContain(secret);
    expect(under(1).open('r1', JSON.parse(stored) as SealedOpening)).toEqual(opening);
    // Never twice the same bytes for the same content: equal plates are not seen to be equal.
    const side = under(1);
    expect(side.seal('r1', opening).content).not.toBe(side.seal('r1', opening).content);
  });

  test('opens under no other key, for no other receipt and as no other group', () => {
    const sealed = under(1).seal('r1', opening);
    expect(() => under(2).open('r1', sealed)).toThrow(unreadable);
    expect(() => under(1).open('r2', sealed)).toThrow(unreadable);
    const swapped = { accountability: sealed.content ?? '', content: sealed.accountability ?? '' };
    expect(() => under(1).open('r1', swapped)).toThrow(unreadable);
  });

  test('opens with no byte changed', () => {
    const sealed = under(1).seal('r1', opening);
    const [id = '', text = ''] = (sealed.content ?? '').split('.');
    const bytes = Buffer.from(text, 'base64url');
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      const record = { ...sealed, content: `${id}.${changed.toString('base64url')}` };
      expect(() => under(1).open('r1', record)).toThrow(unreadable);
    }
    expect(() => under(1).open('r1', { ...sealed, content: `${id}.` })).toThrow(unreadable);
  });

  test('of an earlier key is read as long as that key is there', () => {
    const sealed = under(1).seal('r1', opening);
    expect(under(2, 1).open('r1', sealed)).toEqual(opening);
    expect(sealed.content?.startsWith(`${under(1).currentKeyId}.`)).toBe(true);
  });

  test('of which a group was erased opens the other', () => {
    const { accountability } = under(1).seal('r1', opening);
    expect(under(1).open('r1', { ...(accountability && { accountability }) })).toEqual({ ...opening, content: {} });
  });
});
