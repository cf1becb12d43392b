import { openCheckpoint, type VerifiedCheckpoint } from './checkpoint.js';
import { LedgerError, type LedgerErrorCode } from './ledger-error.js';
import { equalHashes } from './tree-hash.js';
import { verifyConsistency } from './verify-proof.js';

/** What a node remembers of another's log: the largest consistent checkpoint it has accepted. */
export interface RememberedCheckpoint {
  readonly size: number;
  readonly root: Uint8Array;
  /** The signed note, kept as evidence. */
  readonly note: string;
}

export interface CheckpointEvidence {
  readonly origin?: string;
  readonly storedSize?: number;
  readonly storedNote?: string;
  readonly note: string;
}

export type FollowVerdict =
  | { readonly outcome: 'accepted'; readonly checkpoint: VerifiedCheckpoint; readonly grown: boolean }
  | { readonly outcome: 'refused'; readonly reason: LedgerErrorCode; readonly evidence: CheckpointEvidence }
  | { readonly outcome: 'split_view'; readonly evidence: CheckpointEvidence };

/**
 * Decides about a checkpoint that a log shows to a node which remembers an earlier one.
 *
 * `consistency` is the proof from the tree of `from` entries; `from` other than the remembered size is refused as
 * `other_size`, so that an honest log can send the proof again from `storedSize` (as a witness answers 409). On first
 * contact and from an empty tree `from` is 0 and there are no hashes. On first contact a good cosignature by one of
 * `witnessVkeys` is required: without a memory, nothing else tells this view from one made for us alone.
 *
 * Refusals: `stale` (smaller than remembered, B05), `other_size`, `consistency_invalid`, `first_contact_unwitnessed`, and
 * the codes of `openCheckpoint`. Two roots of one size are a `split_view`; both signed notes are the evidence (B04).
 */
export function followCheckpoint(input: {
  stored: RememberedCheckpoint | undefined;
  note: string;
  logVkey: string;
  witnessVkeys: readonly string[];
  consistency: { readonly from: number; readonly hashes: readonly Uint8Array[] };
}): FollowVerdict {
  const { stored, note } = input;
  let evidence: CheckpointEvidence = stored ? { storedSize: stored.size, storedNote: stored.note, note } : { note };
  const refuse = (reason: LedgerErrorCode): FollowVerdict => ({ outcome: 'refused', reason, evidence });
  try {
    const checkpoint = openCheckpoint(note, input.logVkey, input.witnessVkeys);
    evidence = { origin: checkpoint.origin, ...evidence };
    const accepted = (grown: boolean): FollowVerdict => ({ outcome: 'accepted', checkpoint, grown });
    if (stored === undefined) {
      if (checkpoint.cosignatures.length === 0) return refuse('first_contact_unwitnessed');
      return isEmptyProof(input.consistency) ? accepted(true) : refuse('consistency_invalid');
    }
    if (checkpoint.size < stored.size) return refuse('stale');
    if (checkpoint.size === stored.size) {
      return equalHashes(checkpoint.root, stored.root) ? accepted(false) : { outcome: 'split_view', evidence };
    }
    if (input.consistency.from !== stored.size) return refuse('other_size');
    if (stored.size === 0) return isEmptyProof(input.consistency) ? accepted(true) : refuse('consistency_invalid');
    verifyConsistency({
      from: stored.size,
      to: checkpoint.size,
      fromRoot: stored.root,
      toRoot: checkpoint.root,
      proof: input.consistency.hashes,
    });
    return accepted(true);
  } catch (error) {
    if (error instanceof LedgerError) return refuse(error.code);
    throw error;
  }
}

function isEmptyProof(consistency: { readonly from: number; readonly hashes: readonly Uint8Array[] }): boolean {
  return consistency.from === 0 && consistency.hashes.length === 0;
}
