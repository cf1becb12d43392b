import { Controller, Get, Header, Inject, Query } from '@nestjs/common';
import type { Ledger } from '#ledger/io';
import { ProblemError, problem } from '#protocol';

/** Token under which an app provides its `Ledger` to this controller. */
export const LEDGER = Symbol('ledger of this node');

const MAX_ENTRIES = 256;

/** The public side of a node's ledger: signed heads, proofs, and the leaves themselves, which hold commitments only. */
@Controller('ledger')
export class LedgerController {
  constructor(@Inject(LEDGER) private readonly ledger: Ledger) {}

  /** The newest head. Anyone who relies on it also asks for the way to it from the last one seen. */
  @Get('checkpoint')
  @Header('cache-control', 'no-store')
  async checkpoint(): Promise<{ checkpoint: string }> {
    return { checkpoint: (await this.ledger.head()).checkpoint };
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
}

function count(text: unknown, max: number): number {
  if (typeof text !== 'string' || !/^(0|[1-9]\d{0,14})$/.test(text) || Number(text) > max) throw badRange();
  return Number(text);
}

function badRange(): ProblemError {
  return new ProblemError(problem(400, 'bad_range', 'the sizes lie outside the ledger'));
}
