import type { MigrationInterface } from 'typeorm';
import { CreateLedger1763769600100 } from './0001-create-ledger.js';

/** Part of every other kind of database; see ../README.md. */
export const migrations: readonly (new () => MigrationInterface)[] = [CreateLedger1763769600100];
