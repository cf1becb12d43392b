import type { MigrationInterface } from 'typeorm';
import { CreateLedger1763769600100 } from './0001-create-ledger.js';
import { CosignatureByName1796000300000 } from './1796000300000-cosignature-by-name.js';
import { SealedSideRecords1796000300010 } from './1796000300010-sealed-side-records.js';

/** Part of every other kind of database; see ../README.md. */
export const migrations: readonly (new () => MigrationInterface)[] = [
  CreateLedger1763769600100,
  CosignatureByName1796000300000,
  SealedSideRecords1796000300010,
];
