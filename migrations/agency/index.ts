import type { MigrationInterface } from 'typeorm';
import { migrations as sessions } from '../agency-session/index.js';
import { migrations as ledger } from '../ledger/index.js';
import { migrations as reads } from '../reads/index.js';
import { migrations as trust } from '../trust/index.js';
import { AgencyExchange1795305600020 } from './1795305600020-agency-exchange.js';
import { ReviewSigns1795305600090 } from './1795305600090-review-signs.js';
import { Recalls1795305600050 } from './1795305600050-recalls.js';
import { Declarations1795305600120 } from './1795305600120-declarations.js';
import { Cameras1796000410000 } from './1796000410000-cameras.js';
import { Budgets1796000200000 } from './1796000200000-budgets.js';
import { LegalProcess1796000200010 } from './1796000200010-legal-process.js';
import { Reconciliation1796000300020 } from './1796000300020-reconciliation.js';
import { AlertsThatWereGiven1796461000010 } from './1796461000010-alerts-that-were-given.js';
import { ApprovalsAfterwards1796461000000 } from './1796461000000-approvals-afterwards.js';
import { Pages1796000600000 } from './1796000600000-pages.js';
import { EncryptionKeys1796000800100 } from './1796000800100-encryption-keys.js';
import { HeldTransactions1796460000000 } from './1796460000000-held-transactions.js';
import { ReadsOfARelease1796463000000 } from './1796463000000-reads-of-a-release.js';
import { Exports1796000800200 } from './1796000800200-exports.js';
import { Duties1796000200020 } from './1796000200020-duties.js';
import { RetentionAndHolds1796000800000 } from './1796000800000-retention-and-holds.js';
import { Alerts1796000710000 } from './1796000710000-alerts.js';
import { StandingAlerts1796000720000 } from './1796000720000-standing-alerts.js';

/** The schema of an agency's database; see ../README.md. */
export const migrations: readonly (new () => MigrationInterface)[] = [
  ...ledger,
  ...sessions,
  ...reads,
  ...trust,
  AgencyExchange1795305600020,
  ReviewSigns1795305600090,
  Recalls1795305600050,
  Declarations1795305600120,
  Cameras1796000410000,
  Budgets1796000200000,
  LegalProcess1796000200010,
  Pages1796000600000,
  Duties1796000200020,
  RetentionAndHolds1796000800000,
  Alerts1796000710000,
  Reconciliation1796000300020,
  EncryptionKeys1796000800100,
  Exports1796000800200,
  StandingAlerts1796000720000,
  ApprovalsAfterwards1796461000000,
  AlertsThatWereGiven1796461000010,
  HeldTransactions1796460000000,
  ReadsOfARelease1796463000000,
];
