import { Controller, Get, Inject, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { lastCosigned, type Witness } from '#ledger/io';
import { ProblemError, problem } from '#protocol';

/** Token under which an app provides its `Witness` to this controller. */
export const WITNESS = Symbol('witness of this node');

/** What this node last cosigned of other ledgers, for them to compare their own head with and for anybody who monitors them. */
@Controller('witness')
export class CosignedController {
  constructor(@Inject(WITNESS) private readonly witness: Pick<Witness, 'key' | 'seen' | 'clock'>) {}

  /** The last checkpoint cosigned of the log whose origin has this SHA-256 (hex), https://c2sp.org/tlog-witness. */
  @Get(':originHash/checkpoint')
  async checkpoint(@Param('originHash') originHash: string, @Res() reply: FastifyReply): Promise<void> {
    const note = await lastCosigned(originHash, this.witness);
    if (note === undefined) {
      throw new ProblemError(problem(404, 'not_found', 'nothing of this ledger was cosigned here'));
    }
    await reply.type('text/plain; charset=utf-8').header('cache-control', 'no-store').send(note);
  }
}
