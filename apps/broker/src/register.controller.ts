import { Controller, Get, Inject } from '@nestjs/common';
import { refusedMarksDocument } from '#exchange/io';
import type { JsonObject } from '#protocol';
import { BROKER_NODE } from './exchange.controller.js';
import type { BrokerNode } from './broker-node.js';

/** The public register: who takes part, and under which rules (law 7: no undisclosed arrangement). */
@Controller('register')
export class RegisterController {
  constructor(@Inject(BROKER_NODE) private readonly node: BrokerNode) {}

  @Get('members')
  members(): { members: readonly { entity_id: string; name: string; jurisdictions: readonly string[] }[] } {
    const members = this.node.directory.agencies().map((chain) => ({
      entity_id: chain.entityId,
      name: typeof chain.metadata['name'] === 'string' ? chain.metadata['name'] : chain.entityId,
      jurisdictions: chain.jurisdictions,
    }));
    return { members };
  }

  /** Marks that this broker was shown and does not believe. Nobody ends a quarantine here: its day does. */
  @Get('refused-marks')
  refusedMarks(): Promise<JsonObject> {
    return refusedMarksDocument(this.node.directory);
  }

  @Get('rules')
  async rules(): Promise<{ rules: readonly { owner: string; rule: string }[] }> {
    return { rules: await this.node.rules.all() };
  }
}
