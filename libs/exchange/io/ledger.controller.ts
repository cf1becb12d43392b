import { Controller, Get, Header, Inject, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseTilePath, type TileRequest } from '#ledger';
import type { Ledger } from '#ledger/io';
import { ProblemError, problem } from '#protocol';

/** Token under which an app provides its `Ledger` to this controller. */
export const LEDGER = Symbol('ledger of this node');

const MAX_ENTRIES = 256;

/** The public side of a node's ledger: signed heads, proofs, and the leaves themselves, which hold commitments only. */
@Controller('ledger')
export class LedgerController {
  constructor(@Inject(LEDGER) private readonly ledger: Ledger) {}

  /** The newest head, with the cosignatures that there are. Anyone who relies on it also checks the way from the last one seen. */
  @Get('checkpoint')
  async checkpoint(@Res() reply: FastifyReply): Promise<void> {
    const { size, checkpoint } = await this.ledger.head();
    const cosigned = await this.ledger.checkpointWithCosignatures(size);
    await reply
      .type('text/plain; charset=utf-8')
      .header('cache-control', 'public, max-age=1')
      .send(cosigned?.checkpoint ?? checkpoint);
  }

  /**
   * Tiles and entry bundles (https://c2sp.org/tlog-tiles). A full one is absent until it is full and from then on the same
   * bytes, so that it may be cached for ever; an absence is not to be cached at all.
   */
  @Get('tile/*')
  async tile(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    // The address as it was sent: one tile has one spelling, also for every cache on the way.
    const asked = parseTilePath(request.url.slice(request.url.indexOf('/ledger/') + '/ledger/'.length));
    const bytes = asked && (await this.tileBytes(asked));
    if (bytes === undefined) {
      void reply.header('cache-control', 'no-store');
      throw new ProblemError(problem(404, 'not_found', 'the ledger has no such tile'));
    }
    await reply
      .type('application/octet-stream')
      .header('cache-control', 'public, max-age=31536000, immutable')
      .send(Buffer.from(bytes));
  }

  /** The newest head that a witness has cosigned, for a reader that has seen none of this ledger yet. */
  @Get('witnessed-checkpoint')
  @Header('cache-control', 'no-store')
  async witnessed(): Promise<{ checkpoint: string }> {
    const cosigned = await this.ledger.checkpointWithCosignatures();
    if (cosigned === undefined) {
      throw new ProblemError(
        problem(503, 'unwitnessed', 'no witness has cosigned this ledger yet', { retryAfterSeconds: 2 }),
      );
    }
    return { checkpoint: cosigned.checkpoint };
  }

  @Get('consistency')
  async consistency(@Query('from') from: unknown, @Query('to') to: unknown): Promise<{ consistency: string[] }> {
    const { size } = await this.ledger.head();
    const [first, last] = [count(from, size), count(to, size)];
    if (first === 0 || first > last) throw badRange();
    return { consistency: await this.ledger.consistency(first, last) };
  }

  /** Leaves `from` up to, not including, `to`; at most 256. */
  @Get('entries')
  async entries(@Query('from') from: unknown, @Query('to') to: unknown): Promise<{ entries: string[] }> {
    const { size } = await this.ledger.head();
    const [first, last] = [count(from, size), count(to, size)];
    if (first >= last || last - first > MAX_ENTRIES) throw badRange();
    return { entries: await this.ledger.entries(first, last) };
  }

  private tileBytes(asked: TileRequest): Promise<Uint8Array | undefined> {
    return asked.of === 'entries'
      ? this.ledger.bundle(asked.index, asked.width)
      : this.ledger.tile(asked.level, asked.index, asked.width);
  }
}

function count(text: unknown, max: number): number {
  if (typeof text !== 'string' || !/^(0|[1-9]\d{0,14})$/.test(text) || Number(text) > max) throw badRange();
  return Number(text);
}

function badRange(): ProblemError {
  return new ProblemError(problem(400, 'bad_range', 'the sizes lie outside the ledger'));
}
