import { readTrace, unmatchedIn, verifyTrace, type Unmatched } from '#exchange';
import { BackgroundRounds } from '#protocol/io';
import type { AgencyNode } from '../agency-node.js';
import { collectHeld, collectTrace } from '../collect-trace.js';
import type { DueTransaction } from './reconciliation.store.js';

const EVERY_MS = 30_000;
/** What the requester states when nobody answers comes a minute after `respond_by`. */
export const GRACE_MS = 120_000;
const AT_ONCE = 20;
const FIRST_RETRY_MS = 60_000;
const LAST_RETRY_MS = 60 * 60_000;

/**
 * Holds every transaction whose time is over against the ledgers of all its parties, from both ends: what this agency asked, and
 * what it released. What does not match is kept with the party that owes it, said in the log, and looked at again until it
 * matches.
 */
export class ReconciliationJob {
  private readonly rounds = new BackgroundRounds();

  constructor(
    private readonly node: AgencyNode,
    private readonly log: (line: string) => void,
  ) {}

  start(): void {
    this.rounds.start(this.node.clock, async () => {
      await this.round().catch((error: unknown) => {
        this.log(`reconciliation: ${error instanceof Error ? error.message : 'failed'}`);
      });
      return EVERY_MS;
    });
  }

  stop(): void {
    this.rounds.stop();
  }

  /** One round now; how many transactions were looked at. */
  async round(): Promise<number> {
    const { clock, reconciliation } = this.node;
    const due = await reconciliation.due(clock.now() - GRACE_MS, clock.now(), AT_ONCE);
    for (const transaction of due) {
      if (this.rounds.stopped) break;
      await this.reconcile(transaction);
    }
    return due.length;
  }

  private async reconcile(due: DueTransaction): Promise<void> {
    const { clock, reconciliation } = this.node;
    const findings = await this.unmatched(due);
    const now = clock.now();
    const next = now + Math.min(FIRST_RETRY_MS * 2 ** Math.min(due.attempts, 10), LAST_RETRY_MS);
    await reconciliation.note(due, findings, { now, next });
    for (const { code, state, party } of due.attempts === 0 ? findings.slice(0, 20) : []) {
      this.log(
        `ALARM reconciliation: ${due.txn} (${due.side}): ${code} ${state}${party === undefined ? '' : `, ${party}`}`,
      );
    }
  }

  private async unmatched({ txn, side }: DueTransaction): Promise<Unmatched[]> {
    const trace = side === 'asked' ? await collectTrace(txn, this.node) : await collectHeld(txn, this.node);
    const { anchors } = this.node;
    return unmatchedIn(await verifyTrace(readTrace(trace), { anchors, now: this.node.clock.now() }), side);
  }
}
