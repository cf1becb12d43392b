import type { DataSource } from 'typeorm';
import { LedgerError } from '../src/index.js';
import { queryRows } from './rows.js';

/** Without these a commit that was acknowledged may be gone after a power cut, and a signed checkpoint with nothing under it. */
const REQUIRED = ['fsync', 'full_page_writes'] as const;

export type DurabilitySettings = Readonly<Record<(typeof REQUIRED)[number], string>>;

/** @throws LedgerError `database_unsafe` with the setting */
export function refuseUnsafe(settings: DurabilitySettings): void {
  for (const setting of REQUIRED) {
    if (settings[setting] !== 'on') {
      throw new LedgerError('database_unsafe', `the database runs with ${setting} = \`${settings[setting]}\``, {
        setting,
        value: settings[setting],
      });
    }
  }
}

export async function checkDurability(database: DataSource): Promise<void> {
  const [settings] = await queryRows<DurabilitySettings>(
    database,
    `select current_setting('fsync') as fsync, current_setting('full_page_writes') as full_page_writes`,
  );
  if (settings === undefined) throw new LedgerError('database_unsafe', 'the database does not state its settings');
  refuseUnsafe(settings);
}
