import { Option, type Command } from 'commander';
import type { JsonObject } from '#protocol';
import { describeAlert, alertRow } from '../describe-alert.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { printJson } from '../json-output.js';
import { countsText, numberIn, objectIn, objectsIn, textIn } from '../json-reading.js';
import { signedIn, transactionId, withSession, type SessionOptions } from '../options.js';
import type { Cli } from '../ports.js';
import { table } from '../table.js';
import { bad, good } from '../terminal.js';
import { addEnd, addFollow } from './alert-follow.js';

export function addAlert(program: Command, cli: Cli): void {
  const alert = program.command('alert').description('hits on hot lists: look, verify, act, report');
  addList(alert, cli);
  addShow(alert, cli);
  addVerify(alert, cli);
  addAct(alert, cli);
  addOutcome(alert, cli);
  addStatistics(alert, cli);
  addFollow(alert, cli);
  addEnd(alert, cli);
}

function addList(alert: Command, cli: Cli): void {
  const command = alert
    .command('list')
    .description('the newest hits')
    .addOption(
      new Option('--state <state>', 'these alone')
        .choices(['open', 'dismissed', 'withdrawn', 'closed'])
        .default('open'),
    )
    .action(async (options: SessionOptions & { state: string }) => {
      const answer = await (await signedIn(options, cli)).get(`/alerts?state=${options.state}`);
      if (options.json === true) printJson(cli.terminal, answer);
      else {
        const rows = objectsIn(answer, 'alerts').map(alertRow);
        if (rows.length === 0) cli.terminal.out(`nothing is ${options.state}`);
        else for (const line of table(HEADERS, rows)) cli.terminal.out(line);
      }
      cli.exit(EXIT.ok);
    });
  withSession(command);
}

const HEADERS = ['alert', 'seen', 'plate', 'listed', 'match', 'source', 'list age', 'state'];

function addShow(alert: Command, cli: Cli): void {
  const command = alert
    .command('show')
    .description('one hit, what is known of it, and what has to be done before anybody acts')
    .argument('<alert>', 'its id', transactionId)
    .action(async (id: string, options: SessionOptions) => {
      print(await (await signedIn(options, cli)).get(`/alerts/${id}`), options, cli);
      cli.exit(EXIT.ok);
    });
  withSession(command);
}

interface VerifyOptions extends SessionOptions {
  readonly plate: string;
  readonly state: string;
  readonly vehicle: string;
  readonly listed: string;
  readonly image: string;
}

function addVerify(alert: Command, cli: Cli): void {
  const command = alert
    .command('verify')
    .description('say what you see in the image; what it comes to is computed')
    .argument('<alert>', 'its id', transactionId)
    .requiredOption('--plate <plate>', 'as the image shows it: read it off, do not copy it')
    .requiredOption('--state <state>', 'two letters, or unreadable')
    .addOption(
      new Option('--vehicle <vehicle>', 'compared with what the list says of it')
        .choices(['same', 'different', 'unreadable', 'not_listed'])
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--listed <answer>', 'does the entry still stand, as whoever entered it says')
        .choices(['yes', 'no'])
        .makeOptionMandatory(),
    )
    .requiredOption('--image <reference>', 'reference or digest of the image that you looked at')
    .addHelpText('after', VERIFY_HELP)
    .action(async (id: string, options: VerifyOptions) => cli.exit(await verify(id, options, cli)));
  withSession(command);
}

const VERIFY_HELP = `
It comes to confirmed, misread, wrong_state, wrong_vehicle or stale. Anything but confirmed ends the alert. For a stop a
second, different person verifies too.

Exit code: 0 confirmed; 3 not confirmed.

Example:
  $ comity alert verify ALERT --plate 7ABC123 --state WA --vehicle same --listed yes --image cam-1/20261129/0001.jpg`;

async function verify(id: string, options: VerifyOptions, cli: Cli): Promise<ExitCode> {
  const seen = {
    plate: options.plate,
    plate_state: options.state,
    vehicle: options.vehicle,
    still_listed: options.listed === 'yes',
  };
  const answer = await (
    await signedIn(options, cli)
  ).post(`/alerts/${id}/verification`, { seen, image: options.image });
  const result = textIn(answer, 'result');
  const confirmed = result === 'confirmed';
  if (options.json === true) printJson(cli.terminal, answer);
  else {
    cli.terminal.out([confirmed ? good('confirmed') : bad(`not confirmed: ${result}; nobody acts on this`)]);
    print(objectIn(answer, 'alert'), options, cli);
  }
  return confirmed ? EXIT.ok : EXIT.denied;
}

function addAct(alert: Command, cli: Cli): void {
  const command = alert
    .command('act')
    .description('record that you act; refused while it is not verified')
    .argument('<alert>', 'its id', transactionId)
    .addOption(
      new Option('--action <action>', 'what is done')
        .choices(['stop', 'follow', 'contact', 'note'])
        .makeOptionMandatory(),
    )
    .action(async (id: string, options: SessionOptions & { action: string }) => {
      const { action } = options;
      print(await (await signedIn(options, cli)).post(`/alerts/${id}/acts`, { action }), options, cli);
      cli.exit(EXIT.ok);
    });
  withSession(command);
}

function addOutcome(alert: Command, cli: Cli): void {
  const command = alert
    .command('outcome')
    .description('report what came of it, once')
    .argument('<alert>', 'its id', transactionId)
    .addOption(
      new Option('--outcome <outcome>', 'what came of it')
        .choices(['right_vehicle', 'wrong_vehicle', 'not_found', 'not_acted'])
        .makeOptionMandatory(),
    )
    .action(async (id: string, options: SessionOptions & { outcome: string }) => {
      const { outcome } = options;
      print(await (await signedIn(options, cli)).post(`/alerts/${id}/outcome`, { outcome }), options, cli);
      cli.exit(EXIT.ok);
    });
  withSession(command);
}

function addStatistics(alert: Command, cli: Cli): void {
  const command = alert
    .command('statistics')
    .description('hits, verified and false, by list; and what cameras take for what')
    .action(async (options: SessionOptions) => {
      const answer = await (await signedIn(options, cli)).get('/alerts/statistics');
      if (options.json === true) printJson(cli.terminal, answer);
      else {
        for (const [list, counts] of Object.entries(objectIn(answer, 'lists'))) {
          cli.terminal.out(`${list}: ${countsText(counts as JsonObject)}`);
        }
        for (const pair of objectsIn(answer, 'misreads')) {
          cli.terminal.out(`${textIn(pair, 'read')} read for ${textIn(pair, 'seen')}: ${numberIn(pair, 'times')}`);
        }
      }
      cli.exit(EXIT.ok);
    });
  withSession(command);
}

function print(alert: JsonObject, options: SessionOptions, cli: Cli): void {
  if (options.json === true) printJson(cli.terminal, alert);
  else for (const line of describeAlert(alert)) cli.terminal.out(line);
}
