import type { Command } from 'commander';
import { VOCABULARY } from '#policy';
import type { JsonObject } from '#protocol';
import { TrustError, type Attestation } from '#trust';
import type { AgencyView, TrustDirectory } from '#trust/io';
import { readAnchors, withAnchors, type AnchorOptions } from '../anchors-file.js';
import { CliError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { printJson } from '../json-output.js';
import { agencyUrl, withJson, type OutputOptions } from '../options.js';
import type { Cli } from '../ports.js';
import { refusedChain } from '../resolved-chain.js';
import { bad, bold, dim, good, type Line } from '../terminal.js';

type TrustExplainOptions = AnchorOptions & OutputOptions;

export function addTrustExplain(trust: Command, cli: Cli): void {
  const command = trust
    .command('explain')
    .description('what binds an agency now, in words, and what nobody attests for it')
    .argument('<id>', 'entity id of an agency', agencyUrl)
    .addHelpText('after', HELP)
    .action(async (id: string, options: TrustExplainOptions) => cli.exit(await trustExplain(id, options, cli)));
  withJson(withAnchors(command));
}

const HELP = `
Reads the registers below your anchors as a node does, and says for each protection of the vocabulary what is attested: the
level in words, by which statute, from which source, and since when. What is attested in one jurisdiction of the agency and
not in another is missing there: a rule is met only where every one meets it. What is missing is not met by any rule that
requires it.

Exit code: 0 said, 6 no anchor vouches for it or it does not stand, 7 the anchor cannot be reached.

Examples:
  $ comity trust explain https://node.agency.example --anchors anchors.json`;

async function trustExplain(id: string, options: TrustExplainOptions, cli: Cli): Promise<ExitCode> {
  const anchors = await readAnchors(options, cli);
  const { ARCHIVE_NOTHING, FOLLOWED_NOTHING, SEEN_NOTHING, TrustDirectory } = await import('#trust/io');
  const { network, clock } = cli;
  const directory = new TrustDirectory({
    anchors,
    network,
    clock,
    seen: SEEN_NOTHING,
    feeds: FOLLOWED_NOTHING,
    archive: ARCHIVE_NOTHING,
  });
  cli.terminal.progress('reading the registers ...');
  await directory.refresh();
  cli.terminal.progress(undefined);
  const view = await viewOf(id, directory);
  const missing = [...VOCABULARY.protections.keys()].filter((protection) => !isAttested(view, protection));
  if (options.json === true) printJson(cli.terminal, documentOf(view, missing));
  else for (const line of explained(view, missing)) cli.terminal.out(line);
  return EXIT.ok;
}

async function viewOf(id: string, directory: TrustDirectory): Promise<AgencyView> {
  try {
    const chain = directory.chainFor(id);
    if (chain.entityType !== 'comity_agency') {
      const remedy = 'law binds agencies; for others see `comity trust resolve`';
      throw new CliError('usage', `\`${id}\` is a ${chain.entityType}, no agency`, { remedy });
    }
    return await directory.agencyView(directory.statementsFor(id));
  } catch (error) {
    if (error instanceof TrustError) throw refusedChain(id, error);
    throw error;
  }
}

/** Attested about the agency itself, or in every one of its jurisdictions. */
function isAttested({ attestations, jurisdictions, chain }: AgencyView, protection: string): boolean {
  const found = attestations.filter((attestation) => attestation.protection === protection);
  if (found.some(({ subject }) => subject === chain.entityId)) return true;
  return jurisdictions.length > 0 && jurisdictions.every((id) => found.some(({ subject }) => subject === id));
}

function documentOf({ chain, jurisdictions, attestations, refusedMarks }: AgencyView, missing: string[]): JsonObject {
  return {
    entity_id: chain.entityId,
    name: nameOf(chain),
    agency_class: chain.agencyClass ?? null,
    jurisdictions: [...jurisdictions],
    bound_by: attestations.map((found) => ({
      protection: found.protection,
      level: found.level,
      says: saysOf(found),
      basis: found.basis,
      statute: found.statute,
      issuer: found.issuer,
      of: found.subject,
      effective_from: new Date(found.effectiveFrom).toISOString(),
      effective_until: found.effectiveUntil === null ? null : new Date(found.effectiveUntil).toISOString(),
      mark: found.digest,
    })),
    missing,
    not_believed: refusedMarks.map(({ code, entityId }) => ({ code, entity_id: entityId ?? null })),
  };
}

function explained(view: AgencyView, missing: readonly string[]): Line[] {
  const { chain, jurisdictions, attestations, refusedMarks } = view;
  const of = jurisdictions.length === 0 ? 'no jurisdiction: it inherits no law' : jurisdictions.join(', ');
  return [
    [bold(nameOf(chain)), dim(`  ${chain.entityId}`)],
    `class ${chain.agencyClass ?? 'not stated by its superior'}, in ${of}`,
    '',
    [bold(attestations.length === 0 ? 'Nothing is attested that binds it.' : 'It is bound by:')],
    ...attestations.flatMap((found): Line[] => [
      ['  ', good('✓'), ' ', bold(found.protection), ` ${found.level}: ${saysOf(found)}`],
      ['      ', dim(`${found.basis}, ${found.statute}; ${sourceOf(found, chain.entityId)}; ${sinceOf(found)}`)],
    ]),
    '',
    [bold(missing.length === 0 ? 'Every protection of the vocabulary is attested.' : 'Nobody attests for it:')],
    ...missing.map((protection): Line => ['  ', bad('✗'), ` ${protection}`, dim(`  ${questionOf(protection)}`)]),
    ...(refusedMarks.length === 0 ? [] : ['', [bold('Shown and not believed:')]]),
    ...refusedMarks.map(({ code, entityId }): Line => ['  ', bad('✗'), ` ${code}  ${entityId ?? ''}`]),
  ];
}

function nameOf({ stated, entityId }: AgencyView['chain']): string {
  const { name } = stated;
  return typeof name === 'string' ? name : entityId;
}

function questionOf(protection: string): string {
  return VOCABULARY.protections.get(protection)?.question ?? '';
}

/** The level in the vocabulary's own words. */
function saysOf({ protection, level }: Attestation): string {
  const found = VOCABULARY.protections.get(protection)?.levels.find(({ id }) => id === level);
  return found?.text ?? 'a level that this version of the vocabulary does not know';
}

function sourceOf({ issuer, subject }: Attestation, agency: string): string {
  const about = subject === agency ? 'about the agency itself' : `the law of ${subject}`;
  return `${about}, attested by ${issuer === subject ? 'itself' : issuer}`;
}

function sinceOf({ effectiveFrom, effectiveUntil }: Attestation): string {
  const until = effectiveUntil === null ? '' : ` until ${day(effectiveUntil)}`;
  return `in effect since ${day(effectiveFrom)}${until}`;
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
