import { BackgroundRounds } from '#protocol/io';
import type { AgencyNode } from '../agency-node.js';
import { noteFollowed } from './follow-plate.js';
import { ownPermit } from './own-permit.js';
import { recordHits } from './record-hits.js';

const EVERY_MS = 60_000;
/** Reads that another process has stored, or that came just before this one died, are compared within this time. */
const LOOK_BACK_MS = 10 * 60_000;
const READS_MAX = 20_000;

/**
 * Takes away what has expired or is no longer permitted, with the alerts that wait on it, and compares recent reads once
 * more: what a crash lost between store and comparison is found here, and what was found before is not found twice.
 */
export class AlertsJob {
  private readonly rounds = new BackgroundRounds();

  constructor(
    private readonly node: AgencyNode,
    private readonly log: (line: string) => void,
  ) {}

  start(): void {
    this.rounds.start(this.node.clock, async () => {
      await this.round().catch(() => this.log('alerts: a round failed and is tried again'));
      return EVERY_MS;
    });
  }

  stop(): void {
    this.rounds.stop();
  }

  /** One round now. */
  async round(): Promise<void> {
    const { node } = this;
    const now = node.clock.now();
    const gone = await node.hotLists.purge(await ownPermit(node));
    await node.dataSource.transaction((manager) => node.alerts.withdraw(manager, gone));
    await node.hotListImports.forgetAbandoned();
    const reads = await node.reads.recent(now - LOOK_BACK_MS, READS_MAX);
    await recordHits(reads, node);
    await noteFollowed(reads, node);
  }
}
