// Long because all that a node may ask of its ledger is asked here, each question in a line or two.
import type { DataSource, EntityManager } from 'typeorm';
import type { Clock, Randomness } from '#protocol';
import {
  LedgerError,
  emptyRoot,
  encodeBase64,
  formatCheckpoint,
  signNote,
  type FieldGroup,
  type TlogPolicy,
} from '../src/index.js';
import type { LedgerIdentity } from './batch.js';
import { keepCosignature, readCosigned, type CosignedCheckpoint } from './cosignatures.js';
import { createState, readReceipts, readReceiptsOf } from './log-store.js';
import { LogView } from './log-view.js';
import { confirmHistory, type AskWitnesses } from './own-history.js';
import { appendPending, committed, type ReceiptDraft } from './pending-receipts.js';
import { proofFromIndex, type ReceiptProof } from './receipt-proof.js';
import type { ReceiptRecord } from './receipt-record.js';
import { RollingCheck } from './rolling-check.js';
import { checkLog } from './self-check.js';
import { Sequencer } from './sequencer.js';
import { bundleAt, entriesBetween } from './served-entries.js';
import { countKept, eraseOpenings, sealOpenings, type ErasedReceipts } from './erase-openings.js';
import type { SideRecords } from './side-records.js';
import { checkDurability } from './startup-guards.js';
import { readUnwitnessed, type Unwitnessed } from './unwitnessed.js';

export interface LedgerOptions extends LedgerIdentity {
  readonly dataSource: DataSource;
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** What the witnesses of this ledger last cosigned; asked before anything is signed. */
  readonly askWitnesses: AskWitnesses;
  /** Seals and opens what opens the commitments. */
  readonly sideRecords: SideRecords;
}

/**
 * The ledger of one node: receipts go in inside the node's own transactions and come back with a proof, once they are
 * durable under a signed checkpoint. A checkpoint is shown to nobody before the commit that wrote it.
 */
export class Ledger {
  readonly #options: LedgerOptions;
  readonly #view: LogView;
  readonly #sequencer: Sequencer;
  readonly #rolling: RollingCheck;

  constructor(options: LedgerOptions) {
    if (options.noteKey.name !== options.origin || options.noteKey.type !== 'note') {
      throw new LedgerError('malformed_key', 'the note key is not that of the origin');
    }
    this.#options = options;
    this.#view = new LogView(options.dataSource, options.origin, options.noteKey.vkey);
    const confirm = () => confirmHistory(this.#view, this.vkey, options.askWitnesses);
    this.#sequencer = new Sequencer(options.dataSource, this.#view, options, options.clock, confirm);
    const halt = (error: LedgerError) => this.#sequencer.halt(error);
    this.#rolling = new RollingCheck(options.dataSource, this.#view, options.clock, halt);
  }

  get origin(): string {
    return this.#options.origin;
  }

  /** What others verify this ledger's checkpoints with. */
  get vkey(): string {
    return this.#options.noteKey.vkey;
  }

  /** Why nothing is signed any more, if so. */
  get halted(): LedgerError | undefined {
    return this.#sequencer.halted;
  }

  /** Whether evidence can be written: nothing has stopped the signing, and the witnesses have confirmed the stored log. */
  get signs(): boolean {
    return this.halted === undefined && this.#sequencer.confirmed;
  }

  /**
   * Checks that the database keeps what it acknowledges, that the log is what was signed, and that no witness has seen more of
   * it, then writes what is pending. Where no witness answers, nothing is signed until one does; they are asked again.
   *
   * @throws LedgerError `database_unsafe`, `database_doubtful`, `history_rewritten`; the database's own error where it is away
   */
  async start(): Promise<void> {
    const { dataSource, origin, noteKey } = this.#options;
    await checkDurability(dataSource);
    const empty = formatCheckpoint({ origin, size: 0, root: emptyRoot() });
    await createState(dataSource, origin, signNote(empty, [noteKey]));
    await this.#view.refresh();
    await sealOpenings(dataSource, this.#options.sideRecords);
    this.#sequencer.start(await this.confirmHistory());
    this.#rolling.start();
  }

  /**
   * Compares the stored log with what its witnesses last cosigned. A contradiction stops all signing (B10).
   *
   * @returns false where there are witnesses and none answered
   * @throws LedgerError `history_rewritten` with both notes
   */
  async confirmHistory(): Promise<boolean> {
    try {
      return await confirmHistory(this.#view, this.vkey, this.#options.askWitnesses);
    } catch (error) {
      if (error instanceof LedgerError && error.code === 'history_rewritten') this.#sequencer.halt(error);
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.#rolling.stop();
    await this.#sequencer.stop();
  }

  /**
   * Puts a receipt on record inside the caller's transaction (READ COMMITTED). It is evidence only once `integrated` has
   * resolved. The same id with the same content again does nothing.
   *
   * @throws LedgerError `receipt_conflict` where the id stands for other content, `malformed_commitment`; why it halted
   */
  async append(manager: EntityManager, draft: ReceiptDraft): Promise<void> {
    if (this.halted) throw this.halted;
    const { randomness, sideRecords, clock } = this.#options;
    await appendPending(manager, draft, randomness, sideRecords, clock.now());
  }

  /**
   * Writes a receipt that belongs to no other change of the caller's, and answers with its proof: `append` and `integrated` in
   * one, and one commit for all that come at once. The same id with the same content again gets the same entry. An id is
   * recorded this way or by `append`, never by both.
   *
   * @throws LedgerError `receipt_conflict`, `malformed_commitment`, `not_durable_in_time`, `not_running`; why it halted
   */
  async record(draft: ReceiptDraft, options: { timeoutMs?: number } = {}): Promise<ReceiptProof> {
    return this.#sequencer.record(
      committed(draft, this.#options.randomness, this.#options.sideRecords),
      options.timeoutMs,
    );
  }

  /**
   * Resolves when the receipt is durable under a signed checkpoint; to be called after the transaction of `append` has
   * committed. `timeoutMs` is 5000 where absent.
   *
   * @throws LedgerError `not_durable_in_time` (release nothing; `cause` says why where it is known), `not_running`
   */
  async integrated(receiptId: string, options: { timeoutMs?: number } = {}): Promise<ReceiptProof> {
    return this.#sequencer.integrated(receiptId, options.timeoutMs);
  }

  /**
   * The proof of an older receipt, under the checkpoint of `size` or else of the head.
   *
   * @throws LedgerError `receipt_unknown`, `range_refused` where no checkpoint of that size was signed
   */
  async proofOf(receiptId: string, options: { size?: number } = {}): Promise<ReceiptProof> {
    const [receipt] = await readReceipts(this.#options.dataSource, this.#options.sideRecords, [receiptId]);
    if (receipt === undefined) {
      throw new LedgerError('receipt_unknown', `receipt \`${receiptId}\` is not in the log`, { receiptId });
    }
    return proofFromIndex(this.#options.dataSource, this.#view, receipt, options.size);
  }

  /**
   * Base64 hashes that prove the log of `from` entries to be the beginning of that of `to`; none for `from` 0.
   *
   * @throws LedgerError `range_refused`
   */
  async consistency(from: number, to: number): Promise<string[]> {
    if (from === 0) return [];
    return (await this.#view.consistency(from, to)).map(encodeBase64);
  }

  /** Base64 hashes from the leaf at `index` to the root of the tree of `size` entries. @throws LedgerError `range_refused` */
  async inclusion(index: number, size: number): Promise<string[]> {
    return (await this.#view.inclusion(index, size)).map(encodeBase64);
  }

  /** The newest signed checkpoint. `root` in base64. */
  async head(): Promise<{ size: number; root: string; checkpoint: string }> {
    const { size, root, checkpoint } = await this.#view.refresh();
    return { size, root: encodeBase64(root), checkpoint };
  }

  /** A signed checkpoint over at least `size` entries, where the log has them: the newest that this process knows. */
  async headOf(size: number): Promise<{ size: number; checkpoint: string }> {
    const head = await this.#view.headOf(size);
    return { size: head.size, checkpoint: head.checkpoint };
  }

  /** The receipts of a transaction that are in the log, in its order. */
  async receipts(query: { txn: string }): Promise<ReceiptRecord[]> {
    return readReceiptsOf(this.#options.dataSource, this.#options.sideRecords, query.txn);
  }

  /**
   * The leaves from `from` up to, not including, `to`: compact JWS for anybody to read.
   *
   * @throws LedgerError `range_refused` beyond the head and for more than 1024 at once
   */
  async entries(from: number, to: number): Promise<string[]> {
    return entriesBetween(this.#options.dataSource, this.#view, from, to);
  }

  /** A tile as https://c2sp.org/tlog-tiles serves it; `undefined` until the log holds all of it. `width` 0 is the full one. */
  async tile(level: number, index: number, width: number): Promise<Uint8Array | undefined> {
    return this.#view.tile(level, index, width);
  }

  /** The entry bundle beside tile `index` of level 0; the same promises as of `tile`. */
  async bundle(index: number, width: number): Promise<Uint8Array | undefined> {
    return bundleAt(this.#options.dataSource, this.#view, index, width);
  }

  /** Keeps a witness's line over the checkpoint of `size`, once it is verified. See `keepCosignature` for refusals. */
  async addCosignature(input: {
    size: number;
    line: string;
    witnessVkeys: readonly string[];
  }): Promise<{ name: string; timeSeconds: number }> {
    return keepCosignature(this.#options.dataSource, this.vkey, input);
  }

  /** The checkpoint of `size` with its cosignatures; without a size the largest that anybody has cosigned. */
  async checkpointWithCosignatures(size?: number): Promise<CosignedCheckpoint | undefined> {
    return readCosigned(this.#options.dataSource, size);
  }

  /** Erases a group of fields from side records, for good, and says of how many. Every proof stays valid. */
  async eraseOpenings(group: FieldGroup, which: ErasedReceipts): Promise<number> {
    // Before it, so that nobody is shown what was erased; after it, for what was asked for meanwhile.
    this.#sequencer.forgetProofs();
    try {
      return await eraseOpenings(this.#options.dataSource, group, which);
    } finally {
      this.#sequencer.forgetProofs();
    }
  }

  /** How many side records `eraseOpenings` passed over, because their transactions are kept. */
  async keptOpenings(group: FieldGroup, which: { before: number; kept: readonly string[] }): Promise<number> {
    return countKept(this.#options.dataSource, group, which);
  }

  /** What of the log too few witnesses have cosigned, and since when; `undefined` where nothing is. */
  async unwitnessed(policy: TlogPolicy | undefined): Promise<Unwitnessed | undefined> {
    return readUnwitnessed(this.#options.dataSource, policy);
  }

  /** One piece of the rolling check, which otherwise runs by itself; the rounds that are complete. */
  async checkNext(): Promise<number> {
    await this.#rolling.step();
    return this.#rolling.rounds;
  }

  /**
   * Hashes the whole log again. What it finds also stops all signing (B09).
   *
   * @throws LedgerError `database_doubtful` with the first `index` that differs
   */
  async selfCheck(): Promise<void> {
    try {
      await checkLog(this.#options.dataSource, await this.#view.signedState());
      await this.#view.refresh();
    } catch (error) {
      if (error instanceof LedgerError) this.#sequencer.halt(error);
      throw error;
    }
  }
}
