import type { DataSource } from 'typeorm';
import type { Clock } from '#protocol';
import { LedgerError, type LedgerErrorCode } from '../src/index.js';
import { prepareBatch, type LedgerIdentity, type PreparedBatch } from './batch.js';
import { commitBatch } from './commit-batch.js';
import { readReceipts } from './log-store.js';
import type { LogView } from './log-view.js';
import { readPending } from './pending-receipts.js';
import { proofFromBatch, proofFromIndex, type ReceiptProof } from './receipt-proof.js';
import { Waiters } from './waiters.js';

const MAX_BATCH = 512;
const POLL_MS = 250;
const FIRST_BACKOFF_MS = 100;
const LAST_BACKOFF_MS = 5_000;
const DEFAULT_TIMEOUT_MS = 5_000;

/** After these nothing may be signed any more until a person has looked: the log no longer is what it said it was. */
const FATAL: ReadonlySet<LedgerErrorCode> = new Set(['database_doubtful', 'history_rewritten', 'database_unsafe']);

/**
 * Drains what is pending into the log. Group commit without a timer: it writes as soon as it is idle, and what comes in
 * while one commit is in flight goes into the next. One batch at a time; another process that does the same is met by the
 * compare-and-swap of the commit.
 */
export class Sequencer {
  readonly #waiters = new Waiters<ReceiptProof>();
  #running = false;
  #loop: Promise<void> | undefined;
  #wake: () => void = () => undefined;
  #woken = false;
  /** A batch whose commit may or may not have happened. It is tried again as it is, never with other entries. */
  #unsettled: PreparedBatch | undefined;
  #lastFailure: unknown;
  #halted: LedgerError | undefined;
  #confirmed = false;
  #endPause: () => void = () => undefined;
  /** Tells the ticks of an earlier start that they are over. */
  #starts = 0;

  constructor(
    private readonly database: DataSource,
    private readonly view: LogView,
    private readonly identity: LedgerIdentity,
    private readonly clock: Clock,
    /** Whether the stored log is what its witnesses saw; asked until it is, before anything is signed. */
    private readonly confirm: () => Promise<boolean>,
  ) {}

  /** Whether the log was found to be what its witnesses saw. */
  get confirmed(): boolean {
    return this.#confirmed;
  }

  get halted(): LedgerError | undefined {
    return this.#halted;
  }

  /** `confirmed`: the log was compared with its witnesses just now. */
  start(confirmed: boolean): void {
    if (this.#running) return;
    this.#running = true;
    this.#confirmed = confirmed;
    this.#starts += 1;
    this.#loop = this.#run();
    void this.#tick(this.#starts);
  }

  /** Ends after the commit in flight. What is still pending waits for the next start. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#endPause();
    this.wake();
    await this.#loop;
    this.#waiters.failAll(new LedgerError('not_running', 'the ledger was stopped'));
  }

  wake(): void {
    this.#woken = true;
    this.#wake();
  }

  /** Stops all signing for good: `error` is what was found. */
  halt(error: LedgerError): void {
    this.#halted ??= error;
    this.#waiters.failAll(this.#halted);
    this.wake();
  }

  async integrated(receiptId: string, timeoutMs = DEFAULT_TIMEOUT_MS): Promise<ReceiptProof> {
    if (this.#halted) throw this.#halted;
    if (!this.#running) throw new LedgerError('not_running', 'the ledger is not running');
    const proof = this.#waiters.wait(receiptId, this.clock.now() + timeoutMs);
    this.wake();
    return proof;
  }

  /** Wakes the loop every so often, for rows of another process and for a wake-up that was missed, and ends waits. */
  async #tick(start: number): Promise<void> {
    while (this.#running && this.#starts === start) {
      await this.clock.sleep(POLL_MS);
      this.#waiters.expire(this.clock.now(), this.#lastFailure);
      this.wake();
    }
  }

  async #run(): Promise<void> {
    let backoffMs = FIRST_BACKOFF_MS;
    while (this.#running && !this.#halted) {
      this.#woken = false;
      try {
        if (!(await this.#isConfirmed())) throw new LedgerError('unconfirmed', 'no witness has answered yet');
        const waiting = this.#waiters.receiptIds();
        const drained = await this.#drain();
        await this.#settleLeft(waiting);
        this.#lastFailure = undefined;
        backoffMs = FIRST_BACKOFF_MS;
        if (drained === 0) await this.#untilWoken();
      } catch (error) {
        this.#lastFailure = error;
        if (error instanceof LedgerError && FATAL.has(error.code)) this.halt(error);
        // Anything else passes: the database is away, or a connection broke. What was promised to nobody is tried again.
        else await this.#pause(backoffMs);
        backoffMs = Math.min(backoffMs * 2, LAST_BACKOFF_MS);
      }
    }
  }

  async #isConfirmed(): Promise<boolean> {
    this.#confirmed ||= await this.confirm();
    return this.#confirmed;
  }

  #untilWoken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      if (this.#woken || !this.#running) resolve();
    });
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.#endPause = resolve;
      void this.clock.sleep(milliseconds).then(resolve);
    });
  }

  /** Writes one batch; the number of entries written. */
  async #drain(): Promise<number> {
    const batch = await this.#nextBatch();
    if (batch === undefined) return 0;
    this.#unsettled = batch;
    const won = await commitBatch(this.database, batch);
    this.#unsettled = undefined;
    if (!won) {
      await this.view.refresh();
      // Not 0: what is still pending is to be written now, not at the next wake-up.
      return 1;
    }
    this.view.adopt(batch);
    await this.#settle(batch);
    return batch.entries.length;
  }

  /**
   * After a commit of unknown outcome the state is read, never guessed. If the log stands where that batch found it, the
   * same bytes are written again: two different trees of one size must not both have been signed and sent.
   */
  async #nextBatch(): Promise<PreparedBatch | undefined> {
    const unsettled = this.#unsettled;
    if (unsettled) {
      const head = await this.view.refresh();
      if (head.size === unsettled.before.size) return unsettled;
      this.#unsettled = undefined;
    }
    const head = await this.view.head();
    const pending = await readPending(this.database, MAX_BATCH);
    if (pending.length === 0) return undefined;
    return prepareBatch(head, pending, this.identity, this.clock.now());
  }

  async #settle(batch: PreparedBatch): Promise<void> {
    for (const entry of batch.entries) {
      const { receiptId } = entry.receipt;
      if (this.#waiters.has(receiptId)) this.#waiters.settle(receiptId, await proofFromBatch(this.view, batch, entry));
    }
  }

  /**
   * Those who had waited before the batch was read and are not in it: their receipt is in the log already, or another
   * process put it there, or its transaction has not committed yet.
   */
  async #settleLeft(waiting: readonly string[]): Promise<void> {
    const left = waiting.filter((receiptId) => this.#waiters.has(receiptId));
    if (left.length === 0) return;
    for (const receipt of await readReceipts(this.database, left)) {
      this.#waiters.settle(receipt.receiptId, await proofFromIndex(this.database, this.view, receipt, undefined));
    }
  }
}
