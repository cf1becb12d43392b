import { Body, Controller, HttpCode, Inject, Post, UseGuards } from '@nestjs/common';
import { ExportReadsBody, TraceMarkBody, type JsonObject } from '#protocol';
import type { AgencyNode } from '../agency-node.js';
import { AGENCY_NODE } from '../holding.controller.js';
import { CurrentOfficer, OfficerGuard, Roles, type OfficerSession } from '../session/index.js';
import { exportReads } from './export-reads.js';
import { traceMark } from './trace-mark.js';

/** Files of received reads, and where a file that was found came from. */
@Controller('exports')
@UseGuards(OfficerGuard)
@Roles('officer', 'supervisor')
export class ExportsController {
  constructor(@Inject(AGENCY_NODE) private readonly node: AgencyNode) {}

  @Post()
  async export(@Body() body: ExportReadsBody, @CurrentOfficer() session: OfficerSession): Promise<JsonObject> {
    const { txn, owner, case_number: caseNumber, recipient = this.node.entityId } = body;
    return exportReads({ txn, owner, caseNumber, recipient }, session.pseudonym, this.node);
  }

  @Post('trace')
  @HttpCode(200)
  @Roles('supervisor')
  trace(@Body() body: TraceMarkBody): Promise<JsonObject> {
    const { columns, rows, mark } = body;
    return traceMark({ columns, rows, ...(mark === undefined ? {} : { mark }) }, this.node);
  }
}
