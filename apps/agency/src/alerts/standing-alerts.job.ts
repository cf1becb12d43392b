import type { AgencyNode } from '../agency-node.js';
import { receivedNoLonger } from './receive-alert.js';
import { endWhatIsRefused, releaseAlert } from './release-alert.js';

const EVERY_MS = 2_000;
const LOOKED_AT_EVERY_MS = 20_000;

/**
 * Carries what was found for others to them, and ends what may be followed no longer: at the owner what its rule, a mark or a
 * status refuses by now, at the requester what it looks for no longer. What fails is tried again; nothing leaves meanwhile.
 */
export class StandingAlertsJob {
  private stopped = false;
  private wake: () => void = () => undefined;
  private running: Promise<void> | undefined;
  private lookedAtMs = 0;

  constructor(
    private readonly node: AgencyNode,
    private readonly log: (line: string) => void,
  ) {}

  start(): void {
    this.running ??= this.loop();
  }

  /** Something was found: do not wait for the next round. */
  found(): void {
    this.wake();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.wake();
    await this.running;
  }

  /** One round now. */
  async round(): Promise<void> {
    const { node } = this;
    const now = node.clock.now();
    for (const alert of await node.followed.open()) {
      await releaseAlert(alert, node).catch((error: unknown) => {
        this.log(`alerts: ${error instanceof Error ? error.name : 'failed'}; a release is tried again`);
      });
    }
    if (now - this.lookedAtMs < LOOKED_AT_EVERY_MS) return;
    this.lookedAtMs = now;
    await node.followed.deleteEnded(now);
    await endWhatIsRefused(node);
    await receivedNoLonger(node);
  }

  private async loop(): Promise<void> {
    while (!this.stopped) {
      await this.round().catch(() => this.log('alerts: a round of standing alerts failed and is tried again'));
      const woken = new Promise<void>((resolve) => (this.wake = resolve));
      await Promise.race([this.node.clock.sleep(EVERY_MS), woken]);
    }
  }
}
