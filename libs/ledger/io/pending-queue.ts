import type { DataSource } from 'typeorm';
import { readPending, type PendingReceipt } from './pending-receipts.js';
import type { SideRecords } from './side-records.js';

/** The queue in the database, which is read only where it may hold something that was not read yet. */
export class PendingQueue {
  #mayHold = true;

  constructor(
    private readonly database: DataSource,
    private readonly sideRecords: SideRecords,
  ) {}

  /** Something may have come in. */
  changed(): void {
    this.#mayHold = true;
  }

  /** The first of what waits, at most `limit`. */
  async read(limit: number): Promise<PendingReceipt[]> {
    if (!this.#mayHold) return [];
    // Before it is read: what comes while it is read makes it worth another look.
    this.#mayHold = false;
    try {
      const queued = await readPending(this.database, this.sideRecords, limit);
      if (queued.length === limit) this.#mayHold = true;
      return queued;
    } catch (error) {
      this.#mayHold = true;
      throw error;
    }
  }
}
