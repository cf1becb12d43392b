import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { LedgerError, openCheckpoint } from '#ledger';
import type { Ledger } from '#ledger/io';
import { digestOfText, type LedgerEvidenceBody } from '#protocol';
import { peerCheckpointFields, splitViewFields } from '../src/index.js';

/** Proofs of so many are handed out at once, the newest first. */
const MAX_SHOWN = 32;

/** A log of somebody else, as its keeper's enrolment names it. */
export interface PeerLog {
  readonly keeper: string;
  readonly origin: string;
  readonly vkey: string;
}

/**
 * What this node's own ledger says of the ledgers of others: from time to time how far each has come, with the note as its
 * keeper signed it. So each of them has an order in time that its keeper alone cannot change, and survives its keeper.
 */
export class PeerCheckpoints {
  private readonly logged = new Map<string, number>();

  constructor(
    private readonly entityId: string,
    private readonly ledger: Ledger,
    private readonly dataSource: DataSource,
  ) {}

  /** Puts a note on record that this node has accepted; once for each size. @throws LedgerError what the note is refused for */
  async log({ keeper, origin, vkey }: PeerLog, note: string): Promise<void> {
    const opened = openCheckpoint(note, vkey, []);
    if (opened.origin !== origin) throw new LedgerError('checkpoint_invalid', 'the checkpoint is of another log');
    if ((this.logged.get(origin) ?? -1) >= opened.size) return;
    await this.ledger.append(this.dataSource.manager, {
      receiptId: `peer_checkpoint/${digestOfText(note)}`,
      kind: 'peer_checkpoint',
      // No transaction, but what one ledger is looked up by in the other.
      txn: keyOf(hashOf(origin)),
      fields: peerCheckpointFields({ node: this.entityId, keeper, origin, size: opened.size, note }),
    });
    this.logged.set(origin, opened.size);
  }

  /** A log has signed two histories: both notes are evidence against its keeper, in a ledger that is not its own. */
  async logSplitView({ keeper, origin }: PeerLog, notes: { stored: string; shown: string }): Promise<void> {
    await this.ledger.append(this.dataSource.manager, {
      receiptId: `split_view/${digestOfText(`${notes.stored}\n${notes.shown}`)}`,
      kind: 'split_view',
      txn: keyOf(hashOf(origin)),
      fields: splitViewFields({ node: this.entityId, keeper, origin, stored: notes.stored, shown: notes.shown }),
    });
  }

  /** What was logged about the log whose origin has this SHA-256 (hex), with proofs; `undefined` where nothing was. */
  async proven(originHash: string): Promise<LedgerEvidenceBody | undefined> {
    const receipts = (await this.ledger.receipts({ txn: keyOf(originHash) })).slice(-MAX_SHOWN);
    if (receipts.length === 0) return undefined;
    const { size, checkpoint } = await this.ledger.head();
    return {
      checkpoint,
      consistency_from: 0,
      consistency: [],
      receipts: await Promise.all(
        receipts.map(async ({ receiptId }) => {
          const { entry, index, inclusion, opening } = await this.ledger.proofOf(receiptId, { size });
          return { entry, index, inclusion, opening: { accountability: { ...opening.accountability }, content: {} } };
        }),
      ),
    };
  }
}

export function hashOf(origin: string): string {
  return createHash('sha256').update(origin).digest('hex');
}

function keyOf(originHash: string): string {
  return `peer/${originHash}`;
}
