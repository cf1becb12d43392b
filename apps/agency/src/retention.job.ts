import type { AgencyNode } from './agency-node.js';

const EVERY_MS = 10 * 60_000;

/**
 * Deletes what may be kept no longer: own reads past the agency's retention, and received reads past what their owner
 * obliged. Nothing past its limit is found or shown in between, so that a late sweep discloses nothing (P11).
 */
export class RetentionJob {
  private stopped = false;

  constructor(
    private readonly node: AgencyNode,
    private readonly log: (line: string) => void,
  ) {}

  start(): void {
    void this.loop();
  }

  stop(): void {
    this.stopped = true;
  }

  /** One sweep now. */
  async sweep(): Promise<void> {
    const { reads, received, settings, clock } = this.node;
    if (settings.retentionMs !== undefined) {
      const { readsDeleted } = await reads.dropExpired(settings.retentionMs);
      if (readsDeleted > 0) this.log(`retention: ${readsDeleted} own reads deleted`);
    }
    const expired = await received.deleteExpired(clock.now());
    if (expired.length > 0) this.log(`retention: received reads of ${expired.length} releases deleted`);
  }

  private async loop(): Promise<void> {
    while (!this.stopped) {
      await this.sweep().catch(() => this.log('retention: a sweep failed and is tried again'));
      await this.node.clock.sleep(EVERY_MS);
    }
  }
}
