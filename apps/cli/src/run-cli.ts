import { CommanderError } from 'commander';
import { CliError, exitOf } from './cli-error.js';
import { CliCommand } from './command.js';
import { addAlert } from './commands/alert.js';
import { addApprove } from './commands/approve.js';
import { addDisapprove } from './commands/disapprove.js';
import { addAsk } from './commands/ask.js';
import { addAuthority } from './commands/authority.js';
import { addCamera } from './commands/camera.js';
import { addCourt } from './commands/court.js';
import { addDecide } from './commands/decide.js';
import { addHotList } from './commands/hotlist.js';
import { addKeys } from './commands/keys.js';
import { addLaw } from './commands/law.js';
import { addDuty } from './commands/duty.js';
import { addEvidenceExport } from './commands/evidence-export.js';
import { addEvidenceVerify } from './commands/evidence-verify.js';
import { addHold } from './commands/hold.js';
import { addRetention } from './commands/retention.js';
import { addLedgerFsck } from './commands/ledger-fsck.js';
import { addLedgerVerify } from './commands/ledger-verify.js';
import { addLedgerWatch } from './commands/ledger-watch.js';
import { addLogin } from './commands/login.js';
import { addLogout } from './commands/logout.js';
import { addMore } from './commands/more.js';
import { addReadsCite } from './commands/reads-cite.js';
import { addReadsExport } from './commands/reads-export.js';
import { addReadsImport } from './commands/reads-import.js';
import { addReconcile } from './commands/reconcile.js';
import { addRequests } from './commands/requests.js';
import { addRuleDiff } from './commands/rule-diff.js';
import { addRuleExplain } from './commands/rule-explain.js';
import { addRuleInit } from './commands/rule-init.js';
import { addRuleLint } from './commands/rule-lint.js';
import { addRulePublish } from './commands/rule-publish.js';
import { addRuleSchema } from './commands/rule-schema.js';
import { addRuleShow } from './commands/rule-show.js';
import { addRuleSimulate } from './commands/rule-simulate.js';
import { addShow } from './commands/show.js';
import { addSideDoors } from './commands/sidedoors.js';
import { addTraceMark } from './commands/trace-mark.js';
import { addTrace } from './commands/trace.js';
import { addWarrant } from './commands/warrant.js';
import { addWitness } from './commands/witness.js';
import { addTrustExplain } from './commands/trust-explain.js';
import { addTrustRefused } from './commands/trust-refused.js';
import { addTrustResolve } from './commands/trust-resolve.js';
import { EXIT, EXIT_HELP, type ExitCode } from './exit-codes.js';
import { printJson } from './json-output.js';
import type { Cli, CliPorts } from './ports.js';
import { bad, bold, type Terminal } from './terminal.js';

/**
 * Runs one command and returns its exit code. Nothing is thrown: what goes wrong is said in one line, with what to do.
 *
 * @param argv without the program's own name
 */
export async function runCli(argv: readonly string[], ports: CliPorts): Promise<ExitCode> {
  let exit: ExitCode = EXIT.ok;
  const program = programOf({
    ...ports,
    exit: (code) => {
      exit = code;
    },
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exit;
  } catch (error) {
    return explain(error, ports.terminal, argv.includes('--json'));
  } finally {
    ports.terminal.progress(undefined);
  }
}

function programOf(cli: Cli): CliCommand {
  const { terminal } = cli;
  const program = new CliCommand('comity')
    .description('Ask for licence-plate reads across a border, decide, and check afterwards what happened.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => lines(text).forEach((line) => terminal.out(line)),
      writeErr: (text) => lines(text).forEach((line) => terminal.err(line)),
    })
    .showHelpAfterError('(add --help to see how it is used)')
    .addHelpText('after', `\n${EXAMPLES}\n\n${EXIT_HELP}`);
  program.commandsGroup('People of an agency:');
  addLogin(program, cli);
  addLogout(program, cli);
  addAsk(program, cli);
  addApprove(program, cli);
  addDisapprove(program, cli);
  addRequests(program, cli);
  addShow(program, cli);
  addMore(program, cli);
  addHotList(program, cli);
  addAlert(program, cli);
  addWarrant(program, cli);
  addDuty(program, cli);
  program.commandsGroup('Auditors, and everybody who wants to check:');
  addTrace(program, cli);
  addReconcile(program, cli);
  const trust = program.command('trust').description('who somebody is, and what binds them');
  addTrustResolve(trust, cli);
  addTrustExplain(trust, cli);
  addTrustRefused(trust, cli);
  const ledger = program.command('ledger').description('check a ledger');
  addLedgerVerify(ledger, cli);
  addLedgerWatch(ledger, cli);
  addLedgerFsck(ledger, cli);
  addWitness(program, cli);
  const evidence = program.command('evidence').description('a transaction as one file for a court');
  addEvidenceExport(evidence, cli);
  addEvidenceVerify(evidence, cli);
  program.commandsGroup('Data owners:');
  const rule = program
    .command('rule')
    .description("write, check, compare, try out and change an agency's sharing rule");
  addRuleInit(rule, cli);
  addRuleLint(rule, cli);
  addRuleExplain(rule, cli);
  addRuleDiff(rule, cli);
  addRuleSimulate(rule, cli);
  addRulePublish(rule, cli);
  addRuleShow(rule, cli);
  addRuleSchema(rule, cli);
  addDecide(program, cli);
  addLaw(program.command('law').description('what the law of each legal order is read to say'), cli);
  addSideDoors(program, cli);
  const reads = program.command('reads').description("an agency's own reads");
  addReadsImport(reads, cli);
  addCamera(program.command('camera').description('the cameras that post to an agency’s node'), cli);
  addReadsExport(reads, cli);
  addReadsCite(reads, cli);
  addTraceMark(program, cli);
  addRetention(program, cli);
  addHold(program, cli);
  program.commandsGroup('Operators of a node:');
  addKeys(program, cli);
  program.commandsGroup('Courts:');
  addCourt(program, cli);
  program.commandsGroup('Persons of an authority:');
  addAuthority(program, cli);
  return program;
}

const EXAMPLES = `One exchange, from the ask to the proof:
  $ comity login --agency https://node.agency.example --as officer
  $ comity ask --plate 7ABC123:OR --from 2026-11-01T00:00:00-07:00 --until 2026-11-08T00:00:00-07:00 \\
      --owner https://node.other.example --case 26-01234 --offence 120 --purpose criminal-investigation \\
      --narrative "Robbery; a witness read this plate" --beneficiary none --legal-process documented-purpose
  $ comity login --agency https://node.agency.example --as supervisor
  $ comity approve TXN --as supervisor --wait
  $ comity show TXN --as officer
  $ comity trace TXN --as officer --anchors anchors.json

Every command explains itself with --help, and prints JSON with --json.`;

function lines(text: string): string[] {
  return text.replace(/\n$/, '').split('\n');
}

function explain(error: unknown, terminal: Terminal, json: boolean): ExitCode {
  if (error instanceof CommanderError) return ofCommander(error, terminal, json);
  const failure =
    error instanceof CliError ? error : new CliError('refused', error instanceof Error ? error.message : 'it failed');
  const exit = exitOf(failure.code);
  const { message, code } = failure;
  const { remedy, details = [], problem } = failure.more;
  if (json) {
    const told = { code: problem ?? code, message, ...(remedy === undefined ? {} : { remedy }), details: [...details] };
    printJson(terminal, { error: { ...told, exit } });
    return exit;
  }
  const named = problem === undefined || problem === code ? '' : ` (${problem})`;
  terminal.err([bad('comity: '), bold(message), named]);
  for (const detail of details) terminal.err(`  ${detail}`);
  if (remedy !== undefined) terminal.err(`  → ${remedy}`);
  return exit;
}

/** The parser has printed its own message; help that was asked for is no error. */
function ofCommander(error: CommanderError, terminal: Terminal, json: boolean): ExitCode {
  if (error.exitCode === 0) return EXIT.ok;
  if (json) {
    const message = error.message.replace(/^error: /, '');
    printJson(terminal, { error: { code: 'usage', message, details: [], exit: EXIT.usage } });
  }
  return EXIT.usage;
}
