import { LedgerError, equalHashes, openCheckpoint, type VerifiedCheckpoint } from '../src/index.js';
import type { LogView } from './log-view.js';

/** What one witness answers when it is asked what it last cosigned of this log. */
export type WitnessWord =
  | { readonly witness: string; readonly answer: 'nothing' | 'silent' }
  /** The signed note. Only this log's own signature on it counts: a witness alone can stop nobody. */
  | { readonly witness: string; readonly answer: 'cosigned'; readonly note: string };

/** Asks every witness that is known; an empty list says that this log has none. */
export type AskWitnesses = () => Promise<readonly WitnessWord[]>;

/**
 * Holds the stored log against what its witnesses last cosigned. A database that was restored from a backup, or a replica that
 * lagged, is a valid, shorter log, and only they can tell (B10). False where there are witnesses and none answered: then
 * nothing may be signed yet.
 *
 * @throws LedgerError `history_rewritten` with both notes, where this log signed more than is stored, or another tree
 */
export async function confirmHistory(view: LogView, vkey: string, ask: AskWitnesses): Promise<boolean> {
  const words = await ask();
  // Read after the witnesses have answered: another process on this database may append meanwhile.
  const head = await view.refresh();
  let answered = words.length === 0;
  for (const word of words) {
    if (word.answer === 'silent') continue;
    const signed = word.answer === 'cosigned' ? signedBy(word.note, vkey) : undefined;
    // A note that this log never signed says nothing about it.
    if (word.answer === 'cosigned' && signed === undefined) continue;
    answered = true;
    if (signed === undefined) continue;
    const continues = signed.size <= head.size && equalHashes(await view.rootAt(signed.size), signed.root);
    if (!continues) {
      throw new LedgerError('history_rewritten', 'the stored log is not a continuation of what a witness cosigned', {
        witness: word.witness,
        signed: word.answer === 'cosigned' ? word.note : undefined,
        signedSize: signed.size,
        found: head.checkpoint,
        foundSize: head.size,
      });
    }
  }
  return answered;
}

function signedBy(note: string, vkey: string): VerifiedCheckpoint | undefined {
  try {
    return openCheckpoint(note, vkey, []);
  } catch (error) {
    if (error instanceof LedgerError) return undefined;
    throw error;
  }
}
