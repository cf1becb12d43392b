/** The points of small order, worked out from the curve equation, so that the table in `src` is not tested by itself. */
const P = 2n ** 255n - 19n;

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = ((base % P) + P) % P;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % P;
    square = (square * square) % P;
  }
  return result;
}

const inverse = (value: bigint) => power(value, P - 2n);
const modulo = (value: bigint) => ((value % P) + P) % P;

/** A square root modulo 2^255 − 19, or `undefined` (RFC 8032 §5.1.3). */
function squareRoot(value: bigint): bigint | undefined {
  const root = power(value, (P + 3n) / 8n);
  return [root, modulo(root * power(2n, (P - 1n) / 4n))].find(
    (candidate) => modulo(candidate * candidate - value) === 0n,
  );
}

const D = modulo(-121665n * inverse(121666n));

/** Points of order 8: doubling one gives y = 0, so x² = −y², so d·y⁴ + 2·y² − 1 = 0. */
function orderEight(): bigint[] {
  const root = squareRoot(modulo(1n + D)) ?? 0n;
  const squares = [root, -root].map((signed) => modulo((signed - 1n) * inverse(D)));
  return squares.flatMap((square) => {
    const y = squareRoot(square);
    return y === undefined ? [] : [y, modulo(-y)];
  });
}

function encoding(coordinate: bigint, topBit: 0 | 1): Buffer {
  const bytes = Buffer.from(coordinate.toString(16).padStart(64, '0'), 'hex').reverse();
  bytes.writeUInt8(bytes.readUInt8(31) | (topBit << 7), 31);
  return bytes;
}

const bothBits = (coordinates: readonly bigint[]): string[] =>
  coordinates
    .flatMap((coordinate) => [encoding(coordinate, 0), encoding(coordinate, 1)])
    .map((bytes) => bytes.toString('base64url'));

/** The 7 y of Ed25519 (order 1, 2, 4, 8, and two written above the prime), each with both sign bits: 14 encodings. */
export const SMALL_ORDER_ED25519 = bothBits([0n, 1n, P - 1n, P, P + 1n, ...orderEight()]);

/** u = (1 + y) / (1 − y) of the same points; y = 1 has none and is written 0. The top bit is ignored (RFC 7748 §5). */
export const SMALL_ORDER_X25519 = bothBits([
  0n,
  1n,
  P - 1n,
  P,
  P + 1n,
  ...orderEight().map((y) => modulo((1n + y) * inverse(modulo(1n - y)))),
]);
