import type { DataSource } from 'typeorm';
import {
  EMPTY_RANGE,
  appendLeaf,
  decodeBundle,
  equalHashes,
  leafHash,
  openCheckpoint,
  rootOf,
  type CompactRange,
} from '#ledger';
import { Ledger, SideRecords } from '#ledger/io';
import { readNodeConfig, EnvironmentReader } from '#exchange/io';
import { readToken } from '#protocol';
import { systemClock, systemRandomness } from '#protocol/io';
import type { Environment } from '../../apps/sandbox/src/lay-out.js';

export interface LedgerOfParty {
  readonly party: string;
  readonly database: DataSource;
  readonly environment: Environment;
}

/**
 * Hashes the ledgers of all parties again, from the stored bytes alone: every checkpoint that was ever signed, and every one
 * that another party remembers, is the root of the entries that stand there now; the receipts are one chain without a gap,
 * and each is in the index. Empty where all holds.
 */
export async function faultsOfLedgers(parties: readonly LedgerOfParty[]): Promise<string[]> {
  const faults: string[] = [];
  for (const { party, database, environment } of parties) {
    const ledger = await openLedger(database, environment);
    await ledger.selfCheck().catch((error: unknown) => faults.push(`${party}: ${String(error)}`));
    const entries = await storedEntries(database);
    faults.push(...chainFaults(entries).map((fault) => `${party}: ${fault}`));
    const roots = rootsOf(entries);
    const own = await database.query<{ note: string }[]>('select note from log_checkpoint');
    const seen = await Promise.all(
      parties
        .filter((other) => other.party !== party)
        .map((other) =>
          other.database.query<{ note: string }[]>('select note from seen_checkpoint where origin = $1', [
            ledger.origin,
          ]),
        ),
    );
    for (const { note } of [...own, ...seen.flat()]) {
      const { size, root } = openCheckpoint(note, ledger.vkey, []);
      const held = roots[size];
      if (held === undefined || !equalHashes(held, root)) faults.push(`${party}: another tree of size ${size}`);
    }
    const [counted] = await database.query<{ entries: number; views: number }[]>(
      `select (select count(*)::int from receipt_index) as entries, (select count(*)::int from split_view) as views`,
    );
    if (counted?.entries !== entries.length)
      faults.push(`${party}: ${counted?.entries} of ${entries.length} in the index`);
    if (counted?.views !== 0) faults.push(`${party}: saw a split view`);
  }
  return faults;
}

async function openLedger(dataSource: DataSource, environment: Environment): Promise<Ledger> {
  const config = await readNodeConfig(new EnvironmentReader(environment));
  if (config === undefined) throw new TypeError('a laid-out party has a configuration');
  const { keys, entityId } = config;
  return new Ledger({
    dataSource,
    origin: keys.ledger.name,
    noteKey: keys.ledger,
    receiptKey: keys.signing,
    issuer: entityId,
    clock: systemClock,
    randomness: systemRandomness,
    askWitnesses: () => Promise.resolve([]),
    sideRecords: new SideRecords(keys.sideRecords, systemRandomness),
  });
}

async function storedEntries(database: DataSource): Promise<Uint8Array[]> {
  const batches = await database.query<{ bundle: Buffer }[]>('select bundle from log_batch order by first');
  return batches.flatMap(({ bundle }) => decodeBundle(new Uint8Array(bundle)));
}

function rootsOf(entries: readonly Uint8Array[]): Uint8Array[] {
  let range: CompactRange = EMPTY_RANGE;
  const roots = [rootOf(range)];
  for (const entry of entries) {
    range = appendLeaf(range, leafHash(entry));
    roots.push(rootOf(range));
  }
  return roots;
}

function chainFaults(entries: readonly Uint8Array[]): string[] {
  let previous: string | null = null;
  return entries.flatMap((entry, index) => {
    const { claims, digest } = readToken('receipt', Buffer.from(entry).toString());
    const fits = claims['seq'] === index && claims['prev'] === previous;
    previous = digest;
    return fits ? [] : [`receipt ${index} does not continue the one before`];
  });
}
