import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ProblemError, problem } from '#protocol';
import { AUTHORITY_NODE, type AuthorityNode } from './authority-node.js';

/** Healthy is an authority that can say what it has to say: read its register, sign, and write what it does in its ledger. */
@Controller('health')
export class HealthController {
  constructor(@Inject(AUTHORITY_NODE) private readonly node: AuthorityNode) {}

  @Get()
  @Header('cache-control', 'no-store')
  async health(): Promise<{ status: 'ok' }> {
    await this.node.store.check();
    await this.node.desk.configuration(this.node.anchor);
    if (!this.node.ledger.signs) {
      throw new ProblemError(
        problem(503, 'unavailable', 'no witness of the ledger answers, so that nothing is signed', {
          retryAfterSeconds: 2,
        }),
      );
    }
    return { status: 'ok' };
  }
}
