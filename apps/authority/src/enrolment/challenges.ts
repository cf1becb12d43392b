import { createHmac, timingSafeEqual } from 'node:crypto';
import { decodeBase64url, encodeBase64url, type Clock, type Randomness } from '#protocol';

/** As long as a proof of possession lives. */
const LIFETIME_MS = 15 * 60 * 1_000;
const TIME_BYTES = 8;

/**
 * Challenges that nobody has to remember: the hour, under a secret of this process. A proof made ahead of time, or for
 * another authority, has none; after a restart the applicant asks again.
 */
export class Challenges {
  readonly #secret: Uint8Array;

  constructor(
    randomness: Randomness,
    private readonly clock: Clock,
  ) {
    this.#secret = randomness.bytes(32);
  }

  challenge(): string {
    return this.#at(this.clock.now());
  }

  isFresh(nonce: string): boolean {
    const time = timeOf(nonce);
    const age = time === undefined ? NaN : this.clock.now() - time;
    if (time === undefined || !(age >= 0 && age < LIFETIME_MS)) return false;
    const [given, own] = [Buffer.from(nonce), Buffer.from(this.#at(time))];
    return given.length === own.length && timingSafeEqual(given, own);
  }

  #at(time: number): string {
    const bytes = Buffer.alloc(TIME_BYTES);
    bytes.writeBigUInt64BE(BigInt(time));
    const mac = createHmac('sha256', this.#secret).update(bytes).digest().subarray(0, 16);
    return encodeBase64url(Buffer.concat([bytes, mac]));
  }
}

function timeOf(nonce: string): number | undefined {
  try {
    const bytes = Buffer.from(decodeBase64url(nonce));
    return bytes.length === TIME_BYTES + 16 ? Number(bytes.readBigUInt64BE(0)) : undefined;
  } catch {
    return undefined;
  }
}
