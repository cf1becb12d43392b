import type { Provider, Type } from '@nestjs/common';
import type { ExchangeNode } from './exchange-node.js';
import { FederationController, OWN_CONFIGURATION } from './federation.controller.js';
import { HealthController, NODE } from './health.controller.js';
import { LEDGER, LedgerController } from './ledger.controller.js';
import type { OpenNode } from './open-node.js';

/** The doors that every node has: its entity configuration, its ledger, its health. */
export const NODE_CONTROLLERS: readonly Type[] = [FederationController, LedgerController, HealthController];

/** What those doors open to; `node` where an app checks more about itself than every node does. */
export function nodeProviders(open: OpenNode, node: ExchangeNode = open): Provider[] {
  return [
    { provide: NODE, useValue: node },
    { provide: LEDGER, useValue: open.ledger },
    { provide: OWN_CONFIGURATION, useValue: open.own },
  ];
}
