import type { DataSource, EntityManager } from 'typeorm';
import { isJsonObject, type JsonObject } from '#protocol';

/** Why a key is no longer good: OpenID Federation 1.0, "Federation Historical Keys Revocation Reasons". */
export const REVOCATION_REASONS = ['unspecified', 'compromised', 'superseded'] as const;
export type RevocationReason = (typeof REVOCATION_REASONS)[number];

/** A federation key over its life. Instants in milliseconds. */
export interface KeyRecord {
  readonly kid: string;
  readonly holder: string;
  readonly jwk: JsonObject;
  readonly publishedAt: number;
  /** From then on it is no longer published, and verifies only what is older; `null` while no end is set. */
  readonly retireAt: number | null;
  readonly revoked: { readonly at: number; readonly reason: RevocationReason } | null;
}

interface Row {
  readonly kid: string;
  readonly holder: string;
  readonly jwk: JsonObject;
  readonly published_at: Date;
  readonly retire_at: Date | null;
  readonly revoked_at: Date | null;
  readonly reason: RevocationReason | null;
}

const SELECT = 'select kid, holder, jwk, published_at, retire_at, revoked_at, reason from federation_key';

/** The federation keys of the authorities and of everyone they enrolled, those that are gone among them. */
export class KeyHistoryStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Those that a statement about the holder states at `at`: published, not retired, not revoked. */
  async current(holder: string, at: number, manager: EntityManager = this.dataSource.manager): Promise<KeyRecord[]> {
    const rows = await manager.query<Row[]>(
      `${SELECT} where holder = $1 and published_at <= $2 and (retire_at is null or retire_at > $2) and revoked_at is null
       order by published_at, kid`,
      [holder, new Date(at)],
    );
    return rows.map(recordOf);
  }

  /** Those that are not published any more at `at`. */
  async historical(holder: string, at: number): Promise<KeyRecord[]> {
    const rows = await this.dataSource.query<Row[]>(
      `${SELECT} where holder = $1 and (retire_at <= $2 or revoked_at is not null) order by published_at, kid`,
      [holder, new Date(at)],
    );
    return rows.map(recordOf);
  }

  /** Who holds or ever held the key; `undefined` where it was never seen. */
  async holderOf(kid: string, manager: EntityManager = this.dataSource.manager): Promise<string | undefined> {
    const [row] = await manager.query<{ holder: string }[]>(`select holder from federation_key where kid = $1`, [kid]);
    return row?.holder;
  }

  /** The database refuses a key that somebody else holds or held. A key that its holder withdrew does not come back. */
  async publish(manager: EntityManager, holder: string, jwk: JsonObject, at: number): Promise<void> {
    await manager.query(`insert into federation_key (kid, holder, jwk, published_at) values ($1, $2, $3, $4)`, [
      jwk['kid'],
      holder,
      jwk,
      new Date(at),
    ]);
  }

  async retire(manager: EntityManager, kid: string, at: number): Promise<void> {
    await manager.query(
      `update federation_key set retire_at = least(coalesce(retire_at, $2), $2) where kid = $1 and revoked_at is null`,
      [kid, new Date(at)],
    );
  }

  async revoke(manager: EntityManager, kid: string, at: number, reason: RevocationReason): Promise<void> {
    await manager.query(
      `update federation_key set revoked_at = $2, reason = $3 where kid = $1 and revoked_at is null`,
      [kid, new Date(at), reason],
    );
  }
}

export function jwksOf(records: readonly KeyRecord[]): JsonObject {
  return { keys: records.map(({ jwk }) => jwk) };
}

/** The keys of a set that came through `keySetFrom`. */
export function keysIn(jwks: JsonObject): JsonObject[] {
  const keys = jwks['keys'];
  return Array.isArray(keys) ? keys.filter(isJsonObject) : [];
}

function recordOf(row: Row): KeyRecord {
  const { kid, holder, jwk, published_at: publishedAt, retire_at: retireAt, revoked_at: revokedAt, reason } = row;
  return {
    kid,
    holder,
    jwk,
    publishedAt: publishedAt.getTime(),
    retireAt: retireAt?.getTime() ?? null,
    revoked: revokedAt && reason ? { at: revokedAt.getTime(), reason } : null,
  };
}
