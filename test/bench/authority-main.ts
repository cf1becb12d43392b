import 'reflect-metadata';
import { resolve } from 'node:path';
import type { Network } from '#protocol';
import { startEmbeddedPostgres } from '#postgres/io';
import { LOOPBACK_TOO, systemClock, undiciNetwork } from '#protocol/io';
import { CLIENT_LIMITS, FederationClient } from '#trust/io';
import { fillAuthority, type FilledAuthority } from './filled-authority.js';
import { thisMachine } from './machine.js';
import { spreadOf } from './percentile.js';

const HELP = `npm run bench:authority [-- OPTIONS]

Fills one authority's database with jurisdictions and agencies and measures its public doors over HTTP: statements, the
list whole and in pages, resolving, the status list.

  --jurisdictions N  (54)
  --agencies N       of each jurisdiction (18000)
  --port N           on 127.0.0.1 (4790)
  --help             this text
`;

/** One measured door. */
interface Row {
  readonly what: string;
  readonly calls: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p95: number;
  readonly bytes: number;
}

const CALLS = 500;
const CLIENTS = 8;

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function run(args: readonly string[]): Promise<void> {
  const number = (name: string, otherwise: number) => {
    const at = args.indexOf(name);
    return at < 0 ? otherwise : Number(args[at + 1]);
  };
  const plan = {
    jurisdictions: number('--jurisdictions', 54),
    agencies: number('--agencies', 18_000),
    resolvable: 200,
    port: number('--port', 4_790),
  };
  const machine = thisMachine(args);
  const directory = resolve('.comity', 'bench-authority');
  const server = await startEmbeddedPostgres({ dataDirectory: `${directory}/postgres` });
  const authority = await fillAuthority(server, directory, plan, say);
  const rows = await measure(authority, plan.agencies);
  process.stdout.write(report(machine, plan, authority, rows));
  await authority.close();
  await server.stop();
}

async function measure(authority: FilledAuthority, agencies: number): Promise<Row[]> {
  const { jurisdictions, resolvable, url } = authority;
  const [largest = ''] = jurisdictions;
  const some = Array.from({ length: CALLS }, (_, index) => {
    const at = index % jurisdictions.length;
    const n = 1_000 + ((index * 7_919) % (agencies - 1_000));
    return `${jurisdictions[at] ?? ''}/federation/fetch?sub=${encodeURIComponent(`https://a${n}.j${at + 1}.example`)}`;
  });
  const resolving = resolvable.map(([superior, entityId]) => {
    const query = new URLSearchParams({ sub: entityId, trust_anchor: url });
    return `${superior}/federation/resolve?${query.toString()}`;
  });
  const rows = [
    await door('fetch, signed anew', some),
    await door('fetch, signed before', some),
    await door(
      'list, whole',
      Array.from({ length: 20 }, () => `${largest}/federation/list`),
    ),
    await pages(largest, 1_000),
    ...(await everyList(jurisdictions)),
    await door('resolve, cold', resolving),
    await door('resolve, warm', resolving),
    await door(
      'status list, one jurisdiction',
      Array.from({ length: 100 }, () => `${largest}/federation/status-list`),
    ),
    await door(
      'configuration of the anchor',
      Array.from({ length: 100 }, () => `${url}/.well-known/openid-federation`),
    ),
  ];
  await network.close();
  return rows;
}

const network = undiciNetwork({ egress: LOOPBACK_TOO });

async function get(url: string): Promise<string> {
  const { status, body } = await network.request({ method: 'GET', url, timeoutMs: 60_000, maxBytes: 64 * 2 ** 20 });
  if (status !== 200) throw new Error(`${status} for ${url}: ${body.slice(0, 200)}`);
  return body;
}

/** Each address once, a few at a time. */
async function door(what: string, urls: readonly string[]): Promise<Row> {
  say(what);
  const taken: number[] = [];
  let bytes = 0;
  const queue = urls.values();
  const started = performance.now();
  const client = async (): Promise<void> => {
    for (const url of queue) {
      const begun = performance.now();
      bytes = Math.max(bytes, (await get(url)).length);
      taken.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  const { p50, p95 } = spreadOf(taken);
  return {
    what,
    calls: urls.length,
    perSecond: urls.length / ((performance.now() - started) / 1_000),
    p50,
    p95,
    bytes,
  };
}

/** As a node does it: every list of every jurisdiction, one after the other, all names kept in memory; then once more. */
async function everyList(jurisdictions: readonly string[]): Promise<Row[]> {
  say('every list, as a node reads them');
  let calls = 0;
  const counted: Network = {
    request(request) {
      calls += 1;
      return network.request(request);
    },
  };
  const client = new FederationClient(counted, CLIENT_LIMITS, systemClock);
  const round = async (what: (names: string) => string): Promise<Row> => {
    const taken: number[] = [];
    let names = 0;
    calls = 0;
    const started = performance.now();
    for (const entityId of jurisdictions) {
      const begun = performance.now();
      const endpoint = `${entityId}/federation/extended-list`;
      const federationEntity = { federation_extended_list_endpoint: endpoint };
      names += (await client.subordinates({ entityId, federationEntity })).length;
      taken.push(performance.now() - begun);
    }
    const { p50, p95 } = spreadOf(taken);
    const perSecond = calls / ((performance.now() - started) / 1_000);
    return { what: what(names.toLocaleString('en')), calls, perSecond, p50, p95, bytes: 0 };
  };
  const before = process.memoryUsage().heapUsed;
  const first = await round((names) => `every list, as a node reads it: ${names} names`);
  const mib = Math.round((process.memoryUsage().heapUsed - before) / 2 ** 20);
  const again = await round((names) => `every list again, unchanged: ${names} names`);
  return [{ ...first, what: `${first.what}, ${mib} MiB` }, again];
}

/** One reader from the first page to the last. */
async function pages(authority: string, limit: number): Promise<Row> {
  say('list, in pages');
  const taken: number[] = [];
  let [from, bytes]: [string | undefined, number] = [undefined, 0];
  const started = performance.now();
  do {
    const query: string = new URLSearchParams({
      limit: String(limit),
      ...(from !== undefined && { from_entity_id: from }),
    }).toString();
    const begun = performance.now();
    const body = await get(`${authority}/federation/extended-list?${query}`);
    taken.push(performance.now() - begun);
    bytes = Math.max(bytes, body.length);
    from = (JSON.parse(body) as { next_entity_id?: string }).next_entity_id;
  } while (from !== undefined);
  const { p50, p95 } = spreadOf(taken);
  const perSecond = taken.length / ((performance.now() - started) / 1_000);
  return { what: `list, pages of ${limit}`, calls: taken.length, perSecond, p50, p95, bytes };
}

function report(
  machine: ReturnType<typeof thisMachine>,
  plan: { readonly jurisdictions: number; readonly agencies: number },
  authority: FilledAuthority,
  rows: readonly Row[],
): string {
  const { cpu, cores, memoryGib, node, loadBefore, date, commit } = machine;
  const total = (plan.jurisdictions * plan.agencies).toLocaleString('en');
  return `${[
    `- ${date}, commit ${commit}`,
    `- ${cpu}, ${cores} cores, ${memoryGib} GiB, Node ${node}, load average before ${loadBefore.toFixed(1)}`,
    `- ${plan.jurisdictions} jurisdictions x ${plan.agencies.toLocaleString('en')} agencies = ${total}, one database of ${authority.databaseMiB} MiB, filled in ${authority.fillSeconds.toFixed(0)} s; ${CLIENTS} clients over HTTP`,
    '',
    '| door | calls | a second | p50 ms | p95 ms | largest answer, bytes |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...rows.map(
      ({ what, calls, perSecond, p50, p95, bytes }) =>
        `| ${what} | ${calls} | ${perSecond.toFixed(0)} | ${p50.toFixed(1)} | ${p95.toFixed(1)} | ${bytes.toLocaleString('en')} |`,
    ),
  ].join('\n')}\n`;
}

const args = process.argv.slice(2);
if (args.includes('--help')) process.stdout.write(HELP);
else {
  run(args)
    // Whatever was started keeps the process alive after a failure; the database ends with it.
    .then(() => process.exit())
    .catch((error: unknown) => {
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      process.exit(1);
    });
}
