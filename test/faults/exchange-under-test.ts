import type { DataSource } from 'typeorm';
import { createDataSource } from '#postgres/io';
import { systemClock } from '#protocol/io';
import { ReadStore } from '#reads/io';
import type { JsonObject } from '#protocol';
import type { AgencyPeople } from '../../apps/sandbox/src/agency-people.js';
import type { Environment } from '../../apps/sandbox/src/lay-out.js';
import { sighting } from '../federation/sightings.js';
import type { TestFederation } from '../federation/start-federation.js';
import { statementFor } from '../federation/statements.js';

export const PARTIES = { requester: 'salish-point', broker: 'broker', owner: 'juniper-bend' } as const;
export type Role = keyof typeof PARTIES;
export const ROLES: readonly Role[] = ['requester', 'broker', 'owner'];

export const PLATE = 'ORE123';
export const READ_COUNT = 3;

/** A requesting agency, a broker and a holding agency, seen through their people and, from beside, their databases. */
export interface ExchangeUnderTest {
  readonly federation: TestFederation;
  readonly database: Readonly<Record<Role, DataSource>>;
  readonly people: AgencyPeople;
  closeDatabases(): Promise<void>;
}

/** Opens a connection of the test's own to each party's database, puts reads into the owner's, and signs people in. */
export async function exchangeIn(
  federation: TestFederation,
  urlOf = (role: Role) => environmentOf(federation, role)['DATABASE_URL'] ?? '',
): Promise<ExchangeUnderTest> {
  const open = (role: Role) => {
    const url = urlOf(role);
    return createDataSource({ url, entities: [], migrations: [], poolSize: 2 }).initialize();
  };
  const database = { requester: await open('requester'), broker: await open('broker'), owner: await open('owner') };
  await insertReads(database.owner);
  const people = federation.people(PARTIES.requester);
  await people.session('officer');
  await people.session('supervisor');
  return {
    federation,
    database,
    people,
    async closeDatabases() {
      for (const role of ROLES) await database[role].destroy();
    },
  };
}

export function environmentOf({ laidOut }: TestFederation, role: Role): Environment {
  const agency = laidOut.agencies.find(({ plan }) => plan.id === PARTIES[role]);
  return agency?.environment ?? laidOut.environments.broker;
}

async function insertReads(dataSource: DataSource): Promise<void> {
  const hours = Array.from({ length: READ_COUNT }, (_, index) => index + 1);
  await new ReadStore({ dataSource, clock: systemClock }).insertMany(
    hours.map((ago) => sighting(PLATE, { seenAt: Date.now() - ago * 3_600_000, device: `cam-${ago}` })),
  );
}

let cases = 0;

/** A case number that no other run has used. */
export function nextCase(): string {
  cases += 1;
  return `26-${String(cases).padStart(5, '0')}`;
}

const POLL_MS = 100;

/**
 * An officer and a supervisor who do not give up: they look whether their case was asked, ask where it was not, approve
 * where it waits, and wait. What failed because their node is away is tried again. Returns the transaction.
 */
export async function askUntilEnded(
  exchange: ExchangeUnderTest,
  caseNumber: string,
  options: { readonly withinMs: number; readonly statement?: JsonObject },
): Promise<string> {
  const stated = { ...options.statement, case_number: caseNumber };
  const statement = statementFor(exchange.federation, [PARTIES.owner], { plate: PLATE, statement: stated });
  const until = Date.now() + options.withinMs;
  while (Date.now() < until) {
    const ask = await step(exchange, statement, caseNumber).catch(() => undefined);
    if (ask?.state === 'ended') return ask.txn;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`case ${caseNumber} has not ended within ${options.withinMs} ms`);
}

async function step(
  exchange: ExchangeUnderTest,
  statement: JsonObject,
  caseNumber: string,
): Promise<{ txn: string; state: string } | undefined> {
  const [known] = await asksOf(exchange, caseNumber);
  if (known === undefined) await exchange.people.ask(statement);
  else if (known.state === 'awaiting_approval') await exchange.people.approve(known.txn);
  return known;
}

/** From the table, so that looking is no step of the exchange. */
export async function asksOf(
  exchange: ExchangeUnderTest,
  caseNumber: string,
): Promise<{ txn: string; state: string }[]> {
  return exchange.database.requester.query(`select txn, state from ask where ask->>'case_number' = $1`, [caseNumber]);
}
