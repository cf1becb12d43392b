import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { createDataSource, startEmbeddedPostgres, type EmbeddedPostgres } from '#postgres/io';
import { systemClock, systemRandomness, LOOPBACK_TOO, undiciNetwork, type ClosableNetwork } from '#protocol/io';
import { ReadStore } from '#reads/io';
import { AgencyPeople, publishRule } from './agency-people.js';
import { connectDemoCamera, type DemoCamera } from './demo-camera.js';
import { demoReads } from './demo-reads.js';
import { layOutFederation, type LaidOutFederation } from './lay-out.js';
import { demonstrationPlan } from './plan.js';
import { Processes, endLeftovers, type PartyToStart } from './processes.js';

export interface Sandbox {
  readonly laidOut: LaidOutFederation;
  readonly network: ClosableNetwork;
  /** Of Juniper Bend Police. */
  readonly camera: DemoCamera;
  people(agency: string): AgencyPeople;
  entityId(agency: string): string;
  databaseUrl(party: string): string;
  stop(): Promise<void>;
}

/** Where the first camera of each holding agency of the demonstration stands. */
export const PLACES = {
  'juniper-bend': { state: 'OR', lat: 44.0582, lon: -121.3153 },
  'mesa-clara': { state: 'NM', lat: 35.6, lon: -106.0 },
} as const;
const READS = 2_000;

/**
 * Starts a whole federation: one embedded database server with a database for each party, and a process for each party.
 * `say` gets a line for each thing that takes time.
 */
export async function startSandbox(
  input: { directory: string; basePort: number; nodeArguments?: readonly string[] },
  say: (line: string) => void,
): Promise<Sandbox> {
  const { directory, basePort } = input;
  const run = join(directory, 'run');
  endLeftovers(run);
  await rm(run, { recursive: true, force: true });
  await mkdir(run, { recursive: true, mode: 0o700 });
  say('database: starting the embedded PostgreSQL server (the first start makes its files)');
  const server = await startEmbeddedPostgres({ dataDirectory: join(directory, 'postgres'), log: () => undefined });
  const urls = await databases(server);
  const randomness = systemRandomness;
  const network = undiciNetwork({ egress: LOOPBACK_TOO });
  const processes = new Processes(run, { clock: systemClock, network }, input.nodeArguments);
  const stop = async () => {
    await processes.stop();
    await network.close();
    await server.stop();
  };
  try {
    say('keys: one for each job of each party; register, laws, accounts');
    const plan = await demonstrationPlan(basePort);
    const laidOut = await layOutFederation(run, plan, { databaseUrl: urls, randomness });
    await startParties(laidOut, processes, say);
    const entityId = (id: string): string => agencyOf(laidOut, id).entityId;
    const people = new Map(
      laidOut.agencies.map(({ plan: { id } }) => [
        id,
        new AgencyPeople(
          entityId(id),
          network,
          laidOut.accounts.filter(({ agency }) => agency === id),
        ),
      ]),
    );
    const peopleOf = (id: string): AgencyPeople => {
      const found = people.get(id);
      if (found === undefined) throw new Error(`no agency \`${id}\``);
      return found;
    };
    const databaseUrl = (party: string) => agencyOf(laidOut, party).environment['DATABASE_URL'] ?? '';
    say('rules: each agency publishes its own, one person proposing and another one publishing');
    for (const {
      plan: { id },
      rule,
    } of laidOut.agencies)
      await publishRule(peopleOf(id), rule);
    say(`reads: ${READS} invented sightings of the last three days at each of two holding agencies`);
    for (const [id, place] of Object.entries(PLACES)) {
      await withDatabase(databaseUrl(id), async (dataSource) => {
        const store = new ReadStore({ dataSource, clock: systemClock });
        await store.insertMany(demoReads(systemClock.now(), place, READS, randomness));
      });
    }
    say('camera: one of Juniper Bend Police is registered, and posts three events to its node');
    const camera = await connectDemoCamera(peopleOf('juniper-bend'), network, run, systemClock.now());
    return { laidOut, network, camera, people: peopleOf, entityId, databaseUrl, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function agencyOf(laidOut: LaidOutFederation, id: string) {
  const agency = laidOut.agencies.find(({ plan }) => plan.id === id);
  if (agency === undefined) throw new Error(`no agency \`${id}\``);
  return agency;
}

async function startParties(
  laidOut: LaidOutFederation,
  processes: Processes,
  say: (line: string) => void,
): Promise<void> {
  const { authority, provider, broker } = laidOut.environments;
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
  const members = laidOut.agencies.length;
  const second: PartyToStart[] = [
    { name: 'broker', app: 'broker', url: laidOut.broker, ready: '/health', members, environment: broker },
    ...laidOut.agencies.map(({ plan, entityId, environment }) => ({
      name: plan.id,
      app: 'agency',
      url: entityId,
      ready: '/health',
      members,
      environment,
    })),
  ];
  for (const [wave, text] of [
    [first, 'authority (trust anchor, four states, witness) and identity provider'],
    [second, 'broker and five agencies, a process each'],
  ] as const) {
    say(`processes: ${text}`);
    for (const party of wave) await processes.start(party);
    for (const party of wave) await processes.ready(party);
  }
}

/** One fresh database a party; those of earlier runs are dropped. */
async function databases(server: EmbeddedPostgres): Promise<(party: string) => Promise<string>> {
  await withDatabase(server.url('postgres'), async (dataSource) => {
    const old: { datname: string }[] = await dataSource.query(
      `select datname from pg_database where datname like 'sandbox\\_%'`,
    );
    for (const { datname } of old) await dataSource.query(`drop database "${datname}" with (force)`);
  });
  return (party) => server.createDatabase(`sandbox_${party.replaceAll('-', '_')}`);
}

async function withDatabase<T>(url: string, use: (dataSource: DataSource) => Promise<T>): Promise<T> {
  const dataSource = await createDataSource({ url, entities: [], migrations: [], poolSize: 2 }).initialize();
  try {
    return await use(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

/** Runs one query at an agency's own database: the story looks into it as an eavesdropper on the wire would. */
export async function queryAgency<T>(url: string, text: string, values: unknown[]): Promise<T[]> {
  return withDatabase(url, (dataSource) => dataSource.query(text, values));
}
