import type { MigrationInterface } from 'typeorm';
import { CreateOfficerSessions1795305600000 } from './create-officer-sessions.js';

/** Part of every agency's database; see ../README.md. */
export const migrations: readonly (new () => MigrationInterface)[] = [CreateOfficerSessions1795305600000];
