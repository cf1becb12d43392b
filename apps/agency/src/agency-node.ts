import type { CosignatureGatherer, ExchangeNode } from '#exchange/io';
import type { NoteKey } from '#ledger';
import type { HoldStatute, Shifts } from '#reads';
import type { HitReads, HotListImports, HotLists, ReadStore, ReceivedReads } from '#reads/io';
import type { PinnedAnchor } from '#trust';
import type { OwnConfiguration } from '#trust/io';
import type { Alerts } from './alerts/alerts.store.js';
import type { FollowedPlates } from './alerts/followed-plates.store.js';
import type { Subscriptions } from './alerts/subscriptions.store.js';
import type { Asks } from './asks.store.js';
import type { Cameras } from './cameras/cameras.store.js';
import type { Declarations } from './declarations.store.js';
import type { Exports } from './exports/exports.store.js';
import type { Holds } from './holds/holds.js';
import type { EncryptionKeys } from './keys/encryption-keys.js';
import type { IncomingRequests } from './incoming-requests.store.js';
import type { OutgoingRequests } from './outgoing-requests.store.js';
import type { BudgetUses } from './limits/budget-uses.store.js';
import type { Duties } from './duties/duties.store.js';
import type { WarrantUses } from './legal-process/warrant-uses.store.js';
import type { Recalls } from './recalls.store.js';
import type { PagePositions } from './paging/page-positions.js';
import type { ReconciliationStore } from './reconciliation/reconciliation.store.js';
import type { RuleVersions } from './rule-versions.store.js';
import type { Tags } from './tags.js';

/** All that an agency's node stands on, whether it asks or holds. */
export interface AgencyNode extends ExchangeNode {
  readonly own: OwnConfiguration;
  readonly encryptionKeys: EncryptionKeys;
  /** Cosigns checkpoints of brokers; never signs a checkpoint of its own. */
  readonly witnessKey: NoteKey;
  /** Has witnesses cosign a broker's checkpoint before a release. */
  readonly gatherer: CosignatureGatherer;
  readonly asks: Asks;
  readonly outgoing: OutgoingRequests;
  readonly incoming: IncomingRequests;
  readonly budgets: BudgetUses;
  readonly warrantUses: WarrantUses;
  readonly duties: Duties;
  readonly recalls: Recalls;
  readonly declarations: Declarations;
  readonly rules: RuleVersions;
  readonly reconciliation: ReconciliationStore;
  /** Pinned; whatever others show is verified up to them. */
  readonly anchors: readonly PinnedAnchor[];
  readonly reads: ReadStore;
  readonly cameras: Cameras;
  readonly received: ReceivedReads;
  readonly hits: HitReads;
  readonly holds: Holds;
  readonly hotLists: HotLists;
  readonly hotListImports: HotListImports;
  readonly alerts: Alerts;
  readonly exports: Exports;
  /** What this agency follows for others, and what others follow for it. */
  readonly followed: FollowedPlates;
  readonly subscriptions: Subscriptions;
  readonly tags: Tags;
  readonly positions: PagePositions;
  readonly settings: AgencySettings;
}

export interface AgencySettings {
  /** How long a rule has to be public before it may widen what is released. Milliseconds. */
  readonly ruleNoticeMs: number;
  /** Answers leave at multiples of this after the grant arrived, whether they hold reads or not. Milliseconds. */
  readonly answerBandMs: number;
  /** How long reads are kept, as the operator says; the law may say less (`retentionLimits`). Milliseconds. */
  readonly retentionMs: number | undefined;
  /** How long reads are kept that met a hot list; `undefined` where no longer than any other. Milliseconds. */
  readonly hitRetentionMs: number | undefined;
  /** How long asks, and requests of others with what was answered, are kept. Milliseconds. */
  readonly recordMs: number;
  /** Under which statutes reads may be preserved beyond their limit. */
  readonly holdStatutes: readonly HoldStatute[];
  /** When shifts end, and with them what was typed into a hot list. `undefined`: after twelve hours. */
  readonly shifts: Shifts | undefined;
  /** In one answer; the rest comes page by page. */
  readonly readsPerPage: number;
  /** Of one ask, over all pages. */
  readonly maxReadsPerAsk: number;
  /** The broker that this agency's requests go to. */
  readonly broker: string;
}
