import 'reflect-metadata';
import { relative, resolve } from 'node:path';
import { databaseIsAway } from '#postgres/io';
import { PartyFailedError } from './processes.js';
import { startSandbox, type Sandbox } from './sandbox.js';
import { playStory, type SceneResult, type Teller } from './story.js';

const HELP = `npm start [-- OPTIONS]

Starts a whole demonstration federation on this machine and plays its story: a trust anchor with four states, a
broker, an identity provider and five invented agencies, a process each, over one embedded PostgreSQL server.
It is a demonstration, and no legal advice.

  --once       end after the story; the exit code is 1 if any scene went otherwise
  --json       print the scenes as JSON instead of telling them (with --once)
  --port N     first of fifteen ports on 127.0.0.1 (4600)
  --help       this text
`;

/** By npm's own script, so that it runs under the Node that came with the packages. */
const COMITY = 'npm run -s comity --';

interface Options {
  readonly once: boolean;
  readonly json: boolean;
  readonly port: number;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) return;
  const started = Date.now();
  const sandbox = await startSandbox({ directory: resolve('.comity', 'sandbox'), basePort: options.port }, say);
  const stop = onSignals(sandbox);
  say(`ready after ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
  const results = await playStory(sandbox, options.json ? silent : teller, Date.now());
  if (options.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
  else tellEnd(results);
  if (options.once) {
    await stop();
    process.exit(results.every(({ asExpected }) => asExpected) ? 0 : 1);
  }
  tellWhatToTry(sandbox);
}

function readOptions(args: readonly string[]): Options | undefined {
  const known = new Set(['--once', '--json', '--port', '--help']);
  const at = args.indexOf('--port');
  const port = at < 0 ? 4600 : Number(args[at + 1]);
  const unknown = args.find((arg, index) => !known.has(arg) && !(index > 0 && args[index - 1] === '--port'));
  if (args.includes('--help')) {
    process.stdout.write(HELP);
    return undefined;
  }
  if (unknown !== undefined || !Number.isInteger(port) || port < 1024 || port > 65_000) {
    process.stderr.write(
      `${unknown === undefined ? '--port wants a number from 1024 to 65000' : `unknown option \`${unknown}\``}\n\n${HELP}`,
    );
    process.exitCode = 2;
    return undefined;
  }
  return { once: args.includes('--once'), json: args.includes('--json'), port };
}

const teller: Teller = {
  title: (text) => process.stdout.write(`\n${text}\n`),
  line: (text) => process.stdout.write(`   ${text}\n`),
};
const silent: Teller = { title: () => undefined, line: () => undefined };

function tellEnd(results: readonly SceneResult[]): void {
  const otherwise = results.filter(({ asExpected }) => !asExpected);
  process.stdout.write(
    otherwise.length === 0
      ? `\nAll ${results.length} scenes went as they should. Invented agencies in real states: a demonstration, no legal advice.\n`
      : `\n${otherwise.length} of ${results.length} scenes went otherwise.\n`,
  );
}

function tellWhatToTry(sandbox: Sandbox): void {
  const { laidOut } = sandbox;
  const login = (agency: string, role: string, profile: string) => {
    const account = laidOut.accounts.find((each) => each.agency === agency && each.role === role);
    const { username = '', password = '', totpSecret = '' } = account ?? {};
    return `${COMITY} login --agency ${sandbox.entityId(agency)} --as ${profile} --script --username ${username} --password ${password} --totp-secret ${totpSecret}`;
  };
  const agency = `--agency ${sandbox.entityId('salish-point')}`;
  const anchors = relative(process.cwd(), laidOut.anchorsFile);
  const lines = [
    '',
    'Everything keeps running. Ctrl-C ends it.',
    `  authority  ${laidOut.anchor}     broker  ${laidOut.broker}/register/members`,
    ...laidOut.agencies.map(({ plan, entityId }) => `  ${plan.name.padEnd(24)} ${entityId}`),
    '',
    'Demonstration logins (the sign-in page shows the current one-time code):',
    ...laidOut.accounts
      .filter(({ agency: at, role }) => at === 'salish-point' && role !== 'rule_admin')
      .map(({ username, password }) => `  ${username}  ${password}`),
    '',
    'Five commands to try, in another terminal:',
    `  ${login('salish-point', 'officer', 'officer')}`,
    `  ${login('salish-point', 'supervisor', 'supervisor')}`,
    `  ${COMITY} requests ${agency} --as officer`,
    `  ${COMITY} trace TXN ${agency} --as officer --anchors ${anchors}`,
    `  ${COMITY} ledger verify ${laidOut.broker} --entity ${laidOut.broker} --anchors ${anchors}`,
    '',
    'A camera of Juniper Bend Police that posts what it sees, and how it does:',
    `  curl -H "Authorization: Bearer $(cat ${relative(process.cwd(), sandbox.camera.secretFile)})" -H 'content-type: application/json' \\`,
    `    -d '{"data_type":"alpr_group","epoch_start":'$(date +%s)'000,"best_plate_number":"4KLM208"}' ${sandbox.camera.url}`,
    `  ${login('juniper-bend', 'rule_admin', 'admin')}`,
    `  ${COMITY} camera status ${sandbox.camera.id} --agency ${sandbox.entityId('juniper-bend')} --as admin`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function onSignals(sandbox: Sandbox): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= sandbox.stop());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void stop().then(() => process.exit(0));
    });
  }
  return stop;
}

function failureOf(error: unknown): string {
  if (error instanceof PartyFailedError) return error.message;
  if (databaseIsAway(error)) {
    return 'the database server ended while this was starting: another demonstration of this folder was just closing. Start it again.';
  }
  return String(error instanceof Error ? error.stack : error);
}

main().catch((error: unknown) => {
  process.stderr.write(`${failureOf(error)}\n`);
  process.exit(1);
});
