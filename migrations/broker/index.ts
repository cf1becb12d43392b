import type { MigrationInterface } from 'typeorm';
import { migrations as ledger } from '../ledger/index.js';
import { migrations as trust } from '../trust/index.js';
import { BrokerRequests1795305600010 } from './1795305600010-broker-requests.js';
import { AlertsForAWhile1796461000020 } from './1796461000020-alerts-for-a-while.js';
import { LoggedAlerts1796000730000 } from './1796000730000-logged-alerts.js';

/** The schema of a broker's database; see ../README.md. */
export const migrations: readonly (new () => MigrationInterface)[] = [
  ...ledger,
  ...trust,
  BrokerRequests1795305600010,
  LoggedAlerts1796000730000,
  AlertsForAWhile1796461000020,
];
