import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Network } from '#protocol';
import type { ExchangeNode, Ports } from '#exchange/io';
import { systemClock, systemRandomness, LOOPBACK_TOO, undiciNetwork } from '#protocol/io';
import { startAgency, type RunningAgency } from '../../apps/agency/src/app.js';
import { readAgencyConfig } from '../../apps/agency/src/config.js';
import { startBroker, type RunningBroker } from '../../apps/broker/src/app.js';
import { readBrokerConfig } from '../../apps/broker/src/config.js';
import { createDevIdp } from '../../apps/dev-idp/src/app.js';
import { readDevIdpConfig } from '../../apps/dev-idp/src/config.js';
import { AgencyPeople, publishRule } from '../../apps/sandbox/src/agency-people.js';
import { layOutFederation, type Environment, type LaidOutFederation } from '../../apps/sandbox/src/lay-out.js';
import { demonstrationPlan, type FederationPlan } from '../../apps/sandbox/src/plan.js';
import { createTestDatabase } from '../support/database.js';
import { freePorts } from '../support/free-ports.js';
import { startAuthority, type TestAuthority } from './test-authority.js';

export interface FederationOptions {
  /** Changes the demonstration plan before it is laid out. */
  readonly plan?: (plan: FederationPlan) => FederationPlan;
  /** Wraps the ports of one party (`authority`, `broker`, or an agency's id): to lie, crash and delay. */
  readonly ports?: (party: string, ports: Ports) => Ports;
  /** Ids of the agencies to start; all when absent. */
  readonly start?: readonly string[];
  /** Says which parties run outside this process, and starts them there; the others run here. */
  readonly elsewhere?: (party: string, environment: Environment) => Promise<PartyElsewhere> | undefined;
  /** Changes what was laid out, before anything starts. */
  readonly prepare?: (laidOut: LaidOutFederation) => Promise<void>;
  /** The address of a party's empty database; a test database of its own when absent. */
  readonly databaseUrl?: (party: string) => Promise<string>;
  readonly log?: (line: string) => void;
}

/** A party that is no object of this process: known by its address alone. */
export interface PartyElsewhere {
  /** Looks at the federation now. */
  refresh(): Promise<void>;
  /** Whether it has published its rule itself; the others have people who do. */
  readonly publishes?: boolean;
  close(): Promise<void>;
}

/** The sandbox's federation in this process, on free ports, with test databases. */
export interface TestFederation {
  readonly laidOut: LaidOutFederation;
  readonly authority: TestAuthority;
  readonly broker: RunningBroker;
  readonly network: Network;
  agency(id: string): RunningAgency;
  people(id: string): AgencyPeople;
  entityId(id: string): string;
  /** Stops a party and starts it again over the same database and keys, with other ports if given. */
  restartBroker(ports?: (ports: Ports) => Ports): Promise<RunningBroker>;
  restartAgency(id: string, ports?: (ports: Ports) => Ports): Promise<RunningAgency>;
  close(): Promise<void>;
}

export async function startFederation(options: FederationOptions = {}): Promise<TestFederation> {
  const directory = await mkdtemp(join(tmpdir(), 'comity-federation-'));
  const plan = await withPorts((options.plan ?? ((same) => same))(await onFreePorts(await demonstrationPlan(0))));
  const databases = databasesOf(plan, options);
  const databaseUrl = async (party: string) => (await databases.get(party)) ?? NOT_STARTED;
  const laidOut = await layOutFederation(directory, plan, { databaseUrl, randomness: systemRandomness });
  await options.prepare?.(laidOut);
  const log = options.log ?? (() => undefined);
  const wrap = options.ports ?? ((_party: string, ports: Ports) => ports);
  const networks: { close(): Promise<void> }[] = [];
  const ports = (party: string): Ports => {
    const network = undiciNetwork({ egress: LOOPBACK_TOO });
    networks.push(network);
    return wrap(party, { clock: systemClock, randomness: systemRandomness, network });
  };
  const authority = await startAuthority(laidOut.environments.authority, ports('authority'));
  const provider = await createDevIdp(readDevIdpConfig(laidOut.environments.provider));
  const brokerConfig = await readBrokerConfig(laidOut.environments.broker);
  const elsewhere: PartyElsewhere[] = [];
  const published = new Set<string>();
  const startElsewhere = async (party: string, environment: Environment): Promise<boolean> => {
    const started = options.elsewhere?.(party, environment);
    if (started === undefined) return false;
    const running = await started;
    elsewhere.push(running);
    if (running.publishes === true) published.add(party);
    return true;
  };
  const running: { broker?: RunningBroker } = {};
  if (!(await startElsewhere('broker', laidOut.environments.broker))) {
    running.broker = await startBroker(brokerConfig, ports('broker'), log);
  }
  const brokerOf = (): RunningBroker => {
    if (running.broker === undefined) throw new Error('the broker runs in another process');
    return running.broker;
  };
  const wanted = laidOut.agencies.filter(({ plan: { id } }) => options.start?.includes(id) ?? true);
  const started = await Promise.all(
    wanted.map(async ({ plan: { id }, environment }) => {
      if (await startElsewhere(id, environment)) return [];
      return [[id, await startAgency(await readAgencyConfig(environment), ports(id), log)] as const];
    }),
  );
  const agencies = new Map<string, RunningAgency>(started.flat());
  const agencyOf = (id: string): RunningAgency => {
    const agency = agencies.get(id);
    if (agency === undefined) throw new Error(`no agency \`${id}\` in this process`);
    return agency;
  };
  const entityIdOf = (id: string): string => {
    const agency = wanted.find(({ plan: { id: own } }) => own === id);
    if (agency === undefined) throw new Error(`no agency \`${id}\` in this federation`);
    return agency.entityId;
  };
  const network = undiciNetwork({ egress: LOOPBACK_TOO });
  networks.push(network);
  // Everybody has seen everybody before the first test asks.
  const everybody = [running.broker, ...agencies.values()].flatMap((party) => party?.node ?? []);
  await Promise.all([...agencies.values()].map(({ node }) => node.own.refresh()));
  await Promise.all(everybody.map((node) => untilKnown(node, wanted.length)));
  await Promise.all(elsewhere.map((party) => party.refresh()));
  const federation: TestFederation = {
    laidOut,
    authority: {
      ...authority,
      // A push is an attempt: whoever goes on after a suspension has ended must not wait for the next look of each party.
      async reinstate(id) {
        await authority.reinstate(id);
        const parties = [running.broker, ...agencies.values()].flatMap((party) => party?.node ?? []);
        await Promise.all(parties.map(({ directory }) => directory.statuses.refresh()));
      },
    },
    get broker() {
      return brokerOf();
    },
    network,
    agency: agencyOf,
    entityId: entityIdOf,
    people: (id) =>
      new AgencyPeople(
        entityIdOf(id),
        network,
        laidOut.accounts.filter(({ agency }) => agency === id),
      ),
    async restartBroker(change = (same) => same) {
      await brokerOf().close();
      running.broker = await startBroker(brokerConfig, change(ports('broker')), log);
      return running.broker;
    },
    async restartAgency(id, change = (same) => same) {
      await agencyOf(id).close();
      const environment = laidOut.agencies.find((agency) => agency.plan.id === id)?.environment ?? {};
      const agency = await startAgency(await readAgencyConfig(environment), change(ports(id)), log);
      agencies.set(id, agency);
      // Its own configuration is out only after its first look at the federation: until it has seen itself it answers 503.
      await untilKnown(agency.node, wanted.length);
      return agency;
    },
    async close() {
      for (const agency of agencies.values()) await agency.close();
      for (const party of elsewhere) await party.close();
      await running.broker?.close();
      await provider.close();
      await authority.close();
      for (const open of networks) await open.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
  const unpublished = wanted.filter(({ plan: { id } }) => !published.has(id));
  await Promise.all(unpublished.map(({ plan: { id }, rule }) => publishRule(federation.people(id), rule)));
  return federation;
}

/** An address of nothing, for an agency that is laid out and not started. */
const NOT_STARTED = 'postgres://127.0.0.1:1/not_started';

/** All at once, for those that are started: to make one takes half a second, most of it spent waiting for the disk. */
function databasesOf(plan: FederationPlan, options: FederationOptions): ReadonlyMap<string, Promise<string>> {
  const { databaseUrl = migratedDatabase, start } = options;
  const agencies = plan.agencies.flatMap(({ id }) => ((start?.includes(id) ?? true) ? [id] : []));
  const made = new Map(['authority', 'broker', ...agencies].map((party) => [party, databaseUrl(party)]));
  // Awaited one by one while the rest is laid out; a failure of one must not pass for one that nobody looks at.
  for (const each of made.values()) each.catch(() => undefined);
  return made;
}

/** Copied from a template: to run every migration for every party of every federation takes longer than many a test. */
async function migratedDatabase(party: string): Promise<string> {
  const kind = party === 'authority' || party === 'broker' ? party : 'agency';
  const { url, dataSource } = await createTestDatabase(kind);
  await dataSource.destroy();
  return url;
}

/** A refresh may share a round that began before the last party listened: look again until all are known. */
async function untilKnown({ directory }: ExchangeNode, agencies: number): Promise<void> {
  for (let round = 0; round < 30; round += 1) {
    await directory.refresh();
    if (directory.agencies().length >= agencies && directory.brokers().length > 0) return;
    await systemClock.sleep(200);
  }
  throw new Error('the parties of the federation do not find each other');
}

/** Agencies that a test adds come with port 0. */
async function withPorts(plan: FederationPlan): Promise<FederationPlan> {
  const ports = await freePorts(plan.agencies.filter(({ port }) => port === 0).length);
  return {
    ...plan,
    agencies: plan.agencies.map((agency) => (agency.port === 0 ? { ...agency, port: ports.pop() ?? 0 } : agency)),
  };
}

async function onFreePorts(plan: FederationPlan): Promise<FederationPlan> {
  const ports = await freePorts(3 + plan.agencies.length);
  const take = (): number => {
    const port = ports.pop();
    if (port === undefined) throw new Error('no free port left');
    return port;
  };
  return {
    ...plan,
    authorityPort: take(),
    brokerPort: take(),
    providerPort: take(),
    agencies: plan.agencies.map((agency) => ({ ...agency, port: take() })),
    answerBandMs: 20,
  };
}
