import type { MigrationInterface } from 'typeorm';
import { migrations as ledger } from '../ledger/index.js';
import { BrokerRequests1795305600010 } from './1795305600010-broker-requests.js';

/** The schema of a broker's database; see ../README.md. */
export const migrations: readonly (new () => MigrationInterface)[] = [...ledger, BrokerRequests1795305600010];
