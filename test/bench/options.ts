export const HELP = `npm run bench [-- ledger | -- trace | -- owners | -- reads] [-- OPTIONS]

Measures one exchange across a border on this machine: its rate, latency and CPU, beside the cost of its own signatures
and sealing and beside a bare proxy that only verifies a JWT, all in one run. Starts the demonstration federation, a
process a party, over the embedded PostgreSQL server. Takes about six times --seconds and half a minute more.

With \`ledger\` the ledger alone: signed receipts a second to a committed proof at 1, 32, 64, 96 and 256 clients beside bare batched
INSERTs and beside the signatures alone, the rate of offline verification, and the size of an entry.

With \`trace\` one request to many owners, as reconciliation and an auditor verify it: a thousand signed ledgers, one owner gone, one
lying, one that never says it sent; time, memory and what was found.

With \`owners\` one whole request to many owners through one broker on this machine: one owner slow, three lying, one gone; when the
answers come, what is shown meanwhile, how it ends, the trace over all ledgers, and the memory of each process. Takes --owners + 200
ports from --port on (20000).

With \`reads\` the store of reads alone: ingest beside raw COPY, each kind of search beside its bare index, sizes, and the drop of
a day.

  --owners N   with \`trace\` or \`owners\`: so many owners (1000)
  --reads N    with \`reads\`: how many are generated (1e6)
  --entries N  with \`ledger\`: also a log of so many entries (1000000): proofs, restart, and a whole check
  --server URL with \`ledger\` or \`reads\`: on this PostgreSQL server instead of the embedded one; its user has to be allowed to create databases
  --seconds N  how long each level is measured (15)
  --json       print the result as JSON instead of tables
  --port N     first of fifteen ports on 127.0.0.1 (4700); of more with \`owners\`
  --help       this text
`;

export interface BenchOptions {
  readonly seconds: number;
  readonly json: boolean;
  readonly port: number;
  readonly only: 'ledger' | 'trace' | 'owners' | 'reads' | undefined;
  /** Owners of the one request of `trace` or `owners`. */
  readonly owners: number;
  /** Generated reads; a million where absent. */
  readonly reads: number | undefined;
  /** Entries of the large log, where one is measured. */
  readonly entries: number | undefined;
  /** A running server; the embedded one where absent. */
  readonly server: string | undefined;
}

/** `help` where it is asked for; a text that names the fault where the options cannot be read. */
export function readOptions(args: readonly string[]): BenchOptions | 'help' | { readonly fault: string } {
  const isMany = args.includes('owners');
  const given: { -readonly [name in keyof BenchOptions]: BenchOptions[name] } = {
    seconds: 15,
    json: false,
    port: isMany ? 20_000 : 4700,
    only: undefined,
    owners: 1_000,
    reads: undefined,
    entries: undefined,
    server: undefined,
  };
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--help') return 'help';
    if (arg === 'ledger' || arg === 'trace' || arg === 'owners' || arg === 'reads') given.only = arg;
    else if (arg === '--reads') given.reads = Number(rest.shift());
    else if (arg === '--json') given.json = true;
    else if (arg === '--owners') given.owners = Number(rest.shift());
    else if (arg === '--entries') given.entries = Number(rest.shift());
    else if (arg === '--server') given.server = rest.shift();
    else if (arg === '--seconds') given.seconds = Number(rest.shift());
    else if (arg === '--port') given.port = Number(rest.shift());
    else return { fault: `unknown option \`${arg}\`` };
  }
  if (!Number.isInteger(given.seconds) || given.seconds < 1 || given.seconds > 600) {
    return { fault: '--seconds wants a whole number from 1 to 600' };
  }
  const { entries = 1, only } = given;
  if (!Number.isInteger(entries) || entries < 1 || (given.entries !== undefined && only !== 'ledger')) {
    return { fault: '--entries wants a whole number, with `ledger`' };
  }
  if (
    given.server !== undefined &&
    ((only !== 'ledger' && only !== 'reads') || !/^postgres(ql)?:\/\//.test(given.server))
  ) {
    return {
      fault: '--server wants an address like postgres://user@127.0.0.1:5432/postgres, with `ledger` or `reads`',
    };
  }
  const { reads = 10_000 } = given;
  if (!Number.isInteger(reads) || reads < 10_000 || reads > 1e9 || (given.reads !== undefined && only !== 'reads')) {
    return { fault: '--reads wants a whole number from 10000 to 1e9, with `reads`' };
  }
  const [fewest, most] = isMany ? [10, 1_000] : [4, 2_000];
  if (!Number.isInteger(given.owners) || given.owners < fewest || given.owners > most) {
    return { fault: `--owners wants a whole number from ${fewest} to ${most}` };
  }
  if (!Number.isInteger(given.port) || given.port < 1024 || given.port > 65_000) {
    return { fault: '--port wants a number from 1024 to 65000' };
  }
  return given;
}
