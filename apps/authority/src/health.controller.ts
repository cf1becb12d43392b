import { Controller, Get, Header, Inject } from '@nestjs/common';
import { AUTHORITY_NODE, type AuthorityNode } from './authority-node.js';

/** Healthy is an authority that can say what it has to say: read its register and sign. */
@Controller('health')
export class HealthController {
  constructor(@Inject(AUTHORITY_NODE) private readonly node: AuthorityNode) {}

  @Get()
  @Header('cache-control', 'no-store')
  async health(): Promise<{ status: 'ok' }> {
    await this.node.store.check();
    await this.node.desk.configuration(this.node.anchor);
    return { status: 'ok' };
  }
}
