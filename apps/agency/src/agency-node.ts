import type { ExchangeNode } from '#exchange/io';
import type { NoteKey } from '#ledger';
import type { DecryptionKey } from '#protocol';
import type { ReadStore, ReceivedReads } from '#reads/io';
import type { OwnConfiguration } from '#trust/io';
import type { Asks } from './asks.store.js';
import type { Declarations } from './declarations.store.js';
import type { IncomingRequests } from './incoming-requests.store.js';
import type { OutgoingRequests } from './outgoing-requests.store.js';
import type { BudgetUses } from './limits/budget-uses.store.js';
import type { Recalls } from './recalls.store.js';
import type { RuleVersions } from './rule-versions.store.js';
import type { Tags } from './tags.js';

/** All that an agency's node stands on, whether it asks or holds. */
export interface AgencyNode extends ExchangeNode {
  readonly own: OwnConfiguration;
  readonly decryptionKey: DecryptionKey;
  /** Cosigns checkpoints of brokers; never signs a checkpoint of its own. */
  readonly witnessKey: NoteKey;
  readonly asks: Asks;
  readonly outgoing: OutgoingRequests;
  readonly incoming: IncomingRequests;
  readonly budgets: BudgetUses;
  readonly recalls: Recalls;
  readonly declarations: Declarations;
  readonly rules: RuleVersions;
  readonly reads: ReadStore;
  readonly received: ReceivedReads;
  readonly tags: Tags;
  readonly settings: AgencySettings;
}

export interface AgencySettings {
  /** How long a rule has to be public before it may widen what is released. Milliseconds. */
  readonly ruleNoticeMs: number;
  /** Answers leave at multiples of this after the grant arrived, whether they hold reads or not. Milliseconds. */
  readonly answerBandMs: number;
  /** What may be kept of own reads. `undefined` where the law sets no limit. Milliseconds. */
  readonly retentionMs: number | undefined;
  readonly maxReadsPerAnswer: number;
  /** The broker that this agency's requests go to. */
  readonly broker: string;
}
