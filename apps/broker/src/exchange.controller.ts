import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { traceReceipts } from '#exchange/io';
import {
  AlertPassedBody,
  BrokerOutcomeBody,
  LedgerEvidenceBody,
  PassAlertBody,
  ProblemError,
  ReleaseLoggedBody,
  ReleaseNoticeBody,
  SubmitRequestBody,
  TraceQueryBody,
  problem,
} from '#protocol';
import type { BrokerNode } from './broker-node.js';
import { logAlert, passAlert } from './log-alert.js';
import { logRelease } from './log-release.js';
import { routeRequest } from './route-request.js';

export const BROKER_NODE = Symbol('broker node');

/** The doors that other nodes use. Each body is grammar only; the flows verify. */
@Controller()
export class ExchangeController {
  constructor(@Inject(BROKER_NODE) private readonly node: BrokerNode) {}

  @Post('requests')
  @HttpCode(200)
  submit(@Body() body: SubmitRequestBody): Promise<BrokerOutcomeBody> {
    return routeRequest(body, this.node);
  }

  @Post('release-notices')
  @HttpCode(200)
  release(@Body() body: ReleaseNoticeBody): Promise<ReleaseLoggedBody> {
    return logRelease(body, this.node);
  }

  /** Of an alert under a standing request, as of a release. */
  @Post('alert-notices')
  @HttpCode(200)
  alerting(@Body() body: ReleaseNoticeBody): Promise<ReleaseLoggedBody> {
    return logAlert(body, this.node);
  }

  @Post('alerts')
  @HttpCode(200)
  alert(@Body() body: PassAlertBody): Promise<AlertPassedBody> {
    return passAlert(body, this.node);
  }

  @Post('trace')
  @HttpCode(200)
  async trace(@Body() body: TraceQueryBody): Promise<LedgerEvidenceBody> {
    const evidence = await traceReceipts(body.query, this.node);
    if (evidence === undefined)
      throw new ProblemError(problem(404, 'not_found', 'there is nothing here, or it is not yours'));
    return evidence;
  }
}
