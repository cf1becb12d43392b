import { Body, Controller, HttpCode, Inject, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { readRequest } from '#exchange';
import { traceReceipts } from '#exchange/io';
import {
  AlertDeliveryBody,
  AlertPassedBody,
  GrantBody,
  LedgerEvidenceBody,
  OwnerOutcomeBody,
  ProblemError,
  RecallAnsweredBody,
  RecallBody,
  TraceQueryBody,
  messageDigest,
  problem,
} from '#protocol';
import type { AgencyNode } from './agency-node.js';
import { receiveAlert } from './alerts/receive-alert.js';
import { answerRecall } from './answer-recall.js';
import { answerRequest } from './answer-request.js';
import { recordSent } from './release-answer.js';

export const AGENCY_NODE = Symbol('agency node');

/** The doors that brokers and parties of a transaction use. */
@Controller()
export class HoldingController {
  constructor(@Inject(AGENCY_NODE) private readonly node: AgencyNode) {}

  @Post('grants')
  @HttpCode(200)
  async answer(@Body() body: GrantBody, @Res({ passthrough: true }) reply: FastifyReply): Promise<OwnerOutcomeBody> {
    const outcome = await answerRequest(body, this.node);
    if (outcome.state === 'replied') reply.raw.once('finish', () => void this.recordSent(body, outcome));
    return outcome;
  }

  @Post('trace')
  @HttpCode(200)
  async trace(@Body() body: TraceQueryBody): Promise<LedgerEvidenceBody> {
    const evidence = await traceReceipts(body.query, this.node);
    if (evidence === undefined) {
      throw new ProblemError(problem(404, 'not_found', 'there is nothing here, or it is not yours'));
    }
    return evidence;
  }

  /** An alert under a standing request of this agency, passed on by the broker that has logged it. */
  @Post('alert-deliveries')
  @HttpCode(200)
  alert(@Body() body: AlertDeliveryBody): Promise<AlertPassedBody> {
    return receiveAlert(body, this.node);
  }

  /** The owner of what this agency received calls it back. */
  @Post('recalls')
  @HttpCode(200)
  recall(@Body() body: RecallBody): Promise<RecallAnsweredBody> {
    return answerRecall(body, this.node);
  }

  /** The bytes have left. Where this fails the release stays unconfirmed, which is reported and true. */
  private async recordSent(body: GrantBody, outcome: OwnerOutcomeBody): Promise<void> {
    const { claims, token } = readRequest(body.request);
    const release = messageDigest(outcome.evidence.receipts[0]?.entry ?? '');
    const of = { txn: claims.txn, trace: claims.traceparent, request: token.digest, requester: claims.iss, release };
    await recordSent(of, this.node).catch(() => undefined);
  }
}
