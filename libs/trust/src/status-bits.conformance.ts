import { describe, expect, it } from 'vitest';
import { compressStatuses, inflateStatuses, packStatuses, statusValue } from './index.js';

/** draft-ietf-oauth-status-list, "Status List" and "Test vectors for Status List encoding": the printed examples. */
const PRINTED = [
  { bits: 1, bytes: 'b9a3', lst: 'eNrbuRgAAhcBXQ', values: [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1] },
  { bits: 2, bytes: 'c944f9', lst: 'eNo76fITAAPfAgc', values: [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3] },
] as const;

describe.each(PRINTED)('the printed list of $bits bits', ({ bits, bytes, lst, values }) => {
  it('inflates to the printed bytes and values', () => {
    const statuses = inflateStatuses(bits, lst);
    expect(Buffer.from(statuses.bytes).toString('hex')).toBe(bytes);
    expect(values.map((_, index) => statusValue(statuses, index))).toEqual(values);
    expect(statusValue(statuses, values.length)).toBeUndefined();
  });

  it('is what the values are packed into', () => {
    const packed = packStatuses(bits, values, values.length);
    expect(Buffer.from(packed.bytes).toString('hex')).toBe(bytes);
    expect(inflateStatuses(bits, compressStatuses(packed))).toEqual(packed);
  });
});
