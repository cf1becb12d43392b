import type { Clock, Network } from '#protocol';
import type { Ledger } from '#ledger/io';
import type { RecordedEvent } from './event-feed.js';
import type { RegisterStore } from './register.store.js';

/** One call each, and no second one: whoever misses it asks within ten seconds. */
const LIMITS = { timeoutMs: 2_000, maxBytes: 4 * 1_024 } as const;
const CONCURRENCY = 16;
/** Beyond so many calls waiting, nodes learn of what is newest by asking. */
const MAX_WAITING = 100_000;

/**
 * Carries events to every enrolled node at once, so that a suspension does not wait for anybody's next round. Best effort:
 * a node that cannot be reached pulls, and until then its status list goes stale and denies.
 */
export class EventPush {
  readonly #waiting: { readonly url: string; readonly token: string }[] = [];
  #running = 0;
  #closed = false;
  #idle: Promise<void> = Promise.resolve();
  #becomeIdle: () => void = () => undefined;

  constructor(
    private readonly store: RegisterStore,
    private readonly superiors: () => readonly string[],
    private readonly ledger: Ledger,
    private readonly ports: { readonly network: Network; readonly clock: Clock },
    private readonly log: (line: string) => void,
  ) {}

  /**
   * Waits until the events are in the ledger, then begins to carry them; it does not wait for the nodes.
   *
   * @throws LedgerError where an event is not in the ledger in time: it is told by the feed once it is
   */
  async announce(events: readonly RecordedEvent[]): Promise<void> {
    for (const { receiptId } of events) await this.ledger.integrated(receiptId);
    if (events.length === 0 || this.#closed) return;
    const nodes = await this.store.nodes(this.superiors());
    for (const { token } of events) {
      for (const node of nodes) {
        if (this.#waiting.length < MAX_WAITING) this.#waiting.push({ url: `${node}/federation/events`, token });
      }
    }
    this.#begin();
  }

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    return this.#idle;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#waiting.length = 0;
    await this.#idle;
  }

  #begin(): void {
    if (this.#running === 0 && this.#waiting.length > 0) {
      this.#idle = new Promise((resolve) => {
        this.#becomeIdle = resolve;
      });
    }
    while (this.#running < CONCURRENCY && this.#waiting.length > 0) {
      this.#running += 1;
      void this.#work();
    }
  }

  async #work(): Promise<void> {
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) await this.#send(next);
    this.#running -= 1;
    if (this.#running === 0) this.#becomeIdle();
  }

  async #send({ url, token }: { readonly url: string; readonly token: string }): Promise<void> {
    const headers = { 'content-type': 'application/comity-event+jwt' };
    try {
      await this.ports.network.request({ method: 'POST', url, headers, body: token, ...LIMITS });
    } catch {
      // The node asks for events itself; that it could not be told is not this change's failure.
      this.log(`events: \`${url}\` could not be told`);
    }
  }
}
