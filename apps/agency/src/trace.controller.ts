import { Controller, Get, Inject, Param, UseGuards } from '@nestjs/common';
import { receiptsOf } from '#exchange/io';
import { ProblemError, problem, type JsonObject } from '#protocol';
import type { AgencyNode } from './agency-node.js';
import { askTrace } from './ask-trace.js';
import { transactionId } from './asks.controller.js';
import { AGENCY_NODE } from './holding.controller.js';
import { OfficerGuard } from './session/index.js';

/** The receipts of a transaction from every ledger that has a part in it, for the agency's own people and auditors. */
@Controller('trace')
@UseGuards(OfficerGuard)
export class TraceController {
  constructor(@Inject(AGENCY_NODE) private readonly node: AgencyNode) {}

  /**
   * `{txn, ledgers: [{entity_id, chain, evidence | missing}]}`. Each chain leads to the anchor, so that whoever asked can
   * verify everything without trusting this node.
   */
  @Get(':txn')
  async trace(@Param('txn') text: string): Promise<JsonObject> {
    const txn = transactionId(text);
    const own = await receiptsOf(txn, this.node.entityId, this.node);
    if (own === undefined) throw new ProblemError(problem(404, 'not_found', 'there is no such transaction'));
    const requests = await this.node.outgoing.forTransaction(txn);
    const others = [...new Set(requests.flatMap(({ broker, owner }) => [broker, owner]))];
    const ledgers = [
      { entity_id: this.node.entityId, chain: this.node.own.ownChain(), evidence: own as unknown as JsonObject },
      ...(await Promise.all(others.map((entityId) => this.ask(entityId, txn)))),
    ];
    return { txn, ledgers };
  }

  private async ask(entityId: string, txn: string): Promise<JsonObject> {
    const known = { entity_id: entityId, ...chainOf(entityId, this.node) };
    try {
      const peer = this.node.directory.chainFor(entityId);
      return { ...known, evidence: (await askTrace(peer, txn, this.node)) as unknown as JsonObject };
    } catch (error) {
      // Named, not left out: a ledger that says nothing is what a trace has to show.
      return { ...known, missing: error instanceof Error ? error.message : 'no answer' };
    }
  }
}

/** Also of a ledger that says nothing: whose it is can be verified all the same. */
function chainOf(entityId: string, node: AgencyNode): { chain?: string[] } {
  try {
    return { chain: [...node.directory.statementsFor(entityId)] };
  } catch {
    return {};
  }
}
