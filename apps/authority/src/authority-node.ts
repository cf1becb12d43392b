import type { Witness } from '#ledger/io';
import type { RegisterStore } from './register.store.js';
import type { Authority, StatementDesk } from './statement-desk.js';

/** What the handlers of one authority process stand on. */
export interface AuthorityNode {
  readonly anchor: Authority;
  /** By id, as in the path. */
  readonly jurisdictions: ReadonlyMap<string, Authority>;
  readonly store: RegisterStore;
  readonly desk: StatementDesk;
  readonly witness: Witness;
}

export const AUTHORITY_NODE = Symbol('authority node');
