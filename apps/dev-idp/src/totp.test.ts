import { describe, expect, it } from 'vitest';
import { decodeBase32, matchingTotpStep, totpCode, totpStep } from './totp.js';

// RFC 6238 appendix B, SHA-1: the secret is the ASCII text `12345678901234567890`; its codes have eight digits, of which
// ours are the last six (RFC 4226 §5.3 takes the same number modulo another power of ten).
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const VECTORS: readonly [seconds: number, code: string][] = [
  [59, '94287082'],
  [1111111109, '07081804'],
  [1111111111, '14050471'],
  [1234567890, '89005924'],
  [2000000000, '69279037'],
  [20000000000, '65353130'],
];

describe('one-time codes', () => {
  it('agree with the vectors of RFC 6238', () => {
    for (const [seconds, code] of VECTORS) expect(totpCode(SECRET, totpStep(seconds * 1000))).toBe(code.slice(2));
  });

  it('count in the step before, at and after the current one, and in no other', () => {
    const now = 1_234_567_890_000;
    const step = totpStep(now);
    for (const offset of [-1, 0, 1]) {
      expect(matchingTotpStep(SECRET, totpCode(SECRET, step + offset), now)).toBe(step + offset);
    }
    for (const offset of [-2, 2])
      expect(matchingTotpStep(SECRET, totpCode(SECRET, step + offset), now)).toBeUndefined();
  });

  it('are six digits: anything shorter, longer or else is no code', () => {
    const now = 1_234_567_890_000;
    for (const code of ['', '05924', '89005924', 'abcdef', '０05924']) {
      expect(matchingTotpStep(SECRET, code, now)).toBeUndefined();
    }
  });

  it('take a base32 secret and nothing else', () => {
    expect(Buffer.from(decodeBase32(SECRET)).toString('latin1')).toBe('12345678901234567890');
    expect(() => decodeBase32('not base32')).toThrow(RangeError);
  });
});
