import type { DataSource } from 'typeorm';
import type { FieldGroup } from '#ledger';
import type { Ledger } from '#ledger/io';
import { digestOf, newIdentifier, type Clock, type Randomness } from '#protocol';
import { BackgroundRounds } from '#protocol/io';
import { deletionFields } from '../src/index.js';

const EVERY_MS = 60 * 60 * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;

/** How long each group of a side record is kept. */
export interface SideRecordDays {
  /** Parties, persons by pseudonym, law, rule and decision. */
  readonly accountability: number;
  /** Tags of plates and cases, and counts. */
  readonly content: number;
}

/**
 * Erases what opens receipts when its time is over, each group in its own, and puts on record that it did. The log stays as it
 * is: every proof is valid for ever, and what was erased verifies as `erased`.
 */
export class SideRecordsJob {
  private readonly rounds = new BackgroundRounds();

  constructor(
    private readonly node: {
      readonly entityId: string;
      readonly ledger: Ledger;
      readonly dataSource: DataSource;
      readonly clock: Clock;
      readonly randomness: Randomness;
    },
    private readonly days: SideRecordDays,
    /** Transactions that are kept whatever their age: those that a hold concerns. */
    private readonly kept: () => Promise<readonly string[]>,
    private readonly log: (line: string) => void,
  ) {}

  start(): void {
    this.rounds.start(this.node.clock, async () => {
      await this.round().catch((error: unknown) => {
        this.log(`side records: ${error instanceof Error ? error.message : 'failed'}`);
      });
      return EVERY_MS;
    });
  }

  stop(): void {
    this.rounds.stop();
  }

  async round(): Promise<void> {
    const kept = await this.kept();
    await this.erase('content', this.days.content, kept);
    await this.erase('accountability', this.days.accountability, kept);
  }

  private async erase(group: FieldGroup, days: number, kept: readonly string[]): Promise<void> {
    const { node } = this;
    const before = node.clock.now() - days * DAY_MS;
    const count = await node.ledger.eraseOpenings(group, { before, kept });
    if (count === 0) return;
    const held = await node.ledger.keptOpenings(group, { before, kept });
    const deletion = newIdentifier(node.randomness);
    const of = {
      agency: node.entityId,
      deletion,
      what: `side_records.${group}`,
      basis: `kept_for_${days}_days`,
      from: new Date(0).toISOString(),
      until: new Date(before).toISOString(),
      kept_by_hold: held > 0,
    };
    await node.ledger.append(node.dataSource.manager, {
      receiptId: `deletion/${deletion}`,
      kind: 'deletion',
      fields: deletionFields({ ...of, digest: digestOf({ ...of, count }) }, { count, held }),
    });
    this.log(`side records: ${group} of ${count} receipts erased`);
  }
}
