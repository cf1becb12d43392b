import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { decodeBase64url, encodeBase64url, type Randomness } from '#protocol';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Places in this node's store, encrypted under its own key for nobody but itself: in the clear one would name a read that
 * the requester was given no more of than a pseudonym. Bound to what it is a place of.
 */
export class PagePositions {
  readonly #key: Uint8Array;

  constructor(
    tagKey: Uint8Array,
    private readonly randomness: Randomness,
  ) {
    this.#key = createHmac('sha256', tagKey).update('comity/page-position/v1').digest();
  }

  seal(position: string, boundTo: string): string {
    const nonce = this.randomness.bytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(boundTo));
    const sealed = Buffer.concat([nonce, cipher.update(position, 'utf8'), cipher.final()]);
    return encodeBase64url(Buffer.concat([sealed, cipher.getAuthTag()]));
  }

  /** `undefined` where it was not sealed here, or as a place of something else. */
  open(sealed: string, boundTo: string): string | undefined {
    try {
      const bytes = Buffer.from(decodeBase64url(sealed));
      const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, NONCE_BYTES));
      decipher.setAAD(Buffer.from(boundTo)).setAuthTag(bytes.subarray(-TAG_BYTES));
      const opened = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
      return Buffer.concat([opened, decipher.final()]).toString('utf8');
    } catch {
      // Which step it fails at is nobody's business.
      return undefined;
    }
  }
}
