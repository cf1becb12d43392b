import { Controller, Get, Inject, Param, UseGuards } from '@nestjs/common';
import type { JsonObject } from '#protocol';
import type { AgencyNode } from './agency-node.js';
import { transactionId } from './asks.controller.js';
import { collectEvidence } from './collect-evidence.js';
import { collectTrace } from './collect-trace.js';
import { AGENCY_NODE } from './holding.controller.js';
import { OfficerGuard } from './session/index.js';

/** The receipts of a transaction from every ledger that has a part in it, for the agency's own people and auditors. */
@Controller()
@UseGuards(OfficerGuard)
export class TraceController {
  constructor(@Inject(AGENCY_NODE) private readonly node: AgencyNode) {}

  @Get('trace/:txn')
  trace(@Param('txn') text: string): Promise<JsonObject> {
    return collectTrace(transactionId(text), this.node);
  }

  /** The trace with all that a court needs beside it: see `collectEvidence`. */
  @Get('evidence/:txn')
  evidence(@Param('txn') text: string): Promise<JsonObject> {
    return collectEvidence(transactionId(text), this.node);
  }
}
