import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AddCheckpointController, CosignedController, LedgerController } from '#exchange/io';
import {
  GrantBody,
  LedgerEvidenceBody,
  ProblemError,
  TraceQueryBody,
  messageDigest,
  problem,
  type JsonObject,
  type OwnerOutcomeBody,
} from '#protocol';
import { HoldingController } from '../../../apps/agency/src/holding.controller.js';
import { RulesController } from '../../../apps/agency/src/rules.controller.js';
import type { AnswersGrants } from './bad-owners.js';
import type { LightOwner } from './light-owner.js';

/** An owner that listens, and how it answers grants. */
export interface ListeningOwner {
  readonly owner: LightOwner;
  readonly grants: AnswersGrants;
}

export const OWNERS = Symbol('listening owners, by port');

/** Longer than it takes to put `sent` into the queue. */
const SENT_MS = 250;

/** The receipt that nobody waits for is in the log soon, though this ledger looks at its queue so seldom. */
async function writeSent({ request }: GrantBody, { node }: LightOwner): Promise<void> {
  await node.clock.sleep(SENT_MS);
  // Where nothing was sent there is no such receipt.
  await node.ledger.integrated(`sent/${messageDigest(request)}`, { timeoutMs: 1 }).catch(() => undefined);
}

/** The public doors of every light owner: the same controllers as of any agency, chosen by the port that was knocked at. */
@Controller()
export class LightOwnersController {
  constructor(@Inject(OWNERS) private readonly owners: ReadonlyMap<number, ListeningOwner>) {}

  @Get('.well-known/openid-federation')
  @Header('content-type', 'application/entity-statement+jwt')
  async configuration(@Req() request: FastifyRequest): Promise<string> {
    const token = await this.at(request).owner.node.own.published();
    if (token === undefined) throw new ProblemError(problem(503, 'unavailable', 'not enrolled yet'));
    return token;
  }

  @Post('federation/events')
  @HttpCode(204)
  async event(@Req() request: FastifyRequest): Promise<void> {
    if (typeof request.body === 'string') await this.at(request).owner.node.directory.takeEvent(request.body);
  }

  @Get('rule')
  rule(@Req() request: FastifyRequest): Promise<{ rule: string }> {
    return new RulesController(this.at(request).owner.node).current();
  }

  @Get('rules')
  rules(@Req() request: FastifyRequest): Promise<{ rules: JsonObject[] }> {
    return new RulesController(this.at(request).owner.node).list();
  }

  @Post('grants')
  @HttpCode(200)
  answer(
    @Body() body: GrantBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OwnerOutcomeBody> {
    const { owner, grants } = this.at(request);
    reply.raw.once('finish', () => void writeSent(body, owner));
    return grants(body, reply);
  }

  @Post('trace')
  @HttpCode(200)
  trace(@Body() body: TraceQueryBody, @Req() request: FastifyRequest): Promise<LedgerEvidenceBody> {
    return new HoldingController(this.at(request).owner.node).trace(body);
  }

  @Get('ledger/checkpoint')
  checkpoint(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.ledger(request).checkpoint(reply);
  }

  @Get('ledger/tile/*')
  tile(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.ledger(request).tile(request, reply);
  }

  @Get('ledger/witnessed-checkpoint')
  witnessed(@Req() request: FastifyRequest): Promise<{ checkpoint: string }> {
    return this.ledger(request).witnessed();
  }

  @Get('ledger/consistency')
  consistency(
    @Req() request: FastifyRequest,
    @Query('from') from: unknown,
    @Query('to') to: unknown,
  ): Promise<{ consistency: string[] }> {
    return this.ledger(request).consistency(from, to);
  }

  @Get('ledger/entries')
  entries(
    @Req() request: FastifyRequest,
    @Query('from') from: unknown,
    @Query('to') to: unknown,
  ): Promise<{ entries: string[] }> {
    return this.ledger(request).entries(from, to);
  }

  @Get('witness/:originHash/checkpoint')
  cosigned(
    @Req() request: FastifyRequest,
    @Param('originHash') originHash: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return new CosignedController(this.at(request).owner.witness).checkpoint(originHash, reply);
  }

  @Post('witness/add-checkpoint')
  addCheckpoint(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return new AddCheckpointController(this.at(request).owner.witness).addCheckpoint(request, reply);
  }

  private ledger(request: FastifyRequest): LedgerController {
    return new LedgerController(this.at(request).owner.node.ledger);
  }

  private at({ raw }: FastifyRequest): ListeningOwner {
    const listening = this.owners.get(raw.socket.localPort ?? 0);
    if (listening === undefined) throw new ProblemError(problem(404, 'not_found', 'there is nothing here'));
    return listening;
  }
}
