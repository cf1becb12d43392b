import type { Clock } from '#protocol';
import { signStatusList } from '#trust';
import type { Authority } from './statement-desk.js';
import type { StatusStore } from './status.store.js';

/**
 * Readers believe a list for 40 s. One that is handed out was signed at most so long ago, which leaves them the rest for
 * their way; while nobody asks nothing is signed.
 */
const MAX_AGE_MS = 5_000;
/** A list tells its length: of small authorities it tells only that they are small. */
const PADDED_TO = 1_024;

interface SignedList {
  readonly version: string;
  readonly signedAt: number;
  readonly token: Promise<string>;
}

/** Signs each authority's status list: anew when something changed, and while it is asked for at least every 5 s. */
export class StatusDesk {
  readonly #signed = new Map<string, SignedList>();

  constructor(
    private readonly store: StatusStore,
    private readonly clock: Clock,
  ) {}

  /** @returns `statuslist+jwt` */
  async list(authority: Authority): Promise<string> {
    const { entityId } = authority;
    const known = this.#signed.get(entityId);
    const age = known ? this.clock.now() - known.signedAt : NaN;
    if (known && age >= 0 && age < MAX_AGE_MS && known.version === (await this.store.version(entityId))) {
      return known.token;
    }
    // The hour is taken before the values are read: a list must never look newer than what it says.
    const signedAt = this.clock.now();
    const { version, size, statuses } = await this.store.snapshot(entityId);
    const token = signStatusList({
      issuer: entityId,
      statuses,
      size: Math.max(PADDED_TO, Math.ceil(size / PADDED_TO) * PADDED_TO),
      issuedAt: signedAt,
      key: authority.key,
    });
    this.#signed.set(entityId, { version, signedAt, token });
    return token;
  }
}
