import { Controller, Inject, Post, Req, Res } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { addCheckpoint, type Witness } from '#ledger/io';
import { ProblemError, problem } from '#protocol';
import { WITNESS } from './cosigned.controller.js';

/** A witness's door: it cosigns the largest consistent tree it has seen of each log that it follows (C2SP tlog-witness). */
@Controller('witness')
export class AddCheckpointController {
  constructor(@Inject(WITNESS) private readonly witness: Witness) {}

  @Post('add-checkpoint')
  async addCheckpoint(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const body = request.body instanceof Uint8Array ? request.body : new Uint8Array();
    const answer = await addCheckpoint(body, this.witness);
    const type = answer.status === 409 ? 'text/x.tlog.size' : 'text/plain; charset=utf-8';
    await reply.status(answer.status).type(type).header('cache-control', 'no-store').send(answer.body);
  }
}

/**
 * A checkpoint is signed text: decoding it leniently would change what was signed. No other door of the node takes text (W05).
 */
export function readCheckpointsAsBytes(app: NestFastifyApplication): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addContentTypeParser('text/plain', { parseAs: 'buffer' }, (request, body, done) => {
      if (request.url === '/witness/add-checkpoint') done(null, body);
      else done(new ProblemError(problem(415, 'unsupported_media_type', 'this door takes `application/json`')));
    });
}
