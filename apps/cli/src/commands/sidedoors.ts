import { InvalidArgumentError, Option, type Command } from 'commander';
import {
  MAX_TRIED,
  PolicyError,
  REACH_TARGETS,
  federationReach,
  findSideDoors,
  ruleDigest,
  sideDoorsDocument,
  type VendorReach,
} from '#policy';
import { withAnchors } from '../anchors-file.js';
import { CliError } from '../cli-error.js';
import { describeSideDoors, titleOf } from '../describe-side-doors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { federationSource } from '../federation-source.js';
import { printJson } from '../json-output.js';
import { withJson } from '../options.js';
import type { Cli } from '../ports.js';
import { writePicture, type SideDoorsOptions } from '../side-doors-options.js';
import { surveyVendor, vendorFilesOf, vendorSideDoors } from '../vendor-side-doors.js';
import { policyProblem } from './decide.js';

export function addSideDoors(program: Command, cli: Cli): void {
  const command = program
    .command('sidedoors')
    .description("every way by which an owner's reads could come to a class of body, and what closes them all")
    .option('--owner <owner>', 'whose reads: the entity id of an agency, or the id or name of an organisation')
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
    .option('--picture <file.svg>', 'write the ways as a picture')
    .optionsGroup('In a federation:')
    .option('--federation <file>', 'parties, attestations and rules as JSON, in place of what the anchors vouch for')
    .option('--rule <file>', 'what would be open under this rule of the owner')
    .optionsGroup("On a vendor's network:")
    .option('--graph <file>', 'who shares with whom, as JSON')
    .option('--agencies <file>', 'the register of its organisations, as CSV')
    .option('--agreements <file>', 'the published list of 287(g) agreements, as CSV')
    .option('--names <file>', 'names that a person has settled, as JSON')
    .option('--every-owner', 'a line for each owner of the graph, in place of --owner')
    .option('--unsettled', 'list every name that could not be settled')
    .addHelpText('after', HELP)
    .action(async (options: SideDoorsOptions) => cli.exit(await sideDoors(options, cli)));
  withJson(withAnchors(command.optionsGroup('Options:')));
}

const HELP = `
In a federation a way begins where the owner's rule permits an agency with what is attested of it, and leads through a
beneficiary, or through an arrangement (a 287(g) agreement, a task force, a shared centre, a shared log-in) whose absence
nobody attests. On a vendor's network it begins with a share, and every recipient could give on what it finds.
A way shows what is possible and not what was done.

Names are matched by spelling alone, and by --names; whatever could not be settled is counted and, with --unsettled or
--json, listed. No set of changes smaller than the one shown closes every way; where that is not certain, it is said.

Exit code: 0 no way is open, 3 ways are open, 2 a file or an option.

Examples:
  $ comity sidedoors --anchors anchors.json --owner https://node.agency.example --to immigration
  $ comity sidedoors --anchors anchors.json --owner https://node.agency.example --to federal --rule draft.json
  $ comity sidedoors --graph graph.json --agencies agencies.csv --agreements 287g.csv --owner our-city-pd --to out-of-state \\
      --onward 0 --picture ways.svg --json
  $ comity sidedoors --graph graph.json --agencies agencies.csv --agreements 287g.csv --every-owner --to immigration`;

async function sideDoors(options: SideDoorsOptions, cli: Cli): Promise<ExitCode> {
  if ((options.owner === undefined) === (options.everyOwner !== true)) {
    throw new CliError('usage', 'say whose reads: --owner OWNER, or --every-owner');
  }
  try {
    const files = vendorFilesOf(options);
    if (files === undefined) return await inFederation(options, cli);
    if (options.owner === undefined) return await surveyVendor(files, options, cli);
    return await vendorSideDoors(options.owner, files, options, cli);
  } catch (error) {
    if (error instanceof PolicyError) throw policyProblem(error);
    throw error;
  }
}

async function inFederation(options: SideDoorsOptions, cli: Cli): Promise<ExitCode> {
  const { owner: id, to } = options;
  if (id === undefined) throw new CliError('usage', "--every-owner is for a vendor's network");
  const source = await federationSource(id, options, cli);
  const started = cli.clock.now();
  const graph = federationReach({ ...source, target: to, now: started });
  const doors = findSideDoors(graph, { ways: options.list, tried: MAX_TRIED });
  const took = cli.clock.now() - started;
  if (options.picture !== undefined) await writePicture(options.picture, doors, titleOf(id, to, doors));
  const rule = source.rule === undefined ? null : { version: source.rule.version, digest: ruleDigest(source.rule) };
  if (options.json === true) {
    const about = { owner: id, to, parties: source.parties.length, rule, milliseconds: took };
    printJson(cli.terminal, sideDoorsDocument(doors, about));
  } else {
    for (const line of describeSideDoors(doors, { name: id, target: to, took })) cli.terminal.out(line);
    const by = rule === null ? 'no rule, so that nothing is given' : `version ${rule.version} of its rule`;
    cli.terminal.out(`as ${source.parties.length} agencies are attested now, and by ${by}`);
    if (options.picture !== undefined) cli.terminal.out(`the picture is in ${options.picture}`);
  }
  return doors.reached.length === 0 ? EXIT.ok : EXIT.denied;
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
