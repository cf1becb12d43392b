import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Module, type DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { readCheckpointsAsBytes, readEventsAsText, type Ports } from '#exchange/io';
import type { JsonObject } from '#protocol';
import { createHttpApp } from '#protocol/io';
import type { UnstoredRead } from '#reads';
import { ReadStore } from '#reads/io';
import { feedPositionsIn, memberArchiveIn, refusedMarksIn, seenStatementsIn, TrustDirectory } from '#trust/io';
import { readAgencyConfig } from '../../../apps/agency/src/config.js';
import { problemOfAgency } from '../../../apps/agency/src/problem-of-agency.js';
import type { Environment } from '../../../apps/sandbox/src/lay-out.js';
import { answersGrants, type BadKind } from './bad-owners.js';
import { openLightOwner, type LightOwner } from './light-owner.js';
import { LightOwnersController, OWNERS, type ListeningOwner } from './light-owners.controller.js';
import { SharedDatabase } from './shared-database.js';

@Module({})
class LightOwnersModule {
  static of(owners: ReadonlyMap<number, ListeningOwner>): DynamicModule {
    return {
      module: LightOwnersModule,
      controllers: [LightOwnersController],
      providers: [{ provide: OWNERS, useValue: owners }],
    };
  }
}

/** An owner to open: its environment as of any agency, its rule, and how it misbehaves, if it does. */
export interface OwnerToOpen {
  readonly environment: Environment;
  readonly rule: JsonObject;
  readonly bad?: BadKind;
}

const BODY_BYTES = 192 * 1024;
const HANDLER_TIMEOUT_MS = 120_000;
const COSIGN_EVERY_MS = 10_000;
const COSIGN_AT_ONCE = 4;

/**
 * Many holding agencies in one process over one database. Each has its own keys, enrolment, rule, ledger and port, and answers
 * with the code of every agency; all of them share one view of the federation, one store of reads, a few connections and one
 * HTTP application. None has officers, cameras or jobs of its own.
 */
export class LightOwners {
  private readonly servers = new Map<number, Server>();
  private directoryOfAll: Promise<TrustDirectory> | undefined;
  private opened = 0;
  private stopped = false;
  private cosigning: Promise<void> = Promise.resolve();

  private constructor(
    private readonly database: SharedDatabase,
    private readonly app: NestFastifyApplication,
    private readonly listening: Map<number, ListeningOwner>,
    private readonly ports: Ports,
    private readonly log: (line: string) => void,
    private readonly slowMs: number,
  ) {}

  static async start(input: {
    readonly databaseUrl: string;
    readonly ports: Ports;
    readonly log: (line: string) => void;
    /** How long a slow owner thinks. */
    readonly slowMs: number;
  }): Promise<LightOwners> {
    const database = await SharedDatabase.open(input.databaseUrl);
    const listening = new Map<number, ListeningOwner>();
    const app = await createHttpApp(LightOwnersModule.of(listening), {
      problemOf: problemOfAgency,
      bodyLimit: BODY_BYTES,
      handlerTimeoutMs: HANDLER_TIMEOUT_MS,
    });
    readEventsAsText(app);
    readCheckpointsAsBytes(app);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    return new LightOwners(database, app, listening, input.ports, input.log, input.slowMs);
  }

  /** What every one of them finds when it searches. */
  async storeReads(reads: readonly UnstoredRead[]): Promise<void> {
    await new ReadStore({ dataSource: this.database.shared, clock: this.ports.clock }).insertMany([...reads]);
  }

  /** Opens an owner, lets it listen, and publishes its rule under two names. It is seen by its witness before this returns. */
  async open({ environment, rule, bad }: OwnerToOpen): Promise<LightOwner> {
    const nth = (this.opened += 1);
    this.directoryOfAll ??= this.openDirectory(environment);
    const directory = await this.directoryOfAll;
    const dataSource = await this.database.ownedBy(nth);
    const owner = await openLightOwner(environment, dataSource, { directory, ports: this.ports, log: this.log });
    const { node, config } = owner;
    await node.own.refresh();
    const { digest } = await node.rules.propose(rule, 'rules-one');
    await node.rules.publish(digest, 'rules-two');
    await owner.cosignHead();
    const { port, host } = config.node;
    this.listening.set(port, { owner, grants: answersGrants(bad, node, this.slowMs) });
    await this.listen(port, host);
    return owner;
  }

  /** From now on the ledgers are shown to their witness as they grow, and the federation is looked at as by any node. */
  async work(): Promise<void> {
    (await this.directoryOfAll)?.start();
    this.cosigning = this.cosign();
  }

  /** Looks at the federation now; of how many agencies it knows by then. */
  async refresh(): Promise<number> {
    const directory = await this.directoryOfAll;
    await directory?.refresh();
    return directory?.agencies().length ?? 0;
  }

  /** Nobody listens at its port any more. */
  async goAway(port: number): Promise<void> {
    const server = this.servers.get(port);
    this.servers.delete(port);
    server?.closeAllConnections();
    await new Promise((closed) => (server === undefined ? closed(undefined) : server.close(closed)));
  }

  async close(): Promise<void> {
    this.stopped = true;
    (await this.directoryOfAll)?.stop();
    await this.cosigning;
    for (const port of this.servers.keys()) await this.goAway(port);
    await this.app.close();
    for (const { owner } of this.listening.values()) await owner.close();
    await this.database.close();
  }

  private async openDirectory(environment: Environment): Promise<TrustDirectory> {
    const { node } = await readAgencyConfig(environment);
    const { shared } = this.database;
    const directory = new TrustDirectory({
      anchors: node.anchors,
      network: this.ports.network,
      clock: this.ports.clock,
      seen: seenStatementsIn(shared),
      feeds: feedPositionsIn(shared),
      archive: memberArchiveIn(shared),
      refused: refusedMarksIn(shared),
      refreshSeconds: node.refreshSeconds,
    });
    await directory.refresh();
    return directory;
  }

  private async listen(port: number, host: string): Promise<void> {
    const fastify = this.app.getHttpAdapter().getInstance();
    const answer = (request: IncomingMessage, response: ServerResponse) => fastify.routing(request, response);
    const server = createServer({ keepAliveTimeout: 15_000 }, answer);
    this.servers.set(port, server);
    await new Promise<void>((listening, failed) => {
      server.once('error', failed);
      server.listen(port, host, listening);
    });
  }

  private async cosign(): Promise<void> {
    while (!this.stopped) {
      const owners = [...this.listening.values()].values();
      const work = async () => {
        for (const { owner } of owners) {
          if (this.stopped) return;
          await owner.cosignHead().catch(() => this.log(`light owner: ${owner.node.entityId}: not cosigned`));
        }
      };
      await Promise.all(Array.from({ length: COSIGN_AT_ONCE }, work));
      for (let waited = 0; waited < COSIGN_EVERY_MS && !this.stopped; waited += 250) {
        await this.ports.clock.sleep(250);
      }
    }
  }
}
