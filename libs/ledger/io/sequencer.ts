import { setImmediate } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { Clock } from '#protocol';
import { LedgerError, type LedgerErrorCode } from '../src/index.js';
import { FormingBatch, type LedgerIdentity, type PreparedBatch } from './batch.js';
import { commitBatch } from './commit-batch.js';
import { DirectReceipts } from './direct-receipts.js';
import type { LogView } from './log-view.js';
import { PendingQueue } from './pending-queue.js';
import type { PendingReceipt } from './pending-receipts.js';
import { PromisedProofs } from './promised-proofs.js';
import type { ReceiptProof } from './receipt-proof.js';
import { RecentProofs } from './recent-proofs.js';
import type { SideRecords } from './side-records.js';
import { WakeUp } from './wake-up.js';

const MAX_BATCH = 512;
/** Of a batch that forms ahead; the rest of it is kept for the queue, which is read last. */
const MAX_FORMED = 384;
const POLL_MS = 250;
const FIRST_BACKOFF_MS = 100;
const LAST_BACKOFF_MS = 5_000;
const DEFAULT_TIMEOUT_MS = 5_000;

/** After these nothing may be signed any more until a person has looked: the log no longer is what it said it was. */
const FATAL: ReadonlySet<LedgerErrorCode> = new Set(['database_doubtful', 'history_rewritten', 'database_unsafe']);

/**
 * Drains what is pending into the log. Group commit without a timer: it writes as soon as it is idle, and what comes in
 * while one commit is in flight goes into the next, which forms meanwhile: the database writes one batch while this process
 * signs the next and makes the proofs of the one before. One commit at a time; another process that does the same is met by the
 * compare-and-swap of the commit.
 */
export class Sequencer {
  readonly #direct = new DirectReceipts();
  readonly #queue: PendingQueue;
  readonly #proofs: PromisedProofs;
  readonly #recent: RecentProofs;
  #running = false;
  #loop: Promise<void> | undefined;
  readonly #wakeUp: WakeUp;
  /** A batch whose commit may or may not have happened. It is tried again as it is, never with other entries. */
  #unsettled: PreparedBatch | undefined;
  /** The batch after the one in flight. */
  #forming: FormingBatch | undefined;
  #lastFailure: unknown;
  #halted: LedgerError | undefined;
  #confirmed = false;
  /** Tells the ticks of an earlier start that they are over. */
  #starts = 0;

  constructor(
    private readonly database: DataSource,
    private readonly view: LogView,
    private readonly identity: LedgerIdentity & { readonly sideRecords: SideRecords },
    private readonly clock: Clock,
    /** Whether the stored log is what its witnesses saw; asked until it is, before anything is signed. */
    private readonly confirm: () => Promise<boolean>,
  ) {
    this.#wakeUp = new WakeUp(clock);
    this.#recent = new RecentProofs(clock);
    this.#queue = new PendingQueue(database, identity.sideRecords);
    this.#proofs = new PromisedProofs(database, view, identity.sideRecords, this.#direct);
  }

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
    this.#wakeUp.end();
    await this.#loop;
    this.#direct.clear();
    this.#proofs.failAll(new LedgerError('not_running', 'the ledger was stopped'));
  }

  /** Something may have come into the queue. */
  wake(): void {
    this.#queue.changed();
    this.#wakeUp.ring();
  }

  /** Stops all signing for good: `error` is what was found. */
  halt(error: LedgerError): void {
    this.#halted ??= error;
    this.#proofs.failAll(this.#halted);
    this.wake();
  }

  async integrated(receiptId: string, timeoutMs = DEFAULT_TIMEOUT_MS): Promise<ReceiptProof> {
    this.#checkRunning();
    const recent = this.#recent.get(receiptId);
    if (recent !== undefined) return recent;
    const proof = this.#proofs.wait(receiptId, this.clock.now() + timeoutMs);
    this.wake();
    return this.#recent.keep(await proof);
  }

  /** To be called where openings were erased, or the log is no longer trusted: nothing is given from memory. */
  forgetProofs(): void {
    this.#recent.forget();
  }

  /**
   * Writes a receipt with the next batch, without a row in the queue: one commit for all that come at once.
   *
   * @throws LedgerError `receipt_conflict`, `not_durable_in_time`, `not_running`; why it halted
   */
  async record(receipt: PendingReceipt, timeoutMs = DEFAULT_TIMEOUT_MS): Promise<ReceiptProof> {
    this.#checkRunning();
    this.#direct.add(receipt);
    const proof = this.#proofs.wait(receipt.receiptId, this.clock.now() + timeoutMs);
    this.#wakeUp.ring();
    return proof;
  }

  #checkRunning(): void {
    if (this.#halted) throw this.#halted;
    if (!this.#running) throw new LedgerError('not_running', 'the ledger is not running');
  }

  /** Wakes the loop every so often, for rows of another process and for a wake-up that was missed, and ends waits. */
  async #tick(start: number): Promise<void> {
    while (this.#running && this.#starts === start) {
      await this.clock.sleep(POLL_MS);
      this.#proofs.expire(this.clock.now(), this.#lastFailure);
      this.wake();
    }
  }

  async #run(): Promise<void> {
    let backoffMs = FIRST_BACKOFF_MS;
    while (this.#running && !this.#halted) {
      this.#wakeUp.begin();
      try {
        this.#confirmed ||= await this.confirm();
        if (!this.#confirmed) throw new LedgerError('unconfirmed', 'no witness has answered yet');
        const waiting = this.#proofs.queuedWaiters();
        const drained = await this.#drain();
        // Where another batch is ready it goes first, and these proofs are made while it is in flight. Else the first half of
        // them: whoever gets one may come again at once, and then there is another batch.
        if (this.#forming === undefined) await this.#proofs.giveWritten(0.5);
        await this.#proofs.giveLeft(waiting);
        this.#lastFailure = undefined;
        backoffMs = FIRST_BACKOFF_MS;
        if (drained === 0 && this.#running) await this.#wakeUp.untilRung();
      } catch (error) {
        this.#lastFailure = error;
        // What is durable is so whatever failed after it. A proof that cannot be made now is made by `giveLeft`.
        await this.#proofs.giveWritten().catch(() => undefined);
        if (error instanceof LedgerError && FATAL.has(error.code)) this.halt(error);
        // Anything else passes: the database is away, or a connection broke. What was promised to nobody is tried again.
        else await this.#wakeUp.pause(backoffMs);
        backoffMs = Math.min(backoffMs * 2, LAST_BACKOFF_MS);
      }
    }
    await this.#proofs.giveWritten().catch(() => undefined);
  }

  /** Writes one batch; the number of entries written. Its proofs are made while the next is in flight, or by the caller. */
  async #drain(): Promise<number> {
    const batch = await this.#nextBatch();
    if (batch === undefined) {
      await this.#proofs.giveWritten();
      return 0;
    }
    this.#unsettled = batch;
    const committed = commitBatch(this.database, batch);
    // It may fail before anybody waits for it; then its outcome is unknown, here and below.
    committed.catch(() => undefined);
    // The statement leaves in a later turn of the loop of this process; what follows would hold it back.
    await setImmediate();
    // Nothing may keep this from waiting for the commit. A proof that cannot be made now is made by `giveLeft`.
    await this.#workAhead(batch).catch(() => undefined);
    const won = await committed;
    this.#unsettled = undefined;
    if (!won) {
      this.#forming = undefined;
      await this.view.refresh();
      this.#queue.changed();
      await this.#proofs.giveKnown(batch);
      // Not 0: what is still pending is to be written now, not at the next wake-up.
      return 1;
    }
    this.view.adopt(batch);
    this.#proofs.written(batch);
    return batch.entries.length;
  }

  /** What there is to do while `batch` is in flight: the proofs of the batch before it, and a beginning of the one after it. */
  async #workAhead(batch: PreparedBatch): Promise<void> {
    await this.#proofs.giveWritten();
    const inFlight = new Set(batch.entries.map(({ receipt }) => receipt.receiptId));
    const waiting = this.#direct.first(MAX_FORMED, inFlight);
    if (waiting.length === 0) return;
    this.#forming = new FormingBatch(batch.after, this.identity);
    this.#forming.add(waiting, this.clock.now());
  }

  /**
   * After a commit of unknown outcome the state is read, never guessed. If the log stands where that batch found it, the
   * same bytes are written again: two different trees of one size must not both have been signed and sent.
   */
  async #nextBatch(): Promise<PreparedBatch | undefined> {
    const formed = this.#forming;
    this.#forming = undefined;
    const unsettled = this.#unsettled;
    if (unsettled) {
      const head = await this.view.refresh();
      if (head.size === unsettled.before.size) return unsettled;
      // It was written, or another's in its place. Before the next is made: what is on record must not be sent again.
      this.#queue.changed();
      await this.#proofs.giveKnown(unsettled);
      this.#unsettled = undefined;
    }
    const head = await this.view.head();
    const queued = await this.#queue.read(MAX_BATCH - (formed?.size ?? 0));
    const queuedIds = new Set(queued.map(({ receiptId }) => receiptId));
    const isOurs = formed?.follows(head) === true && queued.every(({ receiptId }) => !formed.has(receiptId));
    const forming = isOurs ? formed : new FormingBatch(head, this.identity);
    const nowMs = this.clock.now();
    const taken = { has: (receiptId: string) => forming.has(receiptId) || queuedIds.has(receiptId) };
    forming.add(this.#direct.first(MAX_BATCH - queued.length - forming.size, taken), nowMs);
    const direct = forming.size;
    forming.add(queued, nowMs);
    return forming.size === 0 ? undefined : forming.close(head, direct, nowMs);
  }
}
