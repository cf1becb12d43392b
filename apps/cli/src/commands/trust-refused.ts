import type { Command } from 'commander';
import { isJsonObject, type JsonObject } from '#protocol';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { printJson } from '../json-output.js';
import { objectsIn, optionalText, textIn } from '../json-reading.js';
import { agencyUrl, signedIn, withJson, withSession, type OutputOptions, type SessionOptions } from '../options.js';
import { AgencyClient } from '../agency-client.js';
import type { Cli } from '../ports.js';
import { bad, bold, dim, good, warn, type Line } from '../terminal.js';

/** Marks that a node does not believe, and attestors in quarantine. */
export function addTrustRefused(trust: Command, cli: Cli): void {
  const list = trust
    .command('refused')
    .description('marks that a node was shown and does not believe, and whom it has in quarantine')
    .argument('<node>', 'address of an agency’s node or of a broker', agencyUrl)
    .addHelpText('after', LIST_HELP)
    .action(async (node: string, options: OutputOptions) => cli.exit(await refused(node, options, cli)));
  withJson(list);
  const end = trust
    .command('end-quarantine')
    .description('end a quarantine before its day is over; the first person proposes it, another one ends it')
    .argument('<issuer>', 'entity id of the attestor', agencyUrl)
    .argument('<protection>', 'in which it is not believed')
    .requiredOption('--reason <text>', 'why: everybody reads it, so no name of a person and no plate')
    .addHelpText('after', END_HELP)
    .action(async (issuer: string, protection: string, options: SessionOptions & { reason: string }) =>
      cli.exit(await endQuarantine({ issuer, protection, reason: options.reason }, options, cli)),
    );
  withSession(end);
}

const LIST_HELP = `
An attestor that signs a mark about somebody of whom it may not speak is not believed in that protection, about anybody, for a day;
its other protections stand. The list is public, is kept over a restart, and goes back three months.

Example:
  $ comity trust refused https://node.agency.example`;

const END_HELP = `
Only at your agency's node and only for it. It needs two persons with the role rule_admin; who they were and why stays in the list.
At a broker nobody ends a quarantine: it ends with its day.

Exit code: 0 ended, 5 proposed, and another person has to say the same.

Example:
  $ comity trust end-quarantine https://authority.example/jurisdictions/ga retention --reason "a slip, withdrawn" --as admin`;

async function refused(node: string, options: OutputOptions, cli: Cli): Promise<ExitCode> {
  const document = await new AgencyClient(cli.network, node).get('/register/refused-marks');
  if (options.json === true) printJson(cli.terminal, document);
  else
    for (const line of described(objectsIn(document, 'refused_marks'), node, cli.clock.now())) cli.terminal.out(line);
  return EXIT.ok;
}

function described(marks: readonly JsonObject[], node: string, now: number): Line[] {
  if (marks.length === 0) return [`${node} was shown no mark that it does not believe`];
  return marks.flatMap((mark): Line[] => [
    [dim(textIn(mark, 'told_at')), '  ', bad(textIn(mark, 'code')), '  shown by ', bold(textIn(mark, 'shown_by'))],
    ['  ', dim(`mark ${textIn(mark, 'mark')}`)],
    ...(isJsonObject(mark['quarantine']) ? quarantineLines(mark['quarantine'], now) : []),
  ]);
}

function quarantineLines(quarantine: JsonObject, now: number): Line[] {
  const text = `${textIn(quarantine, 'issuer')} attests nothing of ${textIn(quarantine, 'protection')} here`;
  const reason = optionalText(quarantine, 'end_reason');
  const because = reason === undefined ? '' : `: ${reason}`;
  const ended = optionalText(quarantine, 'ended_at');
  if (ended !== undefined) return [['  ', good('ended'), ` by two persons on ${ended}${because}`]];
  const until = textIn(quarantine, 'until');
  if (Date.parse(until) <= now) return [['  ', dim(`was in quarantine until ${until}`)]];
  return [
    ['  ', warn('quarantine'), `  ${text} until ${until}`],
    ...(reason === undefined ? [] : [`  one person wants to end it${because}`]),
  ];
}

async function endQuarantine(
  wish: { readonly issuer: string; readonly protection: string; readonly reason: string },
  options: SessionOptions,
  cli: Cli,
): Promise<ExitCode> {
  const client = await signedIn(options, cli);
  const answer = await client.post('/register/quarantine-ends', wish);
  const proposed = textIn(answer, 'state') === 'proposed';
  if (options.json === true) printJson(cli.terminal, answer);
  else if (proposed)
    cli.terminal.out([bold('proposed'), '  another person with the role rule_admin has to say the same']);
  else cli.terminal.out([bold('ended'), `  ${wish.issuer} is believed in ${wish.protection} again, here`]);
  return proposed ? EXIT.pending : EXIT.ok;
}
