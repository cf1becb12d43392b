import { Controller, Get, Inject, Query, UseGuards } from '@nestjs/common';
import type { JsonObject } from '#protocol';
import type { AgencyNode } from '../agency-node.js';
import { transactionId } from '../asks.controller.js';
import { AGENCY_NODE } from '../holding.controller.js';
import { OfficerGuard } from '../session/index.js';

const MAX_SHOWN = 1_000;

/** What of this agency's transactions does not match the ledgers of the others, for its own people. */
@Controller('reconciliation')
@UseGuards(OfficerGuard)
export class ReconciliationController {
  constructor(@Inject(AGENCY_NODE) private readonly node: AgencyNode) {}

  /** Open findings, newest first; `all=true` shows those that were settled too, `txn` those of one transaction. */
  @Get()
  async findings(@Query('all') all: unknown, @Query('txn') txn: unknown): Promise<JsonObject> {
    const of = {
      all: all === 'true',
      txn: typeof txn === 'string' ? transactionId(txn) : undefined,
      limit: MAX_SHOWN,
    };
    const { reconciliation } = this.node;
    const [counts, findings] = await Promise.all([reconciliation.counts(), reconciliation.findings(of)]);
    return {
      transactions: { matched: counts.settled, unmatched: counts.open },
      open_findings: counts.findings,
      findings: findings.map(({ foundAt, settledAt, ...finding }): JsonObject => ({
        ...finding,
        found_at: foundAt,
        settled_at: settledAt,
      })),
    };
  }
}
