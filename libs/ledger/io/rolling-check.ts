import type { DataSource } from 'typeorm';
import type { Clock } from '#protocol';
import { LedgerError } from '../src/index.js';
import type { LogView } from './log-view.js';
import { LogCheck } from './self-check.js';

/** Between two pieces of at most 64 batches; a log of a million entries is gone through in some hours. */
const EVERY_MS = 5_000;

/**
 * Goes through the stored log again and again while the node works, a piece at a time. One flipped bit ended a public log
 * because it was found too late (Yeti 2022); what is found here stops all signing (B09).
 */
export class RollingCheck {
  #check: LogCheck | undefined;
  #running = 0;
  /** Rounds that went through the whole log. */
  rounds = 0;

  constructor(
    private readonly database: DataSource,
    private readonly view: LogView,
    private readonly clock: Clock,
    private readonly halt: (error: LedgerError) => void,
  ) {}

  start(): void {
    void this.#run((this.#running += 1));
  }

  stop(): void {
    this.#running += 1;
  }

  /** Checks the next piece. @throws LedgerError `database_doubtful`, after it has stopped the signing */
  async step(): Promise<void> {
    try {
      this.#check ??= new LogCheck(this.database, await this.view.signedState());
      if (!(await this.#check.step())) return;
      this.rounds += 1;
      this.#check = undefined;
    } catch (error) {
      this.#check = undefined;
      if (error instanceof LedgerError) this.halt(error);
      throw error;
    }
  }

  async #run(start: number): Promise<void> {
    for (;;) {
      await this.clock.sleep(EVERY_MS);
      if (this.#running !== start) return;
      try {
        await this.step();
      } catch (error) {
        if (error instanceof LedgerError) return;
        // The database is away: the sequencer says so, and the check goes on when it is back.
      }
    }
  }
}
