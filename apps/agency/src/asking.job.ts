import type { AgencyNode } from './agency-node.js';
import { askFederation } from './ask-federation.js';
import type { OutgoingRequest } from './outgoing-requests.store.js';

const IDLE_MS = 100;
const LEASE_MS = 45_000;
const AT_ONCE = 16;
const PUT_BACK_MS = 500;

/**
 * Takes what is due from the table of outgoing requests and carries each to its end. The table is the queue: whatever this
 * process forgets when it dies is due again at the next start.
 */
export class AskingJob {
  private stopped = false;
  private endPause: () => void = () => undefined;
  private running: Promise<void> | undefined;
  private readonly underWay = new Set<Promise<void>>();

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
    await this.running;
    await Promise.allSettled(this.underWay);
  }

  private async loop(): Promise<void> {
    // After a start, and after a failure to take, a request may be held by a lease that nobody serves.
    let unsure = true;
    while (!this.stopped) {
      try {
        if (unsure && this.underWay.size === 0) {
          await this.node.outgoing.resumeAll(this.node.clock.now());
          unsure = false;
        }
        await this.takeDue();
      } catch (error) {
        unsure = true;
        this.log(`asking: ${nameOf(error)}`);
      }
      const due = new Promise<void>((resolve) => (this.endPause = resolve));
      await Promise.race([this.node.clock.sleep(IDLE_MS), due, ...this.underWay]);
    }
  }

  private async takeDue(): Promise<void> {
    const free = AT_ONCE - this.underWay.size;
    if (free <= 0) return;
    for (const due of await this.node.outgoing.takeDue(this.node.clock.now(), LEASE_MS, free)) {
      const carried = this.carry(due).finally(() => this.underWay.delete(carried));
      this.underWay.add(carried);
    }
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
