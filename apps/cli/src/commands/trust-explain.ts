import type { Command } from 'commander';
import type { JsonObject } from '#protocol';
import { TrustError, type PinnedAnchor } from '#trust';
import type { CollectionReport, TrustDirectory } from '#trust/io';
import { readAnchors, withAnchors, type AnchorOptions } from '../anchors-file.js';
import { agencyDocument, explainedAgency } from '../explained-agency.js';
import { explainedMember, memberDocument } from '../explained-member.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { printJson } from '../json-output.js';
import { agencyUrl, withJson, type OutputOptions } from '../options.js';
import type { Cli } from '../ports.js';
import { collectedDirectory } from '../resolve-chain.js';
import { refusedChain } from '../resolved-chain.js';
import type { Line } from '../terminal.js';

type TrustExplainOptions = AnchorOptions & OutputOptions;

export function addTrustExplain(trust: Command, cli: Cli): void {
  const command = trust
    .command('explain')
    .description('who somebody is and what binds them, in words, and what nobody attests')
    .argument('<id>', 'entity id of an agency, a broker, an authority, a court or an auditor', agencyUrl)
    .addHelpText('after', HELP)
    .action(async (id: string, options: TrustExplainOptions) => cli.exit(await trustExplain(id, options, cli)));
  withJson(withAnchors(command));
}

const HELP = `
Reads the registers below your anchors as a node does. Of an agency it says for each protection of the vocabulary what is
attested: the level in words, by which statute, from which source, and since when; and who else comes to what it receives.
What is attested in one jurisdiction of the agency and not in another is missing there: a rule is met only where every one
meets it. What is missing is not met by any rule that requires it. Of a jurisdiction it prints the law that it attests, of a
court what it may sign, of an auditor what it may read, of a broker and an anchor what they are there for.

Exit code: 0 said, 6 no anchor vouches for it or it does not stand, 7 the anchor or the entity cannot be reached.

Examples:
  $ comity trust explain https://node.agency.example --anchors anchors.json
  $ comity trust explain https://authority.example/jurisdictions/or --json`;

async function trustExplain(id: string, options: TrustExplainOptions, cli: Cli): Promise<ExitCode> {
  const anchors = await readAnchors(options, cli);
  cli.terminal.progress('reading the registers ...');
  const { directory, report } = await collectedDirectory(anchors, cli);
  cli.terminal.progress(undefined);
  const { document, lines } = await explained(id, { anchors, directory, report });
  if (options.json === true) printJson(cli.terminal, document);
  else for (const line of lines) cli.terminal.out(line);
  return EXIT.ok;
}

interface Collected {
  readonly anchors: readonly PinnedAnchor[];
  readonly directory: TrustDirectory;
  readonly report: CollectionReport;
}

/** @throws CliError `unverified`, `unreachable` */
async function explained(
  id: string,
  { anchors, directory, report }: Collected,
): Promise<{ document: JsonObject; lines: readonly Line[] }> {
  try {
    if (anchors.some(({ entityId }) => entityId === id)) {
      const anchor = { kind: 'anchor', anchor: directory.anchor(id), members: directory.members() } as const;
      return { document: memberDocument(anchor), lines: explainedMember(anchor) };
    }
    const chain = directory.chainFor(id);
    if (chain.entityType === 'comity_agency') {
      const view = await directory.agencyView(directory.statementsFor(id));
      return { document: agencyDocument(view), lines: explainedAgency(view) };
    }
    directory.statuses.requireChain(chain);
    const { marks, refusedMarks } =
      chain.entityType === 'comity_jurisdiction' ? directory.jurisdiction(id) : { marks: [], refusedMarks: [] };
    const member = { kind: 'member', chain, marks, refusedMarks, members: directory.members() } as const;
    return { document: memberDocument(member), lines: explainedMember(member) };
  } catch (error) {
    if (!(error instanceof TrustError)) throw error;
    // That it is not held says less than why it could not be collected.
    const failure =
      error.code === 'entity_unknown' ? report.failures.find(({ entityId }) => entityId === id) : undefined;
    throw refusedChain(id, failure ?? error);
  }
}
