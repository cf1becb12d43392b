export const HELP = `npm run bench [-- OPTIONS]

Measures one exchange across a border on this machine: its rate, latency and CPU, beside the cost of its own signatures
and sealing and beside a bare proxy that only verifies a JWT, all in one run. Starts the demonstration federation, a
process a party, over the embedded PostgreSQL server. Takes about six times --seconds and half a minute more.

  --seconds N  how long each level is measured (15)
  --json       print the result as JSON instead of tables
  --port N     first of fifteen ports on 127.0.0.1 (4700)
  --help       this text
`;

export interface BenchOptions {
  readonly seconds: number;
  readonly json: boolean;
  readonly port: number;
}

/** `help` where it is asked for; a text that names the fault where the options cannot be read. */
export function readOptions(args: readonly string[]): BenchOptions | 'help' | { readonly fault: string } {
  const given = { seconds: 15, json: false, port: 4700 };
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--help') return 'help';
    if (arg === '--json') given.json = true;
    else if (arg === '--seconds') given.seconds = Number(rest.shift());
    else if (arg === '--port') given.port = Number(rest.shift());
    else return { fault: `unknown option \`${arg}\`` };
  }
  if (!Number.isInteger(given.seconds) || given.seconds < 1 || given.seconds > 600) {
    return { fault: '--seconds wants a whole number from 1 to 600' };
  }
  if (!Number.isInteger(given.port) || given.port < 1024 || given.port > 65_000) {
    return { fault: '--port wants a number from 1024 to 65000' };
  }
  return given;
}
