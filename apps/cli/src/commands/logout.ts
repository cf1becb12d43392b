import type { Command } from 'commander';
import { AgencyClient } from '../agency-client.js';
import { chooseSession } from '../choose-session.js';
import { CliError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { printJson } from '../json-output.js';
import { agencyOf, withSession, type SessionOptions } from '../options.js';
import type { Cli } from '../ports.js';
import { SessionsFile, homeDirectory } from '../sessions-file.js';

export function addLogout(program: Command, cli: Cli): void {
  const command = program
    .command('logout')
    .description('end a session, at the node and on this machine')
    .addHelpText('after', HELP)
    .action(async (options: SessionOptions) => cli.exit(await logout(options, cli)));
  withSession(command);
}

const HELP = `
Examples:
  $ comity logout
  $ comity logout --agency https://node.agency.example --as supervisor`;

async function logout(options: SessionOptions, cli: Cli): Promise<ExitCode> {
  const file = new SessionsFile(homeDirectory(cli.environment));
  const session = chooseSession(
    await file.list(),
    { agency: agencyOf(options, cli), profile: options.as },
    cli.clock.now(),
  );
  await new AgencyClient(cli.network, session.agency, session.token)
    .postOnly('/session/end')
    .catch((error: unknown) => {
      // A session that the node does not know any more has ended already.
      if (!(error instanceof CliError) || error.code !== 'not_signed_in') throw error;
    });
  await file.remove(session);
  if (options.json === true) printJson(cli.terminal, { agency: session.agency, as: session.profile, signed_in: false });
  else cli.terminal.out(`signed out of ${session.agency} as ${session.profile}`);
  return EXIT.ok;
}
