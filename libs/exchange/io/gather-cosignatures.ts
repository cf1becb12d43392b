import { createHash } from 'node:crypto';
import {
  LedgerError,
  decodeBase64,
  formatSubmission,
  openCheckpoint,
  parseCheckpoint,
  splitNote,
  verifyConsistency,
  type VerifiedCheckpoint,
} from '#ledger';
import { ProtocolError, type Clock, type HttpResponse, type Network } from '#protocol';
import { ExchangeError, type Cosigned, type KnownWitness } from '../src/index.js';
import { lookUpConsistency, type FollowedLedger } from './log-follower.js';
import { PeerRefusal } from './peer.js';

const WITNESS_TIMEOUT_MS = 1_000;
const NOTE_BYTES = 32 * 1024;
const SIZE = /^(0|[1-9]\d{0,14})\n$/;

/** A witness's word over a checkpoint, or over a later one of the same log that continues it. */
export interface GatheredCosignature extends Cosigned {
  /** The note that it cosigned, with its line. */
  readonly note: string;
}

/**
 * Asks witnesses to cosign a checkpoint of somebody else's log now, each by one call within a second; one that remembers
 * another size gets the proof from there. One that has gone further already has cosigned a tree that holds this one, which the
 * log itself has to prove. Whoever is away, late or wrong is not counted, and keeps nobody else.
 */
export class CosignatureGatherer {
  /** Size that a witness remembers of a log, by both. */
  private readonly remembered = new Map<string, number>();

  constructor(
    private readonly network: Network,
    private readonly clock: Clock,
  ) {}

  async gather(of: FollowedLedger, note: string, witnesses: readonly KnownWitness[]): Promise<GatheredCosignature[]> {
    const shown = openCheckpoint(note, of.ledger.vkey, []);
    const late = this.clock.sleep(WITNESS_TIMEOUT_MS).then(() => undefined);
    const words = await Promise.all(
      witnesses.map((witness) => Promise.race([this.ask(of, note, shown, witness), late])),
    );
    return words.filter((word) => word !== undefined);
  }

  private async ask(
    of: FollowedLedger,
    note: string,
    shown: VerifiedCheckpoint,
    witness: KnownWitness,
  ): Promise<GatheredCosignature | undefined> {
    try {
      const cosigned = await this.submit(of, note, shown, witness, true);
      return cosigned === undefined ? undefined : believed(cosigned, of, shown, witness);
    } catch (error) {
      // Away, or its word does not verify: not counted. Whoever asked decides what too few mean.
      if (NOT_COUNTED.some((kind) => error instanceof kind)) return undefined;
      throw error;
    }
  }

  /** The note with the witness's lines, verified by nobody yet. */
  private async submit(
    of: FollowedLedger,
    note: string,
    shown: VerifiedCheckpoint,
    witness: KnownWitness,
    mayRepeat: boolean,
  ): Promise<string | undefined> {
    const key = `${witness.url} ${shown.origin}`;
    const old = Math.min(this.remembered.get(key) ?? 0, shown.size);
    const answer = await this.send(of, note, shown, witness, old);
    if (answer.status === 200) {
      this.remembered.set(key, shown.size);
      return `${note}${answer.body}`;
    }
    if (answer.status !== 409 || !SIZE.test(answer.body)) return undefined;
    const size = Number(answer.body);
    this.remembered.set(key, size);
    if (size > shown.size) return this.laterOne(of, shown, witness);
    return mayRepeat ? this.submit(of, note, shown, witness, false) : undefined;
  }

  private async send(
    of: FollowedLedger,
    note: string,
    shown: VerifiedCheckpoint,
    witness: KnownWitness,
    old: number,
  ): Promise<HttpResponse> {
    const hashes = old > 0 && old < shown.size ? await lookUpConsistency(this.network, of, old, shown.size) : [];
    return this.network.request({
      method: 'POST',
      url: `${witness.url}/add-checkpoint`,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: formatSubmission({ old, hashes: hashes.map(decodeBase64), note }),
      timeoutMs: WITNESS_TIMEOUT_MS,
      maxBytes: NOTE_BYTES,
    });
  }

  /** What the witness cosigned after the checkpoint in hand, where the log proves that it continues it. */
  private async laterOne(
    of: FollowedLedger,
    shown: VerifiedCheckpoint,
    witness: KnownWitness,
  ): Promise<string | undefined> {
    const hash = createHash('sha256').update(shown.origin).digest('hex');
    const answer = await this.network.request({
      method: 'GET',
      url: `${witness.url}/${hash}/checkpoint`,
      timeoutMs: WITNESS_TIMEOUT_MS,
      maxBytes: NOTE_BYTES,
    });
    if (answer.status !== 200) return undefined;
    const later = parseCheckpoint(splitNote(answer.body).text);
    if (later.size < shown.size) return undefined;
    const proof = await lookUpConsistency(this.network, of, shown.size, later.size);
    const roots = { fromRoot: shown.root, toRoot: later.root };
    verifyConsistency({ from: shown.size, to: later.size, ...roots, proof: proof.map(decodeBase64) });
    return answer.body;
  }
}

const NOT_COUNTED = [LedgerError, ProtocolError, PeerRefusal, ExchangeError] as const;

/** Signed by the log and cosigned by an enrolled key of that very witness, for this checkpoint or one proven to continue it. */
function believed(
  note: string,
  of: FollowedLedger,
  shown: VerifiedCheckpoint,
  { id, vkeys }: KnownWitness,
): GatheredCosignature | undefined {
  const opened = openCheckpoint(note, of.ledger.vkey, vkeys);
  if (opened.origin !== shown.origin || opened.size < shown.size) return undefined;
  const cosigned = opened.cosignatures.map(({ key }) => key.vkey);
  return cosigned.length === 0 ? undefined : { id, vkeys: cosigned, note };
}
