import type { DataSource, EntityManager } from 'typeorm';
import { keyDestroyedFields, keyTurnedFields } from '#exchange';
import type { Ledger } from '#ledger/io';
import { importDecryptionKey, type Clock, type DecryptionKey, type JsonObject } from '#protocol';
import { generatePrivateJwk, shredFile } from '#protocol/io';
import { writeEncryptionKey, type KeyFile } from './encryption-key-files.js';

const HOUR_MS = 3_600_000;
/** For nodes that look at the federation seldom, or were away: a configuration lives an hour, and may be shown for a day. */
export const OVERLAP_MS = 24 * HOUR_MS;
/** An approval lives a day, and so does a standing request before it is renewed; an hour for what is under way then. */
export const LONGEST_REQUEST_MS = 25 * HOUR_MS;

export interface EncryptionKeysOptions {
  readonly dataSource: DataSource;
  readonly ledger: Pick<Ledger, 'append'>;
  readonly entityId: string;
  readonly clock: Clock;
  /** `COMITY_KEYS`. */
  readonly directory: string;
  readonly files: readonly KeyFile[];
  /** How long a key is the newest. Milliseconds. */
  readonly turnMs: number;
}

interface Row {
  kid: string;
  made_at: Date;
  published_until: Date | null;
  opens_until: Date | null;
  destroyed_at: Date | null;
}

/**
 * The keys to which parts are sealed for this node. The newest is stated first and sealed to; the one before is stated for a
 * day more and opens what was sealed to it for another; then its private half is destroyed, so that a key that is stolen
 * later opens no archive of messages. A new key is on disk before it is on record, and on record before it is stated: a node
 * that dies in between goes on with what it finds.
 */
export class EncryptionKeys {
  #rows: readonly Row[] = [];
  readonly #files: Map<string, KeyFile>;

  private constructor(private readonly of: EncryptionKeysOptions) {
    this.#files = new Map(of.files.map((file) => [file.key.kid, file]));
  }

  /** Takes up what is on disk and on record. A key that was destroyed and came back with a restored folder goes again. */
  static async open(options: EncryptionKeysOptions): Promise<EncryptionKeys> {
    const keys = new EncryptionKeys(options);
    await keys.#load();
    for (const { kid, destroyed_at: destroyedAt } of keys.#rows) {
      if (destroyedAt !== null) await keys.#shred(kid);
    }
    const known = new Set(keys.#rows.map(({ kid }) => kid));
    const unknown = [...keys.#files.keys()].filter((kid) => !known.has(kid));
    for (const kid of unknown) await keys.#record(kid);
    return keys;
  }

  /** As they stand in the metadata: the newest first. */
  published(): JsonObject[] {
    const now = this.of.clock.now();
    return this.#rows.flatMap(({ kid, published_until: until }) => {
      const file = this.#files.get(kid);
      return file !== undefined && (until === null || now < until.getTime()) ? [file.key.publicJwk] : [];
    });
  }

  /** What opens a part that is sealed to this key, also after it is stated no more. */
  keyFor(kid: string): DecryptionKey | undefined {
    const row = this.#rows.find((each) => each.kid === kid);
    if (row === undefined || (row.opens_until !== null && this.of.clock.now() >= row.opens_until.getTime()))
      return undefined;
    return this.#files.get(kid)?.key;
  }

  /** Whether this node once had the key. */
  isRetired(kid: string): boolean {
    return this.#rows.some((row) => row.kid === kid) && this.keyFor(kid) === undefined;
  }

  /** Makes a new key where the newest has had its time, and destroys those whose time to open is over. */
  async turn(): Promise<{ readonly made: string | undefined; readonly destroyed: readonly string[] }> {
    const now = this.of.clock.now();
    const [newest] = this.#rows;
    let made: string | undefined;
    if (newest === undefined || now >= newest.made_at.getTime() + this.of.turnMs) {
      const jwk = await generatePrivateJwk('enc');
      const key = await importDecryptionKey(jwk);
      this.#files.set(key.kid, { path: await writeEncryptionKey(this.of.directory, jwk, key.kid), key });
      await this.#record(key.kid);
      made = key.kid;
    }
    const due = this.#rows.filter(
      (row) => row.destroyed_at === null && row.opens_until !== null && now >= row.opens_until.getTime(),
    );
    for (const { kid } of due) await this.#destroy(kid);
    return { made, destroyed: due.map(({ kid }) => kid) };
  }

  /** The key becomes the newest; the one before is stated for the overlap alone. One transaction, with its receipt. */
  async #record(kid: string): Promise<void> {
    const { dataSource, ledger, entityId, clock } = this.of;
    const now = clock.now();
    await dataSource.transaction(async (manager) => {
      const previous = await this.#newest(manager);
      await manager.query(
        `update encryption_key set published_until = $1, opens_until = $2 where published_until is null`,
        [new Date(now + OVERLAP_MS), new Date(now + OVERLAP_MS + LONGEST_REQUEST_MS)],
      );
      await manager.query('insert into encryption_key (kid, made_at) values ($1, $2)', [kid, new Date(now)]);
      await ledger.append(manager, {
        receiptId: `key_turned/${kid}`,
        kind: 'key_turned',
        fields: keyTurnedFields({
          node: entityId,
          use: 'enc',
          kid,
          previous: previous ?? null,
          previous_until: previous === undefined ? null : new Date(now + OVERLAP_MS).toISOString(),
        }),
      });
    });
    await this.#load();
  }

  /** The file first: a node that dies in between finds no file, and puts on record that there is none. */
  async #destroy(kid: string): Promise<void> {
    const { dataSource, ledger, entityId, clock } = this.of;
    await this.#shred(kid);
    await dataSource.transaction(async (manager) => {
      await manager.query('update encryption_key set destroyed_at = $2 where kid = $1', [kid, new Date(clock.now())]);
      await ledger.append(manager, {
        receiptId: `key_destroyed/${kid}`,
        kind: 'key_destroyed',
        fields: keyDestroyedFields({ node: entityId, use: 'enc', kid }),
      });
    });
    await this.#load();
  }

  async #shred(kid: string): Promise<void> {
    const file = this.#files.get(kid);
    if (file !== undefined) await shredFile(file.path);
    this.#files.delete(kid);
  }

  async #newest(manager: EntityManager): Promise<string | undefined> {
    const rows: { kid: string }[] = await manager.query(
      'select kid from encryption_key where published_until is null order by position desc limit 1',
    );
    return rows[0]?.kid;
  }

  async #load(): Promise<void> {
    this.#rows = await this.of.dataSource.query<Row[]>('select * from encryption_key order by position desc');
  }
}
