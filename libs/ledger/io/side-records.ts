import { createCipheriv, createDecipheriv, createHash, createSecretKey, type KeyObject } from 'node:crypto';
import type { Randomness } from '#protocol';
import { FIELD_GROUPS, LedgerError, type FieldGroup, type OpenedField, type Opening } from '../src/index.js';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** An opening as it is stored: each group sealed on its own, so that one can go before the other. What is missing is erased. */
export type SealedOpening = Readonly<Partial<Record<FieldGroup, string>>>;

/** The keys under which side records lie: new ones under `current`; older ones open what was sealed under them. */
export interface SideRecordKeys {
  readonly current: Uint8Array;
  readonly earlier: readonly Uint8Array[];
}

/**
 * The openings of receipts at rest: AES-256-GCM, a fresh nonce each, bound to the receipt and the group, the key's id beside it.
 * Whoever reads the tables or a backup alone sees neither salts nor pseudonyms nor content. Erasing a group takes nothing from
 * the log: its leaves hold commitments, and what was erased verifies as `erased`.
 */
export class SideRecords {
  // As key objects: the cipher would make one of the bytes for every record, which takes twice as long as the sealing.
  readonly #keys: ReadonlyMap<string, KeyObject>;
  readonly #current: { readonly id: string; readonly key: KeyObject };

  constructor(
    keys: SideRecordKeys,
    private readonly randomness: Randomness,
  ) {
    this.#current = { id: keyId(keys.current), key: createSecretKey(keys.current) };
    this.#keys = new Map([keys.current, ...keys.earlier].map((key) => [keyId(key), createSecretKey(key)]));
  }

  /** What is sealed now is sealed under this one. */
  get currentKeyId(): string {
    return this.#current.id;
  }

  seal(receiptId: string, opening: Opening): SealedOpening {
    const groups = FIELD_GROUPS.filter((group) => Object.keys(opening[group]).length > 0);
    return Object.fromEntries(groups.map((group) => [group, this.#seal(receiptId, group, opening[group])]));
  }

  /**
   * A group that is not there was erased, and is empty. One in clear is of a version that did not seal; `Ledger.start` seals it.
   *
   * @throws LedgerError `side_record_unreadable`: its key is not there, or the record was changed or belongs elsewhere
   */
  open(receiptId: string, stored: SealedOpening | Opening): Opening {
    return {
      accountability: this.#open(receiptId, 'accountability', stored.accountability),
      content: this.#open(receiptId, 'content', stored.content),
    };
  }

  #seal(receiptId: string, group: FieldGroup, fields: Readonly<Record<string, OpenedField>>): string {
    const { id, key } = this.#current;
    const nonce = this.randomness.bytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(boundTo(receiptId, group, id));
    const sealed = Buffer.concat([nonce, cipher.update(JSON.stringify(fields)), cipher.final(), cipher.getAuthTag()]);
    return `${id}.${sealed.toString('base64url')}`;
  }

  #open(
    receiptId: string,
    group: FieldGroup,
    stored: string | Readonly<Record<string, OpenedField>> | undefined,
  ): Readonly<Record<string, OpenedField>> {
    if (typeof stored !== 'string') return stored ?? {};
    const [id = '', text = ''] = stored.split('.');
    const key = this.#keys.get(id);
    if (key === undefined) throw unreadable(receiptId, group, id);
    try {
      const bytes = Buffer.from(text, 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(boundTo(receiptId, group, id));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      const fields = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
      return JSON.parse(fields.toString()) as Readonly<Record<string, OpenedField>>;
    } catch (cause) {
      throw unreadable(receiptId, group, id, cause);
    }
  }
}

/** The first half of SHA-256 of the key, hex: names it and tells nothing of it. */
function keyId(key: Uint8Array): string {
  if (key.length !== KEY_BYTES) throw new LedgerError('malformed_key', 'the key of side records has 32 bytes');
  return createHash('sha256').update('comity/side-record-key/v1\n').update(key).digest('hex').slice(0, 32);
}

function boundTo(receiptId: string, group: FieldGroup, id: string): Buffer {
  return Buffer.from(JSON.stringify(['comity/side-record/v1', receiptId, group, id]));
}

function unreadable(receiptId: string, group: FieldGroup, id: string, cause?: unknown): LedgerError {
  const message = 'a side record cannot be opened: its key is missing, or it was changed';
  return new LedgerError('side_record_unreadable', message, { receiptId, group, keyId: id }, { cause });
}
