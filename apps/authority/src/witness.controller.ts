import { Controller, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { addCheckpoint } from '#ledger/io';
import { AUTHORITY_NODE, type AuthorityNode } from './authority-node.js';

/** The oversight witness: it cosigns the largest consistent tree it has seen of each enrolled ledger (C2SP tlog-witness). */
@Controller('witness')
export class WitnessController {
  constructor(@Inject(AUTHORITY_NODE) private readonly node: AuthorityNode) {}

  @Post('add-checkpoint')
  async addCheckpoint(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const body = request.body instanceof Uint8Array ? request.body : new Uint8Array();
    const answer = await addCheckpoint(body, this.node.witness);
    const type = answer.status === 409 ? 'text/x.tlog.size' : 'text/plain; charset=utf-8';
    await reply.status(answer.status).type(type).header('cache-control', 'no-store').send(answer.body);
  }
}
