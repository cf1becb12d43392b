import type { MigrationInterface } from 'typeorm';
import { AuthorityRegister1795305600030 } from './1795305600030-authority-register.js';
import { AuthorityTrust1795305600130 } from './1795305600130-authority-trust.js';

/** The schema of one kind of database; see ../README.md. */
export const migrations: readonly (new () => MigrationInterface)[] = [
  AuthorityRegister1795305600030,
  AuthorityTrust1795305600130,
];
