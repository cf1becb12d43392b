import { writeFile } from 'node:fs/promises';
import { InvalidArgumentError, Option, type Command } from 'commander';
import {
  AGREEMENT_MODELS,
  MAX_TRIED,
  PolicyError,
  REACH_TARGETS,
  findOwner,
  findSideDoors,
  namesRecipients,
  sideDoorsDocument,
  sideDoorsSvg,
  vendorReach,
  type ReachTarget,
  type SideDoors,
  type VendorReach,
} from '#policy';
import { CliError } from '../cli-error.js';
import { describeSideDoors, surveyTable, titleOf, unsettledDocument, unsettledLines } from '../describe-side-doors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { printJson } from '../json-output.js';
import { withJson, type OutputOptions } from '../options.js';
import type { Cli } from '../ports.js';
import { readVendorNetwork, type VendorFiles } from '../vendor-files.js';
import { policyProblem } from './decide.js';

interface SideDoorsOptions extends OutputOptions, VendorFiles {
  readonly owner?: string;
  readonly everyOwner?: boolean;
  readonly to: ReachTarget;
  readonly onward: VendorReach['onward'];
  readonly models: 'all' | 'task-force';
  readonly beneficiaries?: boolean;
  readonly list: number;
  readonly picture?: string;
  readonly unsettled?: boolean;
}

export function addSideDoors(program: Command, cli: Cli): void {
  const command = program
    .command('sidedoors')
    .description("every way by which an owner's reads could come to a class of body, and what closes them all")
    .requiredOption('--graph <file>', "who shares with whom on a vendor's network, as JSON")
    .requiredOption('--agencies <file>', 'the register of its organisations, as CSV')
    .requiredOption('--agreements <file>', 'the published list of 287(g) agreements, as CSV')
    .option('--names <file>', 'names that a person has settled, as JSON')
    .option('--owner <owner>', 'whose reads: the id or the name of an organisation')
    .option('--every-owner', 'a line for each owner of the graph instead')
    .addOption(
      new Option('--to <class>', 'whom they could come to').choices(Object.keys(REACH_TARGETS)).makeOptionMandatory(),
    )
    .addOption(
      new Option('--onward <hands>', 'how often reads are given on after the owner gave them: 0, 1, or any')
        .argParser(onwardHands)
        .default(1),
    )
    .addOption(
      new Option('--models <models>', 'which 287(g) agreements open a way')
        .choices(['all', 'task-force'])
        .default('all'),
    )
    .option('--beneficiaries', 'count searches on behalf of another too, which nothing on such a network excludes')
    .addOption(new Option('--list <ways>', 'how many ways are listed one by one').argParser(wholeNumber).default(20))
    .option('--unsettled', 'list every name that could not be settled')
    .option('--picture <file.svg>', 'write the ways as a picture')
    .addHelpText('after', HELP)
    .action(async (options: SideDoorsOptions) => cli.exit(await sideDoors(options, cli)));
  withJson(command);
}

const HELP = `
What is a way: the owner shares with an agency (direct); that agency could give on what it finds to one that it works with
(onward); and an agency that sees the reads lets others see them, by a 287(g) agreement, as a shared centre or a task force
whose parts nobody attests, or by searching for somebody else. A way shows what is possible and not what was done.

Names are matched by spelling alone, and by --names; whatever could not be settled is counted and, with --unsettled or
--json, listed. The smallest set of changes is a minimum cut: no smaller one closes every way.

Exit code: 0 no way is open, 3 ways are open, 2 a file or an option.

Examples:
  $ comity sidedoors --graph graph.json --agencies agencies.csv --agreements 287g.csv --owner our-city-pd --to immigration
  $ comity sidedoors --graph graph.json --agencies agencies.csv --agreements 287g.csv --owner our-city-pd --to out-of-state \\
      --onward 0 --picture ways.svg --json
  $ comity sidedoors --graph graph.json --agencies agencies.csv --agreements 287g.csv --every-owner --to immigration`;

async function sideDoors(options: SideDoorsOptions, cli: Cli): Promise<ExitCode> {
  if ((options.owner === undefined) === (options.everyOwner !== true)) {
    throw new CliError('usage', 'say whose reads: --owner OWNER, or --every-owner');
  }
  try {
    return options.owner === undefined ? await survey(options, cli) : await oneOwner(options.owner, options, cli);
  } catch (error) {
    if (error instanceof PolicyError) throw policyProblem(error);
    throw error;
  }
}

async function oneOwner(wanted: string, options: SideDoorsOptions, cli: Cli): Promise<ExitCode> {
  const network = await readVendorNetwork(options);
  const owner = findOwner(network, wanted);
  const started = cli.clock.now();
  const doors = findSideDoors(vendorReach(network, reachOf(owner, options)), { ways: options.list, tried: MAX_TRIED });
  const took = cli.clock.now() - started;
  const name = network.organisations[owner]?.name ?? wanted;
  const recipients = network.sharesWith.get(owner) ?? [];
  const silent = recipients.filter((place) => !namesRecipients(network, place)).length;
  if (options.picture !== undefined) await writePicture(options.picture, doors, titleOf(name, options.to, doors));
  if (options.json === true) {
    const { to, onward, models, beneficiaries = false } = options;
    const assumed = { onward, agreements: models, beneficiaries };
    const about = {
      owner: name,
      to,
      shares_with: recipients.length,
      recipients_that_name_nobody: silent,
      assumed,
      milliseconds: took,
    };
    printJson(cli.terminal, { ...sideDoorsDocument(doors, about), unsettled: unsettledDocument(network.unsettled) });
  } else {
    for (const line of describeSideDoors(doors, { name, shares: recipients.length, silent, target: options.to, took }))
      cli.terminal.out(line);
    for (const line of unsettledLines(network.unsettled, options.unsettled === true)) cli.terminal.out(line);
    if (options.picture !== undefined) cli.terminal.out(`the picture is in ${options.picture}`);
  }
  return doors.reached.length === 0 ? EXIT.ok : EXIT.denied;
}

async function survey(options: SideDoorsOptions, cli: Cli): Promise<ExitCode> {
  const network = await readVendorNetwork(options);
  const started = cli.clock.now();
  const rows = [...network.owners].map(([id, owner], index) => {
    cli.terminal.progress(`${index + 1} of ${network.owners.size} owners`);
    const doors = findSideDoors(vendorReach(network, reachOf(owner, options)), { ways: 0, tried: MAX_TRIED });
    return {
      id,
      name: network.organisations[owner]?.name ?? id,
      shares: network.sharesWith.get(owner)?.length ?? 0,
      doors,
    };
  });
  const took = cli.clock.now() - started;
  cli.terminal.progress(undefined);
  const open = rows.filter(({ doors }) => doors.reached.length > 0);
  if (options.json === true) {
    printJson(cli.terminal, {
      to: options.to,
      owners: rows.map(({ id, name, shares, doors }) => {
        const { ways: _ways, steps: _steps, ...document } = sideDoorsDocument(doors, { id, owner: name, shares });
        return document;
      }),
      milliseconds: took,
      unsettled: unsettledDocument(network.unsettled),
    });
  } else {
    for (const line of surveyTable(rows)) cli.terminal.out(line);
    cli.terminal.out(`${open.length} of ${rows.length} owners have a way to ${REACH_TARGETS[options.to]}; ${took} ms`);
    for (const line of unsettledLines(network.unsettled, options.unsettled === true)) cli.terminal.out(line);
  }
  return open.length === 0 ? EXIT.ok : EXIT.denied;
}

function reachOf(owner: number, { to, onward, models, beneficiaries }: SideDoorsOptions): VendorReach {
  const counted = models === 'all' ? Object.values(AGREEMENT_MODELS) : [AGREEMENT_MODELS['task force model']];
  return { owner, target: to, onward, models: new Set(counted), withBeneficiaries: beneficiaries === true };
}

async function writePicture(path: string, doors: SideDoors, title: Parameters<typeof sideDoorsSvg>[1]): Promise<void> {
  if (!path.endsWith('.svg')) throw new CliError('usage', '--picture wants a name that ends in `.svg`');
  try {
    await writeFile(path, sideDoorsSvg(doors, title));
  } catch (cause) {
    throw new CliError('usage', `\`${path}\` cannot be written`, {}, { cause });
  }
}

function onwardHands(text: string): VendorReach['onward'] {
  if (text === '0') return 0;
  if (text === '1') return 1;
  if (text === 'any') return text;
  throw new InvalidArgumentError('0, 1 or any');
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('a whole number up to 999999');
  return value;
}
