import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { STATUS_MAX_AGE_SECONDS } from '#trust';
import type { ExchangeNode } from './exchange-node.js';

/** Token under which an app provides its node to this controller. */
export const NODE = Symbol('node');

const LATE_MS = 2_000;

/** Health tests real ability: evidence can be written and is witnessed, the federation is known, this node is enrolled, and what holds is known. */
@Controller('health')
export class HealthController {
  constructor(@Inject(NODE) private readonly node: ExchangeNode) {}

  @Get()
  async health(@Res({ passthrough: true }) reply: FastifyReply): Promise<Record<string, unknown>> {
    const { dataSource, ledger, directory, entityId } = this.node;
    const [database, head, enrolled] = await Promise.all([
      this.isFine(() => dataSource.query('select 1')),
      this.isFine(() => ledger.head()),
      this.isFine(async () => directory.statuses.requireChain(directory.chainFor(entityId))),
    ]);
    const { witnessWatch } = this.node;
    const checks = {
      database,
      ledger: ledger.signs && head,
      witnessed: witnessWatch.state === 'witnessed' || witnessWatch.state === 'unwitnessed',
      federation: directory.brokers().length > 0,
      enrolled,
      status: (directory.statuses.oldestAgeMs() ?? Infinity) <= STATUS_MAX_AGE_SECONDS * 1000,
      ...this.node.ownChecks?.(),
    };
    const ready = Object.values(checks).every(Boolean);
    if (!ready) void reply.status(503).header('retry-after', '2');
    const members = this.node.directory.agencies().length;
    const since = witnessWatch.unwitnessedSince;
    const degraded = since === undefined ? {} : { unwitnessed_since: since };
    return { entity_id: this.node.entityId, ready, checks, members, ...degraded };
  }

  /** A database that says nothing at all is away, too: whoever asks for health does not wait for it. */
  private isFine(check: () => Promise<unknown>): Promise<boolean> {
    const late = this.node.clock.sleep(LATE_MS).then(() => false);
    const fine = check().then(
      () => true,
      () => false,
    );
    return Promise.race([fine, late]);
  }
}
