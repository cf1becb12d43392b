import { Controller, Get, Inject, Param, Query, UseGuards } from '@nestjs/common';
import { ProblemError, problem, type JsonObject } from '#protocol';
import type { AgencyNode } from './agency-node.js';
import { transactionId } from './asks.controller.js';
import { collectEvidence } from './collect-evidence.js';
import { collectTrace, type CollectedTrace, type TracePart } from './collect-trace.js';
import { AGENCY_NODE } from './holding.controller.js';
import { OfficerGuard } from './session/index.js';

/** The receipts of a transaction from every ledger that has a part in it, for the agency's own people and auditors. */
@Controller()
@UseGuards(OfficerGuard)
export class TraceController {
  constructor(@Inject(AGENCY_NODE) private readonly node: AgencyNode) {}

  /** All of it, or `count` ledgers from the one at `from` on; the answer names in `next` where to go on. */
  @Get('trace/:txn')
  trace(
    @Param('txn') text: string,
    @Query('from') from: unknown,
    @Query('count') count: unknown,
  ): Promise<CollectedTrace> {
    return collectTrace(transactionId(text), this.node, partIn(from, count));
  }

  /** The trace with all that a court needs beside it, whole or by the same parts: see `collectEvidence`. */
  @Get('evidence/:txn')
  evidence(
    @Param('txn') text: string,
    @Query('from') from: unknown,
    @Query('count') count: unknown,
  ): Promise<JsonObject> {
    return collectEvidence(transactionId(text), this.node, partIn(from, count));
  }
}

function partIn(from: unknown, count: unknown): TracePart | undefined {
  if (from === undefined && count === undefined) return undefined;
  return { from: placeIn(from, 0), count: placeIn(count, 1) };
}

function placeIn(text: unknown, least: number): number {
  if (typeof text === 'string' && /^(0|[1-9]\d{0,3})$/.test(text) && Number(text) >= least) return Number(text);
  throw new ProblemError(problem(400, 'bad_range', '`from` and `count` say which ledgers are asked'));
}
