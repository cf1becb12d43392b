import type { DataSource, MigrationInterface } from 'typeorm';
import { Ledger, SeenCheckpoints, SideRecords, type AskWitnesses } from '#ledger/io';
import type { Clock, JsonObject, Network, Randomness } from '#protocol';
import { createDataSource, openDatabase, runMigrations } from '#postgres/io';
import {
  feedPositionsIn,
  memberArchiveIn,
  OwnConfiguration,
  refusedMarksIn,
  seenStatementsIn,
  TrustDirectory,
} from '#trust/io';
import type { ComityEntityType } from '#trust';
import { startedFields } from '../src/index.js';
import { askWitnesses, witnessesOf, type WitnessDoor } from './ask-witnesses.js';
import type { ExchangeNode } from './exchange-node.js';
import { knownWitnesses } from './known-witnesses.js';
import { LogFollower } from './log-follower.js';
import type { NodeConfig } from './node-config.js';
import { SideRecordsJob } from './side-records.job.js';
import { WitnessJob } from './witness.job.js';
import { WitnessWatch } from './witness-watch.js';

export interface Ports {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly network: Network;
}

export interface OpenNodeInput {
  readonly config: NodeConfig;
  readonly ports: Ports;
  readonly entityType: Extract<ComityEntityType, 'comity_agency' | 'comity_broker'>;
  /** Protocol keys and whatever else this kind of node states about itself, read anew whenever it is signed anew. */
  readonly metadata: (dataSource: DataSource) => () => JsonObject;
  readonly migrations: readonly (new () => MigrationInterface)[];
  /** Statements that the database plans each time; see `createDataSource`. */
  readonly isPlannedAnew?: (statement: string) => boolean;
  /** Transactions whose side records are kept whatever their age; asked before any are erased. */
  readonly keptTransactions: () => Promise<readonly string[]>;
  readonly log: (line: string) => void;
}

export interface OpenNode extends ExchangeNode {
  readonly own: OwnConfiguration;
  /** Checkpoints of other ledgers that this node accepted. */
  readonly seen: SeenCheckpoints;
  readonly witnessJob: WitnessJob;
  /** Begins the background work; the node answers already before, and refuses what it cannot verify yet. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the parts that every node has: database with its schema, ledger, directory of the federation, memory of other
 * ledgers, own configuration. Nothing listens yet and nothing is signed but the ledger's own first entry.
 */
export async function openNode(input: OpenNodeInput): Promise<OpenNode> {
  const { config, ports, log } = input;
  const database = await openDatabase({
    url: config.databaseUrl,
    dataDirectory: config.dataDirectory,
    environment: config.environment,
    log,
  });
  const dataSource = await createDataSource({
    url: database.url,
    entities: [],
    migrations: input.migrations,
    poolSize: config.databaseConnections,
    applicationName: `comity ${config.name}`.slice(0, 60),
    log,
    ...(input.isPlannedAnew === undefined ? {} : { isPlannedAnew: input.isPlannedAnew }),
  }).initialize();
  await runMigrations(dataSource);
  const { anchors } = config;
  const { refreshSeconds } = config;
  const directory = new TrustDirectory({
    anchors,
    network: ports.network,
    clock: ports.clock,
    seen: seenStatementsIn(dataSource),
    feeds: feedPositionsIn(dataSource),
    archive: memberArchiveIn(dataSource),
    refused: refusedMarksIn(dataSource),
    refreshSeconds,
    onRefusedMark: ({ entityId, code, mark, quarantined }) => {
      log(`federation: ${code}: a mark that \`${entityId}\` shows is not believed (${mark})`);
      if (quarantined === undefined) return;
      const { issuer, protection } = quarantined;
      log(
        `federation: \`${issuer}\` attested others than its own; nothing that it says of \`${protection}\` counts for a day`,
      );
    },
    onRefresh: ({ failures }) => {
      for (const { code, entityId } of failures.slice(0, 5)) log(`federation: ${code} ${entityId ?? ''}`);
    },
  });
  const origin = config.keys.ledger.name;
  const listed = listedWitnesses(config);
  const ask = () => askWitnesses(origin, witnessesOf(listed, directory, config.entityId), ports.network);
  const ledger = await openLedger(input, dataSource, ask).catch(async (error: unknown) => {
    await dataSource.destroy();
    await database.close();
    throw error;
  });
  const seen = new SeenCheckpoints({ dataSource, clock: ports.clock });
  const follower = new LogFollower(seen, ports.network, (keeper) => otherWitnesses(directory, keeper));
  const stated = input.metadata(dataSource);
  const own = new OwnConfiguration({
    entityId: config.entityId,
    superior: config.superior,
    federationKey: config.keys.federation,
    metadata: {
      get [input.entityType]() {
        return { ...stated(), ...publishedBy(config) };
      },
    },
    anchors,
    directory,
    network: ports.network,
    clock: ports.clock,
    refreshSeconds,
    onFailure: (error) => log(`own configuration: ${error instanceof Error ? error.message : 'failed'}`),
  });
  const prefixes = listed.map(({ url }) => url);
  const ofPolicy = config.witnessPolicy?.witnesses.map(({ key }) => key.vkey) ?? [];
  const witnessKeys = () => [...directory.witnessKeys(), ...ofPolicy];
  const parts = { entityId: config.entityId, ledger, dataSource, ...ports };
  const sideRecords = new SideRecordsJob(parts, config.sideRecordDays, input.keptTransactions, log);
  const witnessWatch = new WitnessWatch({
    ledger,
    dataSource,
    entityId: config.entityId,
    policy: config.witnessPolicy,
    graceMs: config.unwitnessedSeconds * 1000,
    clock: ports.clock,
    log,
  });
  const witnessJob = new WitnessJob(
    ledger,
    ports.network,
    ports.clock,
    () => prefixes,
    witnessKeys,
    log,
    () => witnessWatch.look(),
  );
  return {
    ...ports,
    entityId: config.entityId,
    signingKey: config.keys.signing,
    dataSource,
    ledger,
    follower,
    directory,
    witnesses: () => knownWitnesses(config, directory),
    witnessPolicy: config.witnessPolicy,
    own,
    seen,
    witnessJob,
    witnessWatch,
    async start() {
      sideRecords.start();
      await witnessWatch.look();
      await directory.refresh();
      // Now the agencies are known as well, who cosign in every exchange and so have seen the most (B10).
      await ledger.confirmHistory();
      await own.refresh().catch((error: unknown) => log(`own configuration: ${String(error)}`));
      own.start();
      // Only now: its first round finds this node's own words too, and a node that restarts has not to wait for the second one.
      directory.start();
      witnessJob.start();
    },
    async close() {
      directory.stop();
      own.stop();
      witnessJob.stop();
      sideRecords.stop();
      await ledger.stop();
      // Closed already where its last start was refused.
      if (dataSource.isInitialized) await dataSource.destroy();
      await database.close();
    },
  };
}

/** Begins the background work of a node that listens already; where it must not go on, nothing of it stays behind. */
export async function startOrClose(open: OpenNode, app: { close(): Promise<void> }): Promise<void> {
  try {
    await open.start();
  } catch (error) {
    await app.close();
    await open.close();
    throw error;
  }
}

async function openLedger(
  { config, ports }: OpenNodeInput,
  dataSource: DataSource,
  ask: AskWitnesses,
): Promise<Ledger> {
  const ledger = new Ledger({
    dataSource,
    origin: config.keys.ledger.name,
    noteKey: config.keys.ledger,
    receiptKey: config.keys.signing,
    issuer: config.entityId,
    clock: ports.clock,
    randomness: ports.randomness,
    askWitnesses: ask,
    sideRecords: new SideRecords(config.keys.sideRecords, ports.randomness),
  });
  await ledger.start();
  await ledger.append(dataSource.manager, {
    receiptId: 'started',
    kind: 'started',
    fields: startedFields({ node: config.entityId }),
  });
  // Without an answer of any witness it waits, and health says so.
  if (ledger.signs) await ledger.integrated('started');
  return ledger;
}

/** The oversight witness of each anchor, and those that the operator lists in a policy file with their address. */
function listedWitnesses({ anchors, witnessPolicy }: NodeConfig): WitnessDoor[] {
  const own = witnessPolicy?.witnesses ?? [];
  return [
    ...anchors.map(({ entityId }) => ({ entityId, url: `${entityId}/witness` })),
    ...own.flatMap(({ key, url }) => (url === undefined ? [] : [{ entityId: key.name, url }])),
  ];
}

/** The oversight witnesses, and every agency but the one that keeps the ledger: nobody vouches for a ledger of its own. */
export function otherWitnesses(directory: TrustDirectory, keeper: string): string[] {
  const agencies = directory.agencies().filter(({ entityId }) => entityId !== keeper);
  const keys = agencies.map(({ metadata }) => metadata['witness_vkey']);
  return [...directory.witnessKeys(), ...keys.filter((key) => typeof key === 'string')];
}

/** What every node states about itself: its name, where it is, its ledger. */
export function publishedBy(config: NodeConfig): JsonObject {
  const { ledger } = config.keys;
  return { name: config.name, endpoint: config.entityId, ledger: { origin: ledger.name, vkey: ledger.vkey } };
}
