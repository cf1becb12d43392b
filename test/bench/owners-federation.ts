import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDataSource, startEmbeddedPostgres, type EmbeddedPostgres } from '#postgres/io';
import { isJsonObject, parseStrictJson, type JsonObject, type Network } from '#protocol';
import { systemClock, systemRandomness, LOOPBACK_TOO, undiciNetwork, type ClosableNetwork } from '#protocol/io';
import { AgencyPeople, publishRule } from '../../apps/sandbox/src/agency-people.js';
import { layOutFederation, type Environment, type LaidOutFederation } from '../../apps/sandbox/src/lay-out.js';
import { demonstrationPlan } from '../../apps/sandbox/src/plan.js';
import { Processes, endLeftovers, type PartyToStart } from '../../apps/sandbox/src/processes.js';
import type { BadKind } from '../federation/light/bad-owners.js';
import { ASKS, withLightOwners } from '../federation/light/light-plan.js';
import { partyNames } from './cpu-time.js';
import { LightOwnersProcess } from './light-owners-process.js';
import { memoryOf, memoryOfServer, type ProcessMemory } from './memory-of.js';

/** A federation of one agency that asks and very many that hold, on this machine. */
export interface OwnersFederation {
  readonly laidOut: LaidOutFederation;
  readonly network: ClosableNetwork;
  readonly people: AgencyPeople;
  /** The database of the agency that asks. */
  readonly askerDatabase: string;
  readonly owners: readonly string[];
  readonly lightOwners: LightOwnersProcess;
  /** From the first key to the last owner that listens, and until broker and asker knew all of them. Milliseconds. */
  readonly openedMs: number;
  readonly knownMs: number;
  memory(): ProcessMemory[];
  stop(): Promise<void>;
}

const KNOWN_MS = 15 * 60_000;
const FIRST_OWNER = 100;
const ENVIRONMENT: Environment = { COMITY_REFRESH_SECONDS: '20', COMITY_DATABASE_CONNECTIONS: '10' };

export async function startOwnersFederation(
  input: { directory: string; port: number; count: number; bad: ReadonlyMap<number, BadKind>; slowMs: number },
  say: (line: string) => void,
): Promise<OwnersFederation> {
  const { directory, port, count, bad, slowMs } = input;
  const started = performance.now();
  const run = join(directory, 'owners');
  endLeftovers(run);
  await rm(run, { recursive: true, force: true });
  await mkdir(join(run, 'logs'), { recursive: true, mode: 0o700 });
  const server = await startEmbeddedPostgres({ dataDirectory: join(directory, 'postgres') });
  const network = undiciNetwork({ egress: LOOPBACK_TOO });
  const processes = new Processes(run, { clock: systemClock, network });
  const ending: (() => Promise<void>)[] = [() => server.stop(), () => network.close(), () => processes.stop()];
  const stop = async () => {
    for (const end of ending.toReversed()) await end();
  };
  try {
    const plan = withLightOwners(await demonstrationPlan(port), count, (nth) => port + FIRST_OWNER + nth);
    const databaseUrl = await freshDatabases(server);
    const shared = await databaseUrl('light');
    say(`keys, register and accounts of ${count} owners`);
    const laidOut = await layOutFederation(run, plan, {
      databaseUrl: (party) => (party.startsWith('light-owner') ? Promise.resolve(shared) : databaseUrl(party)),
      randomness: systemRandomness,
    });
    const [asker, ...light] = laidOut.agencies;
    if (asker === undefined) throw new TypeError('somebody asks');
    const { authority, provider, broker } = laidOut.environments;
    await keepAccountsOf(ASKS, provider);
    const first: PartyToStart[] = [
      { name: 'authority', app: 'authority', url: laidOut.anchor, ready: '/health', environment: authority },
      {
        name: 'provider',
        app: 'dev-idp',
        url: `http://127.0.0.1:${provider['COMITY_IDP_PORT'] ?? ''}`,
        ready: '/.well-known/openid-configuration',
        environment: provider,
      },
    ];
    await startAll(first, processes);
    say('light owners: tables, ledger, rule and a cosignature for each');
    const owners = light.map(({ environment, rule }, index) => {
      const kind = bad.get(index + 1);
      return { environment: { ...environment, ...ENVIRONMENT }, rule, ...(kind === undefined ? {} : { bad: kind }) };
    });
    const lightOwners = await LightOwnersProcess.start(run, { databaseUrl: shared, slowMs, owners }, (opened) => {
      if (opened % 50 === 0 || opened === count) say(`light owners: ${opened} of ${count} listen`);
    });
    ending.push(() => lightOwners.stop());
    const openedMs = performance.now() - started;
    const members: PartyToStart[] = [
      {
        name: 'broker',
        app: 'broker',
        url: laidOut.broker,
        ready: '/health',
        environment: { ...broker, ...ENVIRONMENT },
      },
      {
        name: ASKS,
        app: 'agency',
        url: asker.entityId,
        ready: '/health',
        environment: { ...asker.environment, ...ENVIRONMENT },
      },
    ];
    const known = performance.now();
    for (const party of members) await processes.start(party);
    for (const { name, url } of members) await untilKnown(name, url, count + 1, network, say);
    const knownMs = performance.now() - known;
    const people = new AgencyPeople(
      asker.entityId,
      network,
      laidOut.accounts.filter(({ agency }) => agency === ASKS),
    );
    await publishRule(people, asker.rule);
    const parties = partyNames(JSON.parse(await readFile(join(run, 'pids.json'), 'utf8')) as number[]);
    const postmaster = Number.parseInt(
      await readFile(join(directory, 'postgres', 'cluster', 'postmaster.pid'), 'utf8'),
      10,
    );
    return {
      laidOut,
      network,
      people,
      askerDatabase: asker.environment['DATABASE_URL'] ?? '',
      owners: light.map(({ entityId }) => entityId),
      lightOwners,
      openedMs,
      knownMs,
      memory: () => [
        ...[...parties].map(([pid, name]) => memoryOf(name, pid)),
        memoryOf(`${count} light owners`, lightOwners.pid),
        memoryOfServer('database server', postmaster),
      ],
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

export function portOf(nth: number, port: number): number {
  return port + FIRST_OWNER + nth;
}

/** A provider for development knows the persons of a demonstration; light owners have none. */
async function keepAccountsOf(agency: string, provider: Environment): Promise<void> {
  const hasClient = ({ clients }: JsonObject) => Array.isArray(clients) && clients.includes(agency);
  await keep(provider['COMITY_IDP_ACCOUNTS'] ?? '', 'accounts', hasClient);
  await keep(provider['COMITY_IDP_CLIENTS'] ?? '', 'clients', (client) => client['client_id'] === agency);
}

async function keep(path: string, list: string, isOf: (entry: JsonObject) => boolean): Promise<void> {
  const document = JSON.parse(await readFile(path, 'utf8')) as Record<string, JsonObject[]>;
  await writeFile(path, JSON.stringify({ [list]: document[list]?.filter(isOf) }), { mode: 0o600 });
}

async function startAll(parties: readonly PartyToStart[], processes: Processes): Promise<void> {
  for (const party of parties) await processes.start(party);
  for (const party of parties) await processes.ready(party);
}

/** A node is ready long before it knows a thousand agencies: it collects them in rounds. */
async function untilKnown(
  name: string,
  url: string,
  count: number,
  network: Network,
  say: (line: string) => void,
): Promise<void> {
  let told = -1;
  for (const until = Date.now() + KNOWN_MS; Date.now() < until; await sleep(1_000)) {
    const known = await membersOf(url, network);
    if (known !== undefined && known >= count) return;
    if (known !== undefined && known !== told) say(`${name} knows ${known} of ${count} agencies`);
    told = known ?? told;
  }
  throw new Error(`\`${name}\` does not come to know all agencies`);
}

async function membersOf(url: string, network: Network): Promise<number | undefined> {
  try {
    const call = { method: 'GET', url: `${url}/health`, timeoutMs: 10_000, maxBytes: 256 * 1024 } as const;
    const { body } = await network.request(call);
    const health = parseStrictJson(body, { maxBytes: 256 * 1024 });
    const members = isJsonObject(health) ? health['members'] : undefined;
    return typeof members === 'number' ? members : undefined;
  } catch {
    // It does not listen yet, or has no time.
    return undefined;
  }
}

/** One fresh database a party; those of earlier runs are dropped. */
async function freshDatabases(server: EmbeddedPostgres): Promise<(party: string) => Promise<string>> {
  const options = { url: server.url('postgres'), entities: [], migrations: [], poolSize: 1 };
  const admin = await createDataSource(options).initialize();
  // A database of a thousand schemas has a hundred thousand files.
  await admin.query('set statement_timeout = 0');
  const old: { datname: string }[] = await admin.query(
    `select datname from pg_database where datname like 'owners\\_%'`,
  );
  for (const { datname } of old) await admin.query(`drop database "${datname}" with (force)`);
  await admin.destroy();
  return (party) => server.createDatabase(`owners_${party.replaceAll('-', '_')}`);
}
