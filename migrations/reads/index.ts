import type { MigrationInterface } from 'typeorm';
import { CreateReads1763769600000 } from './1763769600000-create-reads.js';
import { ImportsThatGoOn1796000400000 } from './1796000400000-imports-that-go-on.js';
import { ReadsOfEveryKind1796000500000 } from './1796000500000-reads-of-every-kind.js';
import { SearchIndexes1796000500100 } from './1796000500100-search-indexes.js';
import { HotLists1796000700000 } from './1796000700000-hot-lists.js';

/** The tables of `libs/reads`, a part of the agency's schema. */
export const migrations: readonly (new () => MigrationInterface)[] = [
  CreateReads1763769600000,
  ImportsThatGoOn1796000400000,
  ReadsOfEveryKind1796000500000,
  SearchIndexes1796000500100,
  HotLists1796000700000,
];
