import { createHmac, timingSafeEqual } from 'node:crypto';

const STEP_SECONDS = 30;
const DIGITS = 6;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Base32 without padding (RFC 4648 §6), as authenticator apps take it. Throws `RangeError` on any other text. */
export function decodeBase32(text: string): Uint8Array {
  const bytes: number[] = [];
  let buffer = 0;
  let bits = 0;
  for (const character of text) {
    const value = ALPHABET.indexOf(character);
    if (value < 0) throw new RangeError('a secret is not base32');
    buffer = (buffer << 5) | value;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((buffer >>> bits) & 0xff);
      buffer &= (1 << bits) - 1;
    }
  }
  return Uint8Array.from(bytes);
}

/** The step that `now` (milliseconds) lies in: RFC 6238 §4.2 with T0 = 0 and X = 30 s. */
export function totpStep(now: number): number {
  return Math.floor(now / 1000 / STEP_SECONDS);
}

/** The six digits of one step (RFC 4226 §5.3, HMAC-SHA-1, which is what authenticator apps speak). */
export function totpCode(base32Secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', decodeBase32(base32Secret)).update(counter).digest();
  const offset = mac.readUInt8(mac.length - 1) & 0x0f;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** DIGITS).padStart(DIGITS, '0');
}

/**
 * The step whose code this is, among the current one and its two neighbours (RFC 6238 §5.2: one step of delay either
 * way), or `undefined`. The caller remembers the step, so that a code seen over a shoulder is not accepted again.
 */
export function matchingTotpStep(base32Secret: string, code: string, now: number): number | undefined {
  const given = Buffer.from(code);
  const current = totpStep(now);
  return [current, current - 1, current + 1].find((step) => {
    const expected = Buffer.from(totpCode(base32Secret, step));
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}
