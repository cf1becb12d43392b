import { Body, Controller, Get, HttpCode, Inject, Param, Post, UseGuards } from '@nestjs/common';
import { IsString, MaxLength, MinLength } from 'class-validator';
import { DutyReportBody, type DutyReportedBody, type JsonObject } from '#protocol';
import type { AgencyNode } from '../agency-node.js';
import { transactionId } from '../asks.controller.js';
import { AGENCY_NODE } from '../holding.controller.js';
import { OfficerGuard, Roles } from '../session/index.js';
import type { OwedByUs, OwedHere } from './duties.store.js';
import { receiveReport } from './receive-report.js';
import { sendReport } from './send-report.js';

/** What a supervisor reports to one owner after an exception. */
export class ReportBody {
  @IsString()
  @MaxLength(512)
  owner: string;

  @IsString()
  @MinLength(1)
  @MaxLength(4000)
  report: string;
}

/** What is owed for exceptions, to others and by others: for the people of the agency. */
@Controller('duties')
@UseGuards(OfficerGuard)
export class DutiesController {
  constructor(@Inject(AGENCY_NODE) private readonly node: AgencyNode) {}

  @Get()
  async list(): Promise<{ owed_by_us: JsonObject[]; owed_to_us: JsonObject[] }> {
    const { duties } = this.node;
    const now = this.node.clock.now();
    return {
      owed_by_us: (await duties.owedByUs()).map((duty) => ours(duty, now)),
      owed_to_us: (await duties.owedHere()).map((duty) => theirs(duty, now)),
    };
  }

  @Post(':txn/report')
  @HttpCode(200)
  @Roles('supervisor')
  async report(@Param('txn') txn: string, @Body() body: ReportBody): Promise<JsonObject> {
    const owed = await sendReport({ txn: transactionId(txn), ...body }, this.node);
    return ours(owed, this.node.clock.now());
  }
}

/** The door for whoever owes this owner a report. */
@Controller('duty-reports')
export class DutyReportsController {
  constructor(@Inject(AGENCY_NODE) private readonly node: AgencyNode) {}

  @Post()
  @HttpCode(200)
  receive(@Body() body: DutyReportBody): Promise<DutyReportedBody> {
    return receiveReport(body, this.node);
  }
}

function ours({ txn, owner, duty, exception, dueBy, isFulfilled }: OwedByUs, now: number): JsonObject {
  const state = isFulfilled ? 'fulfilled' : now < Date.parse(dueBy) ? 'owed' : 'overdue';
  return { txn, owner, duty, exception, due_by: dueBy, state };
}

function theirs(duty: OwedHere, now: number): JsonObject {
  const open = now < duty.dueByMs ? 'owed' : 'overdue';
  return {
    txn: duty.txn,
    requester: duty.requester,
    duty: duty.duty,
    exception: duty.exception,
    due_by: new Date(duty.dueByMs).toISOString(),
    state: duty.isDisapproved
      ? 'disapproved'
      : duty.fulfilledAtMs === undefined
        ? open
        : duty.fulfilledAtMs < duty.dueByMs
          ? 'fulfilled'
          : 'fulfilled late',
  };
}
