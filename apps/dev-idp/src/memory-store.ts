import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { Clock } from '#protocol';

interface Entry {
  readonly payload: AdapterPayload;
  readonly expiresAt: number;
}

/**
 * What oidc-provider keeps between two requests, forgotten at a restart. Its own memory store is one for the whole process,
 * so that two providers in one test would see each other's sessions.
 */
export class MemoryStore {
  readonly #entries = new Map<string, Entry>();

  constructor(private readonly clock: Clock) {}

  adapterFor(model: string): Adapter {
    const key = (id: string) => `${model}:${id}`;
    return {
      upsert: async (id, payload, expiresInSeconds) => this.#put(key(id), payload, expiresInSeconds),
      find: async (id) => this.#get(key(id)),
      findByUid: async (uid) => this.#find(model, (payload) => payload.uid === uid),
      findByUserCode: async () => undefined,
      consume: async (id) => {
        const payload = this.#get(key(id));
        if (payload !== undefined) payload.consumed = Math.floor(this.clock.now() / 1000);
      },
      destroy: async (id) => {
        this.#entries.delete(key(id));
      },
      revokeByGrantId: async (grantId) => {
        for (const [name, entry] of this.#entries) if (entry.payload.grantId === grantId) this.#entries.delete(name);
      },
    };
  }

  #put(key: string, payload: AdapterPayload, expiresInSeconds: number | undefined): void {
    const now = this.clock.now();
    for (const [name, entry] of this.#entries) if (entry.expiresAt <= now) this.#entries.delete(name);
    const expiresAt = expiresInSeconds === undefined ? Number.POSITIVE_INFINITY : now + expiresInSeconds * 1000;
    this.#entries.set(key, { payload, expiresAt });
  }

  #get(key: string): AdapterPayload | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && entry.expiresAt > this.clock.now() ? entry.payload : undefined;
  }

  #find(model: string, matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined {
    for (const [name, entry] of this.#entries) {
      if (name.startsWith(`${model}:`) && entry.expiresAt > this.clock.now() && matches(entry.payload)) {
        return entry.payload;
      }
    }
    return undefined;
  }
}
