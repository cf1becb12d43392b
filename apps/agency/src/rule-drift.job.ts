import { BackgroundRounds } from '#protocol/io';
import type { AgencyNode } from './agency-node.js';

const EVERY_MS = 10_000;

/** Says aloud, and in the node's health, that the rule which would be applied is not the one that was approved. */
export class RuleDriftJob {
  private readonly rounds = new BackgroundRounds();
  private said: string | undefined;

  constructor(
    private readonly node: Pick<AgencyNode, 'rules' | 'clock'>,
    private readonly log: (line: string) => void,
  ) {}

  start(): void {
    this.rounds.start(this.node.clock, async () => {
      await this.check().catch(() => this.log('rule drift: a look failed and is tried again'));
      return EVERY_MS;
    });
  }

  stop(): void {
    this.rounds.stop();
  }

  /** One look now. */
  async check(): Promise<void> {
    const drift = await this.node.rules.checkDrift();
    if (drift !== undefined && drift !== this.said) this.log(`ALARM rule drift, nothing is decided: ${drift}`);
    if (drift === undefined && this.said !== undefined) this.log('rule drift is over');
    this.said = drift;
  }
}
