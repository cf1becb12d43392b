import type { AgencyNode } from './agency-node.js';
import { askFederation } from './ask-federation.js';
import type { OutgoingRequest } from './outgoing-requests.store.js';
import { Slots } from './slots.js';

/** While something is under way: a place becomes free by time alone, too. */
const BUSY_MS = 100;
/** For what another process left behind. What becomes due in this one is announced, and what it put back it knows. */
const IDLE_MS = 1_000;
const LEASE_MS = 45_000;
/** An answer takes a second or two where nobody is slow; for a slow owner a broker waits twenty. */
const AT_ONCE = { busy: 16, busyMs: 4_000, all: 96 };
const PUT_BACK_MS = 500;

/**
 * Takes what is due from the table of outgoing requests and carries each to its end. The table is the queue: whatever this
 * process forgets when it dies is due again at the next start.
 */
export class AskingJob {
  private stopped = false;
  private endPause: () => void = () => undefined;
  private running: Promise<void> | undefined;
  private readonly slots = new Slots(AT_ONCE);

  constructor(
    private readonly node: AgencyNode,
    private readonly log: (line: string) => void,
  ) {}

  start(): void {
    this.node.outgoing.whenDue(() => this.endPause());
    this.running ??= this.loop();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.endPause();
    await this.running;
    await Promise.allSettled(this.slots.taken);
  }

  private async loop(): Promise<void> {
    // After a start, and after a failure to take, a request may be held by a lease that nobody serves.
    let unsure = true;
    while (!this.stopped) {
      try {
        if (unsure && this.slots.taken.length === 0) {
          await this.node.outgoing.resumeAll(this.node.clock.now());
          unsure = false;
        }
        await this.takeDue();
      } catch (error) {
        unsure = true;
        this.log(`asking: ${nameOf(error)}`);
      }
      const due = new Promise<void>((resolve) => (this.endPause = resolve));
      await Promise.race([this.node.clock.sleep(this.pauseMs()), due, ...this.slots.taken]);
    }
  }

  private pauseMs(): number {
    if (this.slots.taken.length > 0) return BUSY_MS;
    const untilRetry = this.node.outgoing.soonestRetryMs - this.node.clock.now();
    return Math.min(IDLE_MS, Math.max(untilRetry, BUSY_MS));
  }

  private async takeDue(): Promise<void> {
    const now = this.node.clock.now();
    const free = this.slots.free(now);
    if (free === 0) return;
    for (const due of await this.node.outgoing.takeDue(now, LEASE_MS, free)) this.slots.take(this.carry(due), now);
  }

  private async carry(due: OutgoingRequest): Promise<void> {
    try {
      await askFederation(due, this.node);
    } catch (error) {
      this.log(`asking: ${nameOf(error)}`);
      await this.putBack(due);
    }
  }

  /** Where the database is away a request cannot be put back at once, and its lease is as long as many an answer may take. */
  private async putBack(due: OutgoingRequest): Promise<void> {
    while (!this.stopped) {
      try {
        return await this.node.outgoing.retryAt(due, this.node.clock.now() + retryMs(due.attempts));
      } catch {
        await this.node.clock.sleep(PUT_BACK_MS);
      }
    }
  }
}

function retryMs(attempts: number): number {
  return Math.min(250 * 2 ** Math.min(attempts, 6), 5_000);
}

/** Code and kind alone: a message may quote anything. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  return 'code' in error && typeof error.code === 'string' ? `${error.name} ${error.code}` : error.name;
}
