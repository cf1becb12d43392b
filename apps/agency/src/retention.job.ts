import { BackgroundRounds } from '#protocol/io';
import type { AgencyNode } from './agency-node.js';
import { retentionLimits } from './retention/retention-limits.js';
import { runRetention } from './retention/run-retention.js';

const EVERY_MS = 10 * 60_000;
const AT_LEAST_MS = 10_000;
/** Days for which tables of reads stand ready, so that no import waits for one at midnight. */
const PARTITIONS_AHEAD_MS = 3 * 86_400_000;

/**
 * Deletes what may be kept no longer: own reads past the agency's retention, received reads past what their owner obliged,
 * asks, answers and ID tokens past their purpose. Nothing past its limit is found or shown in between, so that a late sweep
 * discloses nothing (P11).
 */
export class RetentionJob {
  private readonly rounds = new BackgroundRounds();

  constructor(
    private readonly node: AgencyNode,
    private readonly log: (line: string) => void,
  ) {}

  start(): void {
    this.rounds.start(this.node.clock, async () => {
      await this.sweep().catch(() => this.log('retention: a sweep failed and is tried again'));
      return await this.everyMs().catch(() => EVERY_MS);
    });
  }

  stop(): void {
    this.rounds.stop();
  }

  /** One sweep now; makes the tables of the days to come as well. */
  async sweep(): Promise<void> {
    const { certificates, failed } = await runRetention(this.node, 'later');
    for (const { count, what } of certificates) this.log(`retention: ${count} ${what} deleted`);
    for (const what of failed) this.log(`retention: ${what} could not be deleted; it is tried again`);
    const now = this.node.clock.now();
    await this.node.reads.ensurePartitions(now, now + PARTITIONS_AHEAD_MS);
  }

  /** A limit of minutes is swept for within a tenth of it. */
  private async everyMs(): Promise<number> {
    const { readsMs } = await retentionLimits(this.node);
    return Math.min(EVERY_MS, Math.max(AT_LEAST_MS, (readsMs ?? EVERY_MS * 10) / 10));
  }
}
