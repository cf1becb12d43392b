import { BackgroundRounds } from '#protocol/io';
import type { AgencyNode } from '../agency-node.js';

const EVERY_MS = 60_000;

/** Turns the encryption key when it has had its time, and destroys what has opened its last. */
export class EncryptionKeysJob {
  private readonly rounds = new BackgroundRounds();

  constructor(
    private readonly node: Pick<AgencyNode, 'encryptionKeys' | 'clock'>,
    private readonly log: (line: string) => void,
  ) {}

  start(): void {
    this.rounds.start(this.node.clock, async () => {
      await this.check().catch(() => this.log('encryption key: a look failed and is tried again'));
      return EVERY_MS;
    });
  }

  stop(): void {
    this.rounds.stop();
  }

  /** One look now. */
  async check(): Promise<void> {
    const { made, destroyed } = await this.node.encryptionKeys.turn();
    if (made !== undefined) this.log(`encryption key: \`${made}\` is the newest now`);
    for (const kid of destroyed) this.log(`encryption key: \`${kid}\` is destroyed`);
  }
}
