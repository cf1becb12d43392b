import type { DataSource } from 'typeorm';
import type { Clock } from '#protocol';
import {
  LedgerError,
  cosign,
  decodeBase64,
  equalHashes,
  followCheckpoint,
  openCheckpoint,
  parseCheckpoint,
  splitNote,
  verifyConsistency,
  type CheckpointEvidence,
  type LedgerErrorCode,
  type NoteKey,
  type RememberedCheckpoint,
  type VerifiedCheckpoint,
} from '../src/index.js';
import { queryRows, toBytes, toCount } from './rows.js';
import { keepSplitView, readSplitViews, type SplitView } from './split-views.js';

/** A checkpoint that another log shows, and the way to it. */
export interface ShownCheckpoint {
  readonly origin: string;
  /** The signed note, with cosignatures where there are any. */
  readonly note: string;
  /** Verification key of the log, from its owner's enrolled metadata; never from the message that brought the note. */
  readonly logVkey: string;
  /** Witnesses that count on first contact. */
  readonly witnessVkeys: readonly string[];
  /** Base64 hashes; `from` is the size that the proof begins at, 0 on first contact. */
  readonly consistency: { readonly from: number; readonly hashes: readonly string[] };
}

const MAX_RACES = 10;

const REFUSALS: Partial<Record<LedgerErrorCode, string>> = {
  stale: 'the checkpoint is smaller than one that was accepted before',
  other_size: 'the consistency proof begins at another size than that remembered',
  consistency_invalid: 'the checkpoint is not proven to continue the one accepted before',
  first_contact_unwitnessed: 'no known witness has cosigned the first checkpoint seen of this log',
};

/**
 * What this node remembers of the logs of others: of each the largest checkpoint that it accepted. The database keeps it; this
 * process also has what it last read or wrote there. Another process may have accepted a larger one since, which continues it:
 * what is measured against the older one and written fails its compare-and-swap, and is measured again.
 */
export class SeenCheckpoints {
  readonly #dataSource: DataSource;
  readonly #clock: Clock;
  readonly #known = new Map<string, RememberedCheckpoint>();

  constructor(options: { dataSource: DataSource; clock: Clock }) {
    this.#dataSource = options.dataSource;
    this.#clock = options.clock;
  }

  /** As this process knows it; where it knows nothing, as the database does. */
  async get(origin: string): Promise<RememberedCheckpoint | undefined> {
    return this.#known.get(origin) ?? this.read(origin);
  }

  /** As the database has it now: for whoever is told what is remembered. */
  async read(origin: string): Promise<RememberedCheckpoint | undefined> {
    const [row] = await queryRows<{ size: string; root: Buffer; note: string }>(
      this.#dataSource,
      `select size, root, note from seen_checkpoint where origin = $1`,
      [origin],
    );
    if (row === undefined) {
      this.#known.delete(origin);
      return undefined;
    }
    const stored = { size: toCount(row.size), root: toBytes(row.root), note: row.note };
    this.#know(origin, stored);
    return stored;
  }

  /** A reading that was overtaken by what this process wrote meanwhile is not kept. */
  #know(origin: string, stored: RememberedCheckpoint): void {
    if (stored.size >= (this.#known.get(origin)?.size ?? 0)) this.#known.set(origin, stored);
  }

  /** The newest note of every log that was followed. */
  async notes(): Promise<{ origin: string; note: string }[]> {
    return queryRows(this.#dataSource, `select origin, note from seen_checkpoint order by origin`, []);
  }

  /** The note remembered of the log whose origin has this SHA-256 (hex), as a witness is asked for it. */
  async noteOfOriginHash(originHash: string): Promise<string | undefined> {
    const [row] = await queryRows<{ note: string }>(
      this.#dataSource,
      `select note from seen_checkpoint where encode(sha256(convert_to(origin, 'UTF8')), 'hex') = $1`,
      [originHash],
    );
    return row?.note;
  }

  /**
   * Verifies that a checkpoint continues what was seen of the log, and remembers it. Comparing and writing are one step:
   * of two checkpoints that arrive at once neither can undo the other.
   *
   * @throws LedgerError `split_view` with both notes, which are also kept (B04); `stale`, `other_size` (ask for the proof from
   * `evidence.storedSize`), `consistency_invalid`, `first_contact_unwitnessed`, and the codes of `openCheckpoint`
   */
  async accept(shown: ShownCheckpoint): Promise<VerifiedCheckpoint> {
    const consistency = { from: shown.consistency.from, hashes: shown.consistency.hashes.map(decodeBase64) };
    const remembered = this.#known.get(shown.origin);
    for (let race = 0; race < MAX_RACES; race += 1) {
      const known = race === 0 ? remembered : undefined;
      const stored = known ?? (await this.read(shown.origin));
      if (remembered !== undefined && stored === undefined && consistency.from > 0) {
        throw new LedgerError('other_size', 'what was remembered of this log is gone from the database', {
          storedSize: 0,
        });
      }
      const verdict = followCheckpoint({ ...shown, consistency, stored });
      // Perhaps another process has gone on: nothing is refused, and nobody accused, but by what is stored.
      if (verdict.outcome !== 'accepted' && known !== undefined) continue;
      switch (verdict.outcome) {
        case 'refused':
          throw new LedgerError(
            verdict.reason,
            REFUSALS[verdict.reason] ?? 'the checkpoint does not verify',
            evidenceOf(verdict.evidence),
          );
        case 'split_view':
          await this.#keepSplitView(shown.origin, verdict.evidence);
          throw new LedgerError('split_view', 'the log signed two trees of one size', evidenceOf(verdict.evidence));
        case 'accepted':
          if (verdict.checkpoint.origin !== shown.origin) {
            throw new LedgerError('checkpoint_invalid', 'the checkpoint is of another log', { origin: shown.origin });
          }
          if (!verdict.grown || (await this.#remember(stored, verdict.checkpoint, shown.note))) {
            return verdict.checkpoint;
          }
      }
    }
    throw new LedgerError('other_size', 'the log grew faster than its checkpoint could be compared');
  }

  /**
   * Verifies that a checkpoint not larger than the remembered one is a beginning of it, for evidence that was overtaken:
   * two exchanges may bring their checkpoints in the wrong order. `consistency` leads from the shown size to the
   * remembered one. Nothing is written.
   *
   * @throws LedgerError `other_size` where the shown one is larger or the proof ends elsewhere, `split_view`,
   * `consistency_invalid`, and the codes of `openCheckpoint`
   */
  async confirmEarlier(
    shown: Omit<ShownCheckpoint, 'witnessVkeys' | 'consistency'> & {
      readonly consistency: { readonly to: number; readonly hashes: readonly string[] };
    },
  ): Promise<VerifiedCheckpoint> {
    const checkpoint = openCheckpoint(shown.note, shown.logVkey, []);
    const stored = await this.get(shown.origin);
    if (checkpoint.origin !== shown.origin || stored === undefined) {
      throw new LedgerError('not_accepted', 'nothing of this log was accepted before', { origin: shown.origin });
    }
    const evidence = { storedSize: stored.size, storedNote: stored.note, note: shown.note };
    if (checkpoint.size === stored.size && !equalHashes(checkpoint.root, stored.root)) {
      await this.#keepSplitView(shown.origin, evidence);
      throw new LedgerError('split_view', 'the log signed two trees of one size', evidence);
    }
    if (checkpoint.size > stored.size || (checkpoint.size < stored.size && shown.consistency.to !== stored.size)) {
      throw new LedgerError('other_size', 'the consistency proof does not end at the size remembered', evidence);
    }
    if (checkpoint.size > 0) {
      verifyConsistency({
        from: checkpoint.size,
        to: stored.size,
        fromRoot: checkpoint.root,
        toRoot: stored.root,
        proof: shown.consistency.hashes.map(decodeBase64),
      });
    }
    return checkpoint;
  }

  /**
   * A cosignature line over a checkpoint, only where it is the largest that was accepted of its log: that is what the line
   * states to everybody who reads it.
   *
   * @throws LedgerError `not_accepted`
   */
  async cosign(note: string, witnessKey: NoteKey): Promise<string> {
    const { text } = splitNote(note);
    const shown = parseCheckpoint(text);
    // Read anew: the line is for others, and another process may have accepted a larger one.
    const stored = await this.read(shown.origin);
    if (stored === undefined || stored.size !== shown.size || splitNote(stored.note).text !== text) {
      throw new LedgerError('not_accepted', 'the checkpoint is not the largest that was accepted', {
        origin: shown.origin,
        ...(stored && { storedSize: stored.size }),
      });
    }
    return cosign(text, witnessKey, Math.floor(this.#clock.now() / 1000));
  }

  /** The evidence kept of a log that showed two histories. */
  async splitViews(origin: string): Promise<SplitView[]> {
    return readSplitViews(this.#dataSource, origin);
  }

  /** False where another checkpoint of the log was accepted since `stored` was read. */
  async #remember(
    stored: RememberedCheckpoint | undefined,
    { origin, size, root }: VerifiedCheckpoint,
    note: string,
  ): Promise<boolean> {
    const values = [origin, size, Buffer.from(root), note, new Date(this.#clock.now())];
    const written = stored
      ? await queryRows(
          this.#dataSource,
          `with moved as (
             update seen_checkpoint set size = $2, root = $3, note = $4, accepted = $5
             where origin = $1 and size = $6 and root = $7 returning 1
           ) select from moved`,
          [...values, stored.size, Buffer.from(stored.root)],
        )
      : await queryRows(
          this.#dataSource,
          `insert into seen_checkpoint (origin, size, root, note, accepted) values ($1, $2, $3, $4, $5)
           on conflict (origin) do nothing returning origin`,
          values,
        );
    if (written.length === 1) this.#know(origin, { size, root, note });
    return written.length === 1;
  }

  #keepSplitView(origin: string, evidence: CheckpointEvidence): Promise<void> {
    return keepSplitView(this.#dataSource, origin, evidence, this.#clock.now());
  }
}

function evidenceOf(evidence: CheckpointEvidence): Record<string, unknown> {
  return { ...evidence };
}
