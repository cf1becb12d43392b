import type { UnstoredRead } from '#reads';

/** How many reads may wait; a camera that floods is compared late, and never costs the memory of the node. */
const WAITING_MAX = 20_000;

/**
 * Takes reads as they are stored and compares them after, one batch at a time: a camera waits for its store, not for a list.
 * What is lost when the process dies, or does not fit, is found again by the job that looks at recent reads.
 */
export class AlertsOnArrival {
  private waiting: UnstoredRead[] = [];
  private running: Promise<void> | undefined;

  constructor(
    private readonly compare: (reads: readonly UnstoredRead[]) => Promise<unknown>,
    private readonly failed: (error: unknown) => void,
  ) {}

  arrived(reads: readonly UnstoredRead[]): void {
    this.waiting.push(...reads.slice(0, WAITING_MAX - this.waiting.length));
    this.running ??= this.drain().finally(() => (this.running = undefined));
  }

  /** Resolves when everything that has arrived is compared. */
  async settled(): Promise<void> {
    while (this.running !== undefined) await this.running;
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, 500);
      await this.compare(batch).catch(this.failed);
    }
  }
}
