import { describe, expect, it } from 'vitest';
import { systemRandomness } from './system-ports.js';

describe('the randomness of the system', () => {
  it('gives as many bytes as asked for, and none twice, over any number of draws', () => {
    const lengths = [12, 32, 16, 1, 31, 320, 1023, 1024, 1025, 9000];
    const seen = new Set<string>();
    for (let i = 0; i < 5_000; i += 1) {
      const length = lengths[i % lengths.length] ?? 0;
      const bytes = systemRandomness.bytes(length);
      expect(bytes.length).toBe(length);
      if (length >= 12) seen.add(Buffer.from(bytes).toString('hex').slice(0, 24));
    }
    expect(seen.size).toBe(4_500);
  });

  it('gives bytes that are the caller’s own: what it does with them changes no other draw', () => {
    const [first, second] = [systemRandomness.bytes(32), systemRandomness.bytes(32)];
    const before = [...second];
    first.fill(0);
    expect([...second]).toEqual(before);
    expect(first.buffer).not.toBe(second.buffer);
    expect(first.buffer.byteLength).toBe(32);
  });
});
