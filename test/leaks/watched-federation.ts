import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DataSource } from 'typeorm';
import { createDataSource, startEmbeddedPostgres } from '#postgres/io';
import { isJsonObject, parseStrictJson, type JsonObject, type JsonValue } from '#protocol';
import type { FederationPlan } from '../../apps/sandbox/src/plan.js';
import { clusterFiles } from '../../libs/postgres/io/cluster.js';
import { PartyChild } from '../faults/party-child.js';
import { startFederation, type TestFederation } from '../federation/start-federation.js';
import { startCollector, type Collector } from '../support/otlp-collector.js';

export const ASKING = 'salish-point';
export const HOLDING = 'juniper-bend';
/** Meets too little for what it asks. */
export const REFUSED = 'peachtree-flats';
export const NODES = ['broker', ASKING, HOLDING, REFUSED] as const;
export type Node = (typeof NODES)[number];

/** What an HTTP answer that is no success told, and where. */
export interface Refusal {
  readonly call: string;
  readonly status: number;
  readonly text: string;
}

/** Real processes with tracing on, whose every output is kept. */
export interface WatchedFederation {
  readonly federation: TestFederation;
  readonly collector: Collector;
  readonly child: ReadonlyMap<string, PartyChild>;
  readonly database: ReadonlyMap<string, DataSource>;
  readonly refusals: readonly Refusal[];
  urlOf(node: Node): string;
  /** Sends anything to a node; every answer from 400 on is kept. */
  send(
    node: Node,
    request: { method?: string; path: string; headers?: Record<string, string>; body?: string },
  ): Promise<{
    status: number;
    text: string;
  }>;
  /** All rows of all tables, as text, by table. */
  dump(node: Node): Promise<Map<string, string>>;
  /** What PostgreSQL wrote about itself. */
  serverLog(): Promise<string>;
  close(): Promise<void>;
}

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

export async function startWatchedFederation(
  options: {
    readonly plan?: (plan: FederationPlan) => FederationPlan;
    /** Changes the provider's accounts. */
    readonly account?: (account: JsonObject) => JsonObject;
  } = {},
): Promise<WatchedFederation> {
  const { plan = (same) => same, account = (same) => same } = options;
  const dataDirectory = await mkdtemp(join(tmpdir(), 'comity-leaks-'));
  const server = await startEmbeddedPostgres({ dataDirectory });
  const collector = await startCollector();
  const child = new Map<string, PartyChild>();
  const database = new Map<string, DataSource>();
  const program = path('../faults/party-process.ts');
  const imports = [path('../../libs/tracing/io/register.ts')];
  const federation = await startFederation({
    plan,
    start: NODES.filter((node) => node !== 'broker'),
    databaseUrl: (party) => server.createDatabase(party.replaceAll('-', '_')),
    prepare: ({ environments }) => changeAccounts(environments.provider['COMITY_IDP_ACCOUNTS'] ?? '', account),
    elsewhere: (party, environment) => {
      const traced = { OTEL_SERVICE_NAME: party, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
      const started = new PartyChild(party, environment, { program, imports, environment: traced });
      child.set(party, started);
      return started.start();
    },
  });
  for (const node of NODES) {
    const url = server.url(node.replaceAll('-', '_'));
    database.set(node, await createDataSource({ url, entities: [], migrations: [], poolSize: 2 }).initialize());
  }
  const refusals: Refusal[] = [];
  const urlOf = (node: Node) => (node === 'broker' ? federation.laidOut.broker : federation.entityId(node));
  return {
    federation,
    collector,
    child,
    database,
    refusals,
    urlOf,
    async send(node, { method = 'POST', path: target, headers = {}, body }) {
      const json = body === undefined ? {} : { 'content-type': 'application/json' };
      const answer = await fetch(`${urlOf(node)}${target}`, {
        method,
        headers: { ...json, ...headers },
        body: body ?? null,
      });
      const fields = JSON.stringify([...answer.headers]);
      const text = await answer.text();
      if (answer.status >= 400)
        refusals.push({ call: `${method} ${node}${target}`, status: answer.status, text: fields + text });
      return { status: answer.status, text };
    },
    dump: (node) => dumpOf(database.get(node)),
    serverLog: () => readFile(clusterFiles(dataDirectory).log, 'utf8'),
    async close() {
      for (const open of database.values()) await open.destroy();
      await federation.close();
      await collector.stop();
      await server.stop();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

async function changeAccounts(file: string, change: (account: JsonObject) => JsonObject): Promise<void> {
  const document: JsonValue = parseStrictJson(await readFile(file));
  const accounts = isJsonObject(document) ? document['accounts'] : undefined;
  if (!Array.isArray(accounts)) throw new TypeError('a file of accounts is expected');
  await writeFile(file, JSON.stringify({ accounts: accounts.filter(isJsonObject).map(change) }));
}

async function dumpOf(dataSource: DataSource | undefined): Promise<Map<string, string>> {
  if (dataSource === undefined) throw new Error('no such database');
  const tables = await dataSource.query<{ name: string }[]>(
    `select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1`,
  );
  const dump = new Map<string, string>();
  for (const { name } of tables) {
    const rows = await dataSource.query<{ row: string }[]>(`select to_jsonb(t)::text as row from "${name}" t`);
    dump.set(name, rows.map(({ row }) => row).join('\n'));
  }
  return dump;
}
