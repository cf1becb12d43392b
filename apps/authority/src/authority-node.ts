import type { DataSource } from 'typeorm';
import type { WitnessJob } from '#exchange/io';
import type { Ledger, Witness } from '#ledger/io';
import type { PeerCheckpoints } from '#exchange/io';
import type { Clock } from '#protocol';
import type { ActsDesk } from './acts/acts-desk.js';
import type { ActsStore } from './acts/acts.store.js';
import type { EnrolmentDesk } from './enrolment/enrolment-desk.js';
import type { EnrolmentStore } from './enrolment/enrolment.store.js';
import type { EventFeed } from './event-feed.js';
import type { EventPush } from './event-push.js';
import { FederationError } from './federation-error.js';
import type { KeyHistoryStore } from './key-history.store.js';
import type { RegisterChanges } from './register-changes.js';
import type { RegisterStore } from './register.store.js';
import type { EntityResolver } from './resolve-entity.js';
import type { Authority, StatementDesk } from './statement-desk.js';
import type { StatusDesk } from './status-desk.js';
import type { StatusStore } from './status.store.js';
import type { WitnessedLedgersJob } from './witnessed-ledgers.job.js';

/** What the handlers of one authority process stand on. */
export interface AuthorityNode {
  readonly anchor: Authority;
  /** By id, as in the path. */
  readonly jurisdictions: ReadonlyMap<string, Authority>;
  readonly clock: Clock;
  readonly dataSource: DataSource;
  readonly store: RegisterStore;
  readonly status: StatusStore;
  readonly keys: KeyHistoryStore;
  readonly desk: StatementDesk;
  readonly statusDesk: StatusDesk;
  readonly feed: EventFeed;
  readonly push: EventPush;
  readonly resolver: EntityResolver;
  readonly changes: RegisterChanges;
  readonly acts: ActsDesk;
  readonly actsStore: ActsStore;
  readonly enrolments: EnrolmentDesk;
  readonly enrolmentStore: EnrolmentStore;
  readonly ledger: Ledger;
  readonly witness: Witness;
  /** Has others cosign the ledger; the one above cosigns theirs. */
  readonly witnessJob: WitnessJob;
  /** What this authority's own ledger says of those that it witnesses. */
  readonly peers: PeerCheckpoints;
  readonly witnessedLedgers: WitnessedLedgersJob;
}

export const AUTHORITY_NODE = Symbol('authority node');

/** The authority of a path: the anchor where it names no jurisdiction. @throws FederationError `not_found` */
export function authorityAt(node: Pick<AuthorityNode, 'anchor' | 'jurisdictions'>, id: string | undefined): Authority {
  const authority = id === undefined ? node.anchor : node.jurisdictions.get(id);
  if (!authority) throw new FederationError('not_found', 'no such jurisdiction');
  return authority;
}

/** By entity id; `undefined` for one that is not of this process. */
export function authorityNamed(
  node: Pick<AuthorityNode, 'anchor' | 'jurisdictions'>,
  entityId: string,
): Authority | undefined {
  return [node.anchor, ...node.jurisdictions.values()].find((authority) => authority.entityId === entityId);
}
