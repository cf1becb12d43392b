/**
 * Arithmetic on indices and sizes. They are numbers, exact to 2^53 - 1 (some hundred thousand years of appending); the
 * operators `& | ^ >> <<` of JavaScript cut at 32 bits and are never used on them.
 */
export function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** The number of bits of `value`; 0 has none. */
export function bitLength(value: number): number {
  return value === 0 ? 0 : value.toString(2).length;
}

/** The number of ones in the binary form of `value`. */
export function onesCount(value: number): number {
  return value.toString(2).replaceAll('0', '').length;
}

/** The zeros at the end of the binary form of `value`, which is greater than 0. */
export function trailingZeros(value: number): number {
  const text = value.toString(2);
  return text.length - 1 - text.lastIndexOf('1');
}

/** `floor(value / 2^bits)`. */
export function shiftRight(value: number, bits: number): number {
  return Math.floor(value / 2 ** bits);
}

/** Bits of `a XOR b`, counted: where the ways to two leaves part. */
export function differingBits(a: number, b: number): number {
  return bitLength(Number(BigInt(a) ^ BigInt(b)));
}

/** The largest power of two strictly below `value`, which is greater than 1: where RFC 6962 §2.1 splits a tree. */
export function splitPoint(value: number): number {
  return 2 ** (bitLength(value - 1) - 1);
}
