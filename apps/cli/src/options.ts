import { InvalidArgumentError, Option, type Command } from 'commander';
import { parseEntityId } from '#trust';
import { AgencyClient } from './agency-client.js';
import { chooseSession } from './choose-session.js';
import { CliError } from './cli-error.js';
import type { Cli, CliPorts } from './ports.js';
import { SessionsFile, homeDirectory } from './sessions-file.js';

const ADDRESS = 'https://HOST, or http://127.0.0.1:PORT on this machine';

export interface OutputOptions {
  readonly json?: boolean;
}

export interface AgencyOptions {
  readonly agency?: string;
}

export interface SessionOptions extends AgencyOptions, OutputOptions {
  readonly as?: string;
}

export function withJson(command: Command): Command {
  return command.option('--json', 'print JSON for programs');
}

export function withAgency(command: Command): Command {
  return command.addOption(
    new Option('--agency <url>', "the address of your agency's node (or COMITY_AGENCY)").argParser(agencyUrl),
  );
}

/** `--agency`, else COMITY_AGENCY. @throws CliError `usage` where that is no address */
export function agencyOf(options: AgencyOptions, cli: CliPorts): string | undefined {
  const { agency } = options;
  const given = cli.environment['COMITY_AGENCY'] ?? '';
  if (agency !== undefined || given === '') return agency;
  try {
    return agencyUrl(given);
  } catch (cause) {
    throw new CliError('usage', 'COMITY_AGENCY is no address of a node', { remedy: ADDRESS }, { cause });
  }
}

/** For commands that act for a person who is signed in. */
export function withSession(command: Command): Command {
  return withJson(withAgency(command).addOption(profileOption('act as this person, as named at `comity login --as`')));
}

export function profileOption(description: string): Option {
  return new Option('--as <name>', description).argParser(profileName);
}

/** The node that the options choose, with the session of the person they choose. @throws CliError */
export async function signedIn(options: SessionOptions, cli: Cli): Promise<AgencyClient> {
  const sessions = await new SessionsFile(homeDirectory(cli.environment)).list();
  const session = chooseSession(sessions, { agency: agencyOf(options, cli), profile: options.as }, cli.clock.now());
  return new AgencyClient(cli.network, session.agency, session.token);
}

/** An address in its one spelling. A session travels with every call, so plain http is for this machine alone. */
export function agencyUrl(text: string): string {
  const url = text.replace(/\/$/, '');
  try {
    return parseEntityId(url).id;
  } catch {
    throw new InvalidArgumentError(`It is the address of a node: ${ADDRESS}.`);
  }
}

function profileName(text: string): string {
  if (/^[A-Za-z0-9._-]{1,64}$/.test(text)) return text;
  throw new InvalidArgumentError('A name consists of letters, digits, dots, dashes and underscores.');
}

export function transactionId(text: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) return text;
  throw new InvalidArgumentError('A transaction looks like 0f0e0d0c-0b0a-4908-8706-050403020100.');
}

export function digestText(text: string): string {
  if (/^[A-Za-z0-9_-]{43}$/.test(text)) return text;
  throw new InvalidArgumentError('A digest has 43 letters, digits, dashes and underscores.');
}

/** Whole seconds from `min` to `max`. */
export function secondsBetween(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d{1,7}$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`A whole number of seconds from ${min} to ${max}.`);
  };
}
