import type { TlogPolicy } from '#ledger';
import type { Ledger, Unwitnessed } from '#ledger/io';
import { ProblemError, problem, type Clock } from '#protocol';
import type { DataSource } from 'typeorm';
import { unwitnessedFields, witnessedAgainFields } from '../src/index.js';

/** What has just been appended nobody has cosigned yet. Later than this it is named. */
export const NAMED_AFTER_MS = 30_000;

/**
 * `witnessed`: enough witnesses have cosigned all but the newest. `unwitnessed`: for a while they have not; the node goes on,
 * says so and has it on record. `refusing`: for longer than the operator's grace; nothing is decided, released or asked.
 * `unknown`: not looked yet, which refuses as well.
 */
export type WitnessState = 'unknown' | 'witnessed' | 'unwitnessed' | 'refusing';

/**
 * Knows whether this node's ledger is witnessed, and refuses where it has not been for longer than the grace: a ledger that
 * nobody else sees can be rewritten, so that work without witnesses is bounded (B13).
 */
export class WitnessWatch {
  private unwitnessed: Unwitnessed | undefined;
  private looked = false;
  private named: string | undefined;

  constructor(
    private readonly input: {
      readonly ledger: Ledger;
      readonly dataSource: DataSource;
      readonly entityId: string;
      readonly policy: TlogPolicy | undefined;
      readonly graceMs: number;
      readonly clock: Clock;
      readonly log: (line: string) => void;
    },
  ) {}

  get state(): WitnessState {
    if (!this.looked) return 'unknown';
    const age = this.unwitnessed === undefined ? 0 : this.input.clock.now() - this.unwitnessed.sinceMs;
    if (age <= NAMED_AFTER_MS) return 'witnessed';
    return age <= this.input.graceMs ? 'unwitnessed' : 'refusing';
  }

  /** Since when entries wait for witnesses, where that is worth a name. */
  get unwitnessedSince(): string | undefined {
    const { state } = this;
    return state === 'witnessed' || state === 'unknown' || this.unwitnessed === undefined
      ? undefined
      : new Date(this.unwitnessed.sinceMs).toISOString();
  }

  /** @throws ProblemError 503 `unwitnessed` */
  require(): void {
    const { state } = this;
    if (state === 'witnessed' || state === 'unwitnessed') return;
    const detail =
      state === 'unknown'
        ? 'it is not known yet whether the ledger is witnessed'
        : 'too few witnesses have cosigned the ledger for longer than is allowed';
    throw new ProblemError(
      problem(503, 'unwitnessed', 'not available without witnesses', { detail, retryAfterSeconds: 5 }),
    );
  }

  /** Looks now, and puts a state that has changed on record. */
  async look(): Promise<void> {
    this.unwitnessed = await this.input.ledger.unwitnessed(this.input.policy);
    this.looked = true;
    const since = this.unwitnessedSince;
    if (since !== undefined && this.named === undefined) await this.name('unwitnessed', since);
    else if (since === undefined && this.named !== undefined) await this.name('witnessed_again', this.named);
  }

  private async name(kind: 'unwitnessed' | 'witnessed_again', since: string): Promise<void> {
    const { ledger, dataSource, entityId, log } = this.input;
    const of = { node: entityId, since, cosigned_size: this.unwitnessed?.cosignedSize ?? (await ledger.head()).size };
    log(
      kind === 'unwitnessed' ? `ledger: unwitnessed since ${since}` : `ledger: witnessed again; was not since ${since}`,
    );
    await ledger.append(dataSource.manager, {
      receiptId: `${kind}/${since}`,
      kind,
      fields: kind === 'unwitnessed' ? unwitnessedFields(of) : witnessedAgainFields(of),
    });
    this.named = kind === 'unwitnessed' ? since : undefined;
  }
}
