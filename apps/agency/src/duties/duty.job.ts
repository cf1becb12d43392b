import { dutyFields } from '#exchange';
import { BackgroundRounds } from '#protocol/io';
import type { AgencyNode } from '../agency-node.js';
import type { OwedHere } from './duties.store.js';
import { tellVerdicts } from './tell-verdicts.js';

const EVERY_MS = 10_000;

/**
 * Watches the deadlines of what is owed here for exceptions. A late one is put into the ledger, where everybody who may
 * read it finds it; that the agency gets no further exception follows from the table alone, whether this job runs or not.
 */
export class DutyJob {
  private readonly rounds = new BackgroundRounds();

  constructor(
    private readonly node: AgencyNode,
    private readonly log: (line: string) => void,
  ) {}

  start(): void {
    this.rounds.start(this.node.clock, async () => {
      await this.round().catch(() => this.log('duty: a round failed and is tried again'));
      return EVERY_MS;
    });
  }

  stop(): void {
    this.rounds.stop();
  }

  /** One round now. */
  async round(): Promise<void> {
    const { duties, budgets, clock } = this.node;
    for (const duty of await duties.newlyOverdue(clock.now())) await this.record(duty);
    await tellVerdicts(this.node, this.log);
    await budgets.forgetOld(clock.now());
  }

  private async record(duty: OwedHere): Promise<void> {
    const { node } = this;
    await node.dataSource.transaction(async (manager) => {
      if (!(await node.duties.noteOverdue(manager, duty, node.clock.now()))) return;
      await node.ledger.append(manager, {
        receiptId: `duty_overdue/${duty.duty}/${duty.requestDigest}`,
        kind: 'duty_overdue',
        txn: duty.txn,
        fields: dutyFields(hopOf(duty, node)),
      });
    });
    this.log(`duty: a ${duty.duty} on ${duty.txn} is late; ${duty.requester} gets no exception until it is here`);
  }
}

/** As both receipts of a duty name it. */
export function hopOf(duty: OwedHere, node: Pick<AgencyNode, 'entityId'>) {
  return {
    txn: duty.txn,
    trace: duty.traceparent,
    request: duty.requestDigest,
    requester: duty.requester,
    owner: node.entityId,
    duty: duty.duty,
    exception: duty.exception,
    due_by: new Date(duty.dueByMs).toISOString(),
  };
}
