import { Option, type Command } from 'commander';
import type { JsonObject } from '#protocol';
import { AgencyClient } from '../agency-client.js';
import { CliError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { printJson } from '../json-output.js';
import { objectIn, textIn, textsIn } from '../json-reading.js';
import { listenForRedirect } from '../loopback-redirect.js';
import { agencyOf, profileOption, secondsBetween, withAgency, withJson } from '../options.js';
import type { Cli } from '../ports.js';
import { DEFAULT_PROFILE, SessionsFile, homeDirectory, type StoredSession } from '../sessions-file.js';
import { bold, dim } from '../terminal.js';

interface LoginOptions {
  readonly agency?: string;
  readonly as?: string;
  readonly json?: boolean;
  readonly browser: boolean;
  readonly timeout: number;
  readonly script?: boolean;
  readonly username?: string;
  readonly password?: string;
  readonly totpSecret?: string;
}

/** A node lets a login wait for ten minutes. */
const LOGIN_SECONDS = 600;

export function addLogin(program: Command, cli: Cli): void {
  const command = program
    .command('login')
    .description("sign in at your agency's own provider, with both factors")
    .addOption(profileOption('keep this sign-in under a name; officer and supervisor may be at one machine'))
    .option('--no-browser', 'only print the address to open')
    .addOption(
      new Option('--timeout <seconds>', 'how long to wait for the page')
        .argParser(secondsBetween(1, LOGIN_SECONDS))
        .default(LOGIN_SECONDS),
    )
    .option('--script', 'development only: fill in the pages of the development provider')
    .option('--username <name>', 'with --script')
    .option('--password <text>', 'with --script')
    .option('--totp-secret <base32>', 'with --script')
    .addHelpText('after', HELP)
    .action(async (options: LoginOptions) => cli.exit(await login(options, cli)));
  withJson(withAgency(command));
}

const HELP = `
Opens your provider's page and waits for it to come back to this machine. Your password goes to your provider alone. What
is kept here is a session that ends after at most 8 hours, or 30 idle minutes: ~/.comity/sessions.json (or COMITY_HOME),
readable by you alone.

Examples:
  $ comity login --agency https://node.agency.example
  $ comity login --agency https://node.agency.example --as supervisor --no-browser
  $ comity login --agency http://127.0.0.1:7010 --as officer --script --username U --password P --totp-secret S`;

interface StartedLogin {
  readonly loginId: string;
  readonly authorizationUrl: string;
}

async function login(options: LoginOptions, cli: Cli): Promise<ExitCode> {
  const { as: profile = DEFAULT_PROFILE } = options;
  const agency = agencyOf(options, cli);
  if (agency === undefined) {
    throw new CliError('usage', '--agency is missing', { remedy: 'give the address of your agency’s node' });
  }
  const client = new AgencyClient(cli.network, agency);
  const finished =
    options.script === true ? await byScript(options, client, cli) : await byBrowser(options, client, cli);
  const session: StoredSession = {
    agency,
    profile,
    token: textIn(finished, 'session_token'),
    expiresAt: textIn(finished, 'expires_at'),
    roles: textsIn(objectIn(finished, 'officer'), 'roles'),
  };
  await new SessionsFile(homeDirectory(cli.environment)).put(session);
  const { expiresAt, roles } = session;
  if (options.json === true) printJson(cli.terminal, { agency, as: profile, roles: [...roles], expires_at: expiresAt });
  else cli.terminal.out(['signed in at ', bold(agency), ` as ${profile} (${roles.join(', ')}) until ${expiresAt}`]);
  return EXIT.ok;
}

async function byBrowser(options: LoginOptions, client: AgencyClient, cli: Cli): Promise<JsonObject> {
  const redirect = await listenForRedirect();
  try {
    const { loginId, authorizationUrl } = await start(client, redirect.redirectUri);
    const arrived = redirect.redirected(stateOf(authorizationUrl));
    const opened = options.browser && (await cli.browser.open(authorizationUrl));
    cli.terminal.err([bold(opened ? 'your browser opens ' : 'open this page '), authorizationUrl]);
    cli.terminal.err([dim('waiting for you to sign in there (Ctrl-C to give up)')]);
    const callbackUrl = await Promise.race([arrived, cli.clock.sleep(options.timeout * 1000)]);
    if (typeof callbackUrl === 'string') return await finish(client, loginId, callbackUrl);
    throw new CliError('not_signed_in', 'nobody signed in in time', { remedy: 'try again' });
  } finally {
    redirect.close();
  }
}

/** For the sandbox and tests: no person, no browser, and no provider but the one for development. */
async function byScript(options: LoginOptions, client: AgencyClient, cli: Cli): Promise<JsonObject> {
  const { username, password, totpSecret } = options;
  if (!client.url.startsWith('http://') || cli.environment['COMITY_ENV'] === 'production') {
    throw new CliError('usage', '--script is for the development provider on this machine only', {
      remedy: 'leave it out, and sign in by your browser',
    });
  }
  if (username === undefined || password === undefined || totpSecret === undefined) {
    throw new CliError('usage', '--script needs --username, --password and --totp-secret');
  }
  const { ScriptedLoginError, walkSignIn } = await import('../../../dev-idp/src/scripted-login.js');
  // Nobody listens there: the script reads the redirect instead of following it.
  const redirectUri = 'http://127.0.0.1:49152/callback';
  const { loginId, authorizationUrl } = await start(client, redirectUri);
  const credentials = { username, password, totpSecret };
  const callbackUrl = await walkSignIn({ authorizationUrl, redirectUri, ...credentials }).catch((cause: unknown) => {
    if (!(cause instanceof ScriptedLoginError)) throw cause;
    throw new CliError(
      'not_signed_in',
      cause.message,
      { remedy: 'check the name, the password and the secret' },
      { cause },
    );
  });
  return finish(client, loginId, callbackUrl);
}

async function start(client: AgencyClient, redirectUri: string): Promise<StartedLogin> {
  const answer = await client.post('/session/start', { redirect_uri: redirectUri });
  const authorizationUrl = textIn(answer, 'authorization_url');
  // A node that is not what it seems could have a program opened on this machine by another kind of address.
  if (!/^https:\/\/|^http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/.test(authorizationUrl)) {
    throw new CliError('refused', 'the node names a sign-in page that is no https address');
  }
  return { loginId: textIn(answer, 'login_id'), authorizationUrl };
}

async function finish(client: AgencyClient, loginId: string, callbackUrl: string): Promise<JsonObject> {
  try {
    return await client.post('/session/finish', { login_id: loginId, callback_url: callbackUrl });
  } catch (cause) {
    if (!(cause instanceof CliError) || cause.code !== 'not_signed_in') throw cause;
    const remedy = 'try again; your provider has to ask for both factors';
    throw new CliError('not_signed_in', 'the node does not accept this sign-in', { remedy }, { cause });
  }
}

/** @throws CliError where the sign-in could not be told from somebody else's */
function stateOf(authorizationUrl: string): string {
  const state = URL.parse(authorizationUrl)?.searchParams.get('state');
  if (typeof state === 'string' && state !== '') return state;
  throw new CliError('refused', 'the node names a sign-in page without `state`');
}
