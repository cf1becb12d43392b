import type { DataSource } from 'typeorm';
import { noteKeyFromSeed } from '#ledger';
import { Ledger } from '#ledger/io';
import { generateSigningKey, systemClock } from '#protocol/io';
import { HOLD_STATUTES } from '#reads';
import { HeldReads, HitReads, ReadStore, ReceivedReads } from '#reads/io';
import { TrustError } from '#trust';
import { createTestDatabase } from '../../../../test/support/database.js';
import { fakeClock, seededRandomness, type FakeClock } from '../../../../test/support/fakes.js';
import type { AgencyNode, AgencySettings } from '../agency-node.js';
import { Holds } from '../holds/holds.js';
import { HoldsStore } from '../holds/holds.store.js';
import { Exports } from '../exports/exports.store.js';
import { Tags } from '../tags.js';
import { retentionLimits } from './retention-limits.js';
import { sideRecordsOf } from '../../../../libs/ledger/test/side-records.js';

export const AGENCY = 'https://juniper-bend.example';
const ORIGIN = 'juniper-bend.example/ledger';
export const DAY_MS = 86_400_000;

/** A node as far as retention and holds need it: a real database, a real ledger, a clock that a test moves. */
export interface RetentionNode {
  readonly node: AgencyNode;
  readonly clock: FakeClock;
  readonly dataSource: DataSource;
  readonly ledger: Ledger;
  /** Levels of `retention` that are attested for the agency; nothing is known of the federation while it is `undefined`. */
  attested: readonly string[] | undefined;
  readonly settings: { -readonly [Name in keyof AgencySettings]: AgencySettings[Name] };
  close(): Promise<void>;
}

export async function retentionNode(now: number): Promise<RetentionNode> {
  const { dataSource } = await createTestDatabase('agency');
  // Its instants stand still until a test moves them; what waits for another statement, or times batches, waits in earnest.
  const clock = Object.assign(fakeClock(now), { sleep: (ms: number) => systemClock.sleep(ms) });
  const randomness = seededRandomness('retention');
  const ledger = new Ledger({
    dataSource,
    origin: ORIGIN,
    noteKey: noteKeyFromSeed(ORIGIN, 'note', new Uint8Array(32).fill(1)),
    issuer: AGENCY,
    receiptKey: await generateSigningKey(),
    clock,
    randomness,
    askWitnesses: () => Promise.resolve([]),
    sideRecords: sideRecordsOf(),
  });
  await ledger.start();
  const settings = { retentionMs: 21 * DAY_MS, hitRetentionMs: undefined, recordMs: 400 * DAY_MS } as AgencySettings;
  const made: { attested: readonly string[] | undefined } = { attested: undefined };
  const directory = {
    agencyView: () => {
      if (made.attested === undefined)
        return Promise.reject(new TrustError('not_enrolled', 'nothing is known yet', {}));
      return Promise.resolve({ attestations: made.attested.map((level) => ({ protection: 'retention', level })) });
    },
  };
  const base = {
    dataSource,
    ledger,
    clock,
    randomness,
    entityId: AGENCY,
    settings,
    directory,
    own: { ownChain: () => [] },
  };
  const tags = new Tags(new Uint8Array(32).fill(7));
  const node = {
    ...base,
    tags,
    reads: new ReadStore({ dataSource, clock }),
    received: new ReceivedReads({ dataSource, clock }),
    hits: new HitReads(dataSource),
    exports: new Exports(dataSource, tags, tags.keyFor('export')),
    holds: new Holds({
      dataSource,
      ledger,
      clock,
      randomness,
      tags,
      entityId: AGENCY,
      store: new HoldsStore(dataSource),
      heldReads: new HeldReads({ dataSource, clock }),
      statutes: HOLD_STATUTES,
      limits: () => retentionLimits(base as unknown as AgencyNode),
    }),
  } as unknown as AgencyNode;
  return Object.assign(made, {
    node,
    clock,
    dataSource,
    ledger,
    settings,
    close: async () => {
      await ledger.stop();
      await dataSource.destroy();
    },
  });
}

/** A read with the given differences. */
export function seenRead(plate: string, seenAt: number, device = 'camera') {
  const constant = { timeAmbiguous: false, cameraOwnerClass: 'public' as const, source: 'test', nonPlate: false };
  return { plate, seenAt, device, ...constant };
}

export async function rowsOf<Row>(dataSource: DataSource, sql: string, values: unknown[] = []): Promise<Row[]> {
  return dataSource.query<Row[]>(sql, values);
}
