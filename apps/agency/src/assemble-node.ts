import { CosignatureGatherer, witnessedLogs, type ExchangeNode, type Ports } from '#exchange/io';
import type { SeenCheckpoints, Witness } from '#ledger/io';
import { HeldReads, HitReads, HotListImports, HotLists, ReadStore, ReceivedReads } from '#reads/io';
import type { OwnConfiguration } from '#trust/io';
import type { AgencyNode } from './agency-node.js';
import { Alerts } from './alerts/alerts.store.js';
import { FollowedPlates } from './alerts/followed-plates.store.js';
import { Subscriptions } from './alerts/subscriptions.store.js';
import { Asks } from './asks.store.js';
import { Cameras } from './cameras/cameras.store.js';
import type { AgencyConfig } from './config.js';
import { Declarations } from './declarations.store.js';
import { Duties } from './duties/duties.store.js';
import { Exports } from './exports/exports.store.js';
import { Holds } from './holds/holds.js';
import { HoldsStore } from './holds/holds.store.js';
import { IncomingRequests } from './incoming-requests.store.js';
import type { EncryptionKeys } from './keys/encryption-keys.js';
import { WarrantUses } from './legal-process/warrant-uses.store.js';
import { BudgetUses } from './limits/budget-uses.store.js';
import { OutgoingRequests } from './outgoing-requests.store.js';
import { PagePositions } from './paging/page-positions.js';
import { Recalls } from './recalls.store.js';
import { ReconciliationStore } from './reconciliation/reconciliation.store.js';
import { retentionLimits } from './retention/retention-limits.js';
import { RuleVersions } from './rule-versions.store.js';
import { Tags } from './tags.js';

/** What every store of an agency's node stands on: a node of the federation with its own configuration. */
export type NodeParts = ExchangeNode & { readonly own: OwnConfiguration };

/** Every store of an agency's node, put together in one place; nothing of it runs by itself. */
export function assembleNode(
  config: AgencyConfig,
  open: NodeParts,
  { clock, randomness, network }: Ports,
  encryptionKeys: EncryptionKeys,
): AgencyNode {
  const { dataSource, ledger, entityId, signingKey } = open;
  const tags = new Tags(config.tagKey);
  const rules = new RuleVersions({ dataSource, ledger, owner: entityId, key: signingKey, clock, randomness });
  return {
    ...open,
    ownChecks: () => ({ rule: rules.drift === undefined }),
    encryptionKeys,
    witnessKey: config.witnessKey,
    gatherer: new CosignatureGatherer(network, clock),
    asks: new Asks(dataSource),
    outgoing: new OutgoingRequests(dataSource),
    incoming: new IncomingRequests(dataSource),
    budgets: new BudgetUses(dataSource),
    warrantUses: new WarrantUses(dataSource),
    duties: new Duties(dataSource),
    recalls: new Recalls(dataSource),
    declarations: new Declarations({
      dataSource,
      ledger,
      agency: entityId,
      key: config.node.keys.federation,
      clock,
      randomness,
    }),
    rules,
    reconciliation: new ReconciliationStore(dataSource),
    anchors: config.node.anchors,
    reads: new ReadStore({ dataSource, clock }),
    cameras: new Cameras({ dataSource, ledger, agency: entityId, clock, randomness }),
    received: new ReceivedReads({ dataSource, clock }),
    hits: new HitReads(dataSource),
    exports: new Exports(dataSource, tags, tags.keyFor('export')),
    holds: new Holds({
      dataSource,
      ledger,
      entityId,
      clock,
      randomness,
      tags,
      store: new HoldsStore(dataSource),
      heldReads: new HeldReads({ dataSource, clock }),
      statutes: config.settings.holdStatutes,
      limits: () => retentionLimits({ ...open, settings: config.settings }),
    }),
    hotLists: new HotLists({ dataSource, clock }),
    hotListImports: new HotListImports({ dataSource, clock }),
    alerts: new Alerts(dataSource),
    followed: new FollowedPlates(dataSource),
    subscriptions: new Subscriptions(dataSource),
    tags,
    positions: new PagePositions(config.tagKey, randomness),
    settings: config.settings,
  };
}

/** Every agency is a witness of all the ledgers that its anchor vouches for, but of its own. */
export function witnessOf(
  { witnessKey, clock }: AgencyNode,
  open: ExchangeNode & { readonly seen: SeenCheckpoints },
): Witness {
  return { key: witnessKey, seen: open.seen, clock, logs: witnessedLogs(open) };
}
