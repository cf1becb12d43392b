import { keySetFrom, type JsonValue } from '#protocol';
import { TrustError } from './trust-error.js';

/** What a key is for. One key does one job for one holder (T16). */
export const KEY_JOBS = ['federation', 'protocol', 'ledger', 'tls', 'person'] as const;
export type KeyJob = (typeof KEY_JOBS)[number];

/** Who was given a key, and for what. */
export interface KeyCustody {
  readonly holder: string;
  readonly job: KeyJob;
}

/**
 * Every key that a register knows, the ones that are gone among them: a key once seen under one name and one job is never
 * taken under another, because whoever held it then can still sign with it (J14, T16).
 */
export class KeyRegister {
  readonly #custody: Map<string, KeyCustody>;

  constructor(known: Iterable<readonly [kid: string, custody: KeyCustody]> = []) {
    this.#custody = new Map(known);
  }

  /** @throws TrustError `key_reused` */
  add(kid: string, custody: KeyCustody): void {
    this.#requireFree(kid, custody);
    this.#custody.set(kid, custody);
  }

  custodyOf(kid: string): KeyCustody | undefined {
    return this.#custody.get(kid);
  }

  /**
   * Takes a set of keys for one holder and one job, all of them or none.
   *
   * @throws TrustError `keys_refused` (weak, off the curve, of small order, published private part, two of one kid: J13,
   *   J14) or `key_reused`
   */
  async addSet(jwks: JsonValue, custody: KeyCustody): Promise<readonly string[]> {
    const kids = await kidsOf(jwks, custody);
    for (const kid of kids) this.#requireFree(kid, custody);
    for (const kid of kids) this.#custody.set(kid, custody);
    return kids;
  }

  #requireFree(kid: string, { holder, job }: KeyCustody): void {
    const known = this.#custody.get(kid);
    if (!known || (known.holder === holder && known.job === job)) return;
    const message = `the key is already the ${known.job} key of \`${known.holder}\``;
    throw new TrustError('key_reused', message, { entityId: holder });
  }
}

async function kidsOf(jwks: JsonValue, { holder, job }: KeyCustody): Promise<string[]> {
  try {
    const [signing, encryption] = await Promise.all([keySetFrom(jwks, 'sig'), keySetFrom(jwks, 'enc')]);
    if (job !== 'protocol' && encryption.size > 0) throw new TypeError('an encryption key where none has a job');
    return [...signing.keys(), ...encryption.keys()];
  } catch (cause) {
    throw new TrustError('keys_refused', `the ${job} keys are not acceptable`, { entityId: holder, cause });
  }
}
