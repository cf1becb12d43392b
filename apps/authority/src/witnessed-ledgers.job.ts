import type { PeerCheckpoints } from '#exchange/io';
import type { SeenCheckpoints } from '#ledger/io';
import type { Clock } from '#protocol';
import { BackgroundRounds } from '#protocol/io';
import type { RegisterStore } from './register.store.js';

const EVERY_MS = 60 * 60 * 1000;

/**
 * The oversight witness puts on record, in the authority's own ledger, how far each ledger has come that it witnesses. Every
 * hour: what a cosignature says of a moment, an entry says for good.
 */
export class WitnessedLedgersJob {
  private readonly rounds = new BackgroundRounds();

  constructor(
    private readonly store: RegisterStore,
    private readonly seen: SeenCheckpoints,
    private readonly peers: PeerCheckpoints,
    private readonly clock: Clock,
    private readonly log: (line: string) => void,
  ) {}

  start(): void {
    this.rounds.start(this.clock, async () => {
      await this.round().catch((error: unknown) => {
        this.log(`witnessed ledgers: ${error instanceof Error ? error.message : 'failed'}`);
      });
      return EVERY_MS;
    });
  }

  stop(): void {
    this.rounds.stop();
  }

  async round(): Promise<void> {
    for (const { origin, note } of await this.seen.notes()) {
      const log = await this.store.ledger(origin);
      // Enrolled no more: what was logged of it stays.
      if (log === undefined) continue;
      await this.peers.log(log, note);
      for (const { storedNote: stored, shownNote: shown } of await this.seen.splitViews(origin)) {
        await this.peers.logSplitView(log, { stored, shown });
      }
    }
  }
}
