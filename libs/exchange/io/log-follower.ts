import { LedgerError, openCheckpoint, type LedgerErrorCode, type NoteKey, type RememberedCheckpoint } from '#ledger';
import type { SeenCheckpoints } from '#ledger/io';
import { isJsonObject, type JsonValue, type LedgerEvidenceBody, type Network } from '#protocol';
import { ExchangeError, type LedgerIdentity } from '../src/index.js';
import { PeerRefusal, callPeerJson, isTemporary, unavailable } from './peer.js';

const NOTE_BYTES = 32 * 1024;
const LOOKUP_TIMEOUT_MS = 5_000;
const ATTEMPTS = 4;
const OVERTAKEN: ReadonlySet<LedgerErrorCode> = new Set(['stale', 'other_size']);

export interface FollowedLedger {
  readonly ledger: LedgerIdentity;
  /** Where it can be read. */
  readonly endpoint: string;
}

/**
 * Remembers the last checkpoint of every ledger this node has relied on, and accepts a new one only if it continues what
 * was seen. On first contact a checkpoint that an independent witness has cosigned is looked up, so that a ledger cannot
 * start a private history for one reader (B04).
 */
export class LogFollower {
  /** The last in line, by origin; it never rejects. */
  private readonly turns = new Map<string, Promise<void>>();

  constructor(
    private readonly seen: SeenCheckpoints,
    private readonly network: Network,
    /** Keys of the witnesses that count for the ledger of `keeper`: enrolled ones, and never the keeper's own. */
    private readonly witnessVkeys: (keeper: string) => readonly string[],
  ) {}

  /** Looks up a witnessed checkpoint of a ledger that nothing was seen of yet, so that it can be followed from there. */
  meet(of: FollowedLedger): Promise<void> {
    return this.inTurn(of, async () => {
      if ((await this.seen.get(of.ledger.origin)) === undefined) await this.firstContact(of);
    });
  }

  async rememberedSize(origin: string): Promise<number> {
    return (await this.seen.get(origin))?.size ?? 0;
  }

  /**
   * One at a time for each ledger: many exchanges bring checkpoints of one broker at once, and each that is accepted moves
   * what the next is measured against.
   *
   * @throws LedgerError `split_view`, `consistency_invalid`, `first_contact_unwitnessed` ...; ExchangeError
   */
  follow(of: FollowedLedger, evidence: LedgerEvidenceBody): Promise<void> {
    return this.inTurn(of, () => this.followInTurn(of, evidence));
  }

  private inTurn(of: FollowedLedger, step: () => Promise<void>): Promise<void> {
    const { origin } = of.ledger;
    const turn = (this.turns.get(origin) ?? Promise.resolve()).then(step);
    this.turns.set(
      origin,
      turn.catch(() => undefined),
    );
    return turn;
  }

  private async followInTurn(of: FollowedLedger, evidence: LedgerEvidenceBody): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.followOnce(of, evidence);
      } catch (error) {
        // Another process on our database moved our memory between reading and writing it: read it again. That is nobody's
        // lie, and so it is never a refusal.
        if (!(error instanceof LedgerError) || !OVERTAKEN.has(error.code)) throw error;
        if (attempt === ATTEMPTS) throw unavailable('the ledger is being followed elsewhere', error);
      }
    }
  }

  private async followOnce(of: FollowedLedger, evidence: LedgerEvidenceBody): Promise<void> {
    const remembered = (await this.seen.get(of.ledger.origin)) ?? (await this.firstContact(of));
    const next = openCheckpoint(evidence.checkpoint, of.ledger.vkey, []);
    if (next.size < remembered.size) {
      await this.requirePast(of, evidence.checkpoint, next.size, remembered.size);
      return;
    }
    const given = evidence.consistency_from === remembered.size ? evidence.consistency : undefined;
    const hashes = given ?? (await lookUpConsistency(this.network, of, remembered.size, next.size));
    await this.accept(of, evidence.checkpoint, remembered.size, hashes);
  }

  private async firstContact(of: FollowedLedger): Promise<RememberedCheckpoint> {
    const answer = await callPeerJson(this.network, {
      url: `${of.endpoint}/ledger/witnessed-checkpoint`,
      timeoutMs: LOOKUP_TIMEOUT_MS,
      maxBytes: NOTE_BYTES,
    });
    const note = isJsonObject(answer) ? answer['checkpoint'] : undefined;
    if (typeof note !== 'string') throw proofMissing(of);
    await this.accept(of, note, 0, []);
    const remembered = await this.seen.get(of.ledger.origin);
    if (remembered === undefined) throw proofMissing(of);
    return remembered;
  }

  private async accept(of: FollowedLedger, note: string, from: number, hashes: readonly string[]): Promise<void> {
    await this.seen.accept({
      origin: of.ledger.origin,
      note,
      logVkey: of.ledger.vkey,
      witnessVkeys: this.witnessVkeys(of.ledger.keeper),
      consistency: { from, hashes },
    });
  }

  /** A cosignature over a checkpoint that was just accepted; `undefined` where a larger one was accepted meanwhile. */
  async cosign(checkpoint: string, witnessKey: NoteKey): Promise<string | undefined> {
    try {
      return await this.seen.cosign(checkpoint, witnessKey);
    } catch (error) {
      if (error instanceof LedgerError && error.code === 'not_accepted') return undefined;
      throw error;
    }
  }

  /**
   * A reply that was overtaken by another one is older than what was seen meanwhile. It is not news, but it has to be part
   * of the same history, which its own ledger can always prove.
   */
  private async requirePast(of: FollowedLedger, note: string, size: number, remembered: number): Promise<void> {
    await this.seen.confirmEarlier({
      origin: of.ledger.origin,
      note,
      logVkey: of.ledger.vkey,
      consistency: { to: remembered, hashes: await lookUpConsistency(this.network, of, size, remembered) },
    });
  }
}

/** The way from one size of a log to another, as the log itself gives it. @throws ExchangeError `log_proof_invalid` */
export async function lookUpConsistency(
  network: Network,
  of: FollowedLedger,
  from: number,
  to: number,
): Promise<readonly string[]> {
  if (from === 0 || from === to) return [];
  const answer = await callPeerJson(network, {
    url: `${of.endpoint}/ledger/consistency?from=${from}&to=${to}`,
    timeoutMs: LOOKUP_TIMEOUT_MS,
    maxBytes: NOTE_BYTES,
  }).catch((error: unknown) => {
    // A ledger that signed a size and will not prove the way to it shows a history that it does not have (B04).
    throw error instanceof PeerRefusal && !isTemporary(error) ? proofMissing(of, error) : error;
  });
  return hashesOf(answer, of);
}

function hashesOf(answer: JsonValue, of: FollowedLedger): string[] {
  const hashes = isJsonObject(answer) ? answer['consistency'] : undefined;
  if (!Array.isArray(hashes) || hashes.length > 128) throw proofMissing(of);
  return hashes.map((hash) => {
    if (typeof hash !== 'string') throw proofMissing(of);
    return hash;
  });
}

function proofMissing(of: FollowedLedger, cause?: unknown): ExchangeError {
  return new ExchangeError('log_proof_invalid', 'the ledger does not prove its history', of.ledger.keeper, { cause });
}
