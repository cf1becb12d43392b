import type { SeenCheckpoints } from '#ledger/io';
import type { NoteKey } from '#ledger';
import type { Clock } from '#protocol';
import type { WitnessedLog } from './register.js';
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

export interface Witness {
  readonly key: NoteKey;
  readonly seen: SeenCheckpoints;
  readonly clock: Clock;
  /** By origin: the logs it follows, with the keys that their owners enrolled. */
  readonly logs: ReadonlyMap<string, WitnessedLog>;
}

export const AUTHORITY_NODE = Symbol('authority node');
