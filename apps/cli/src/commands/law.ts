import type { Command } from 'commander';
import {
  VOCABULARY,
  attestedLaw,
  bindsOf,
  levelOf,
  newestReading,
  parityTable,
  profileDigest,
  profiles,
  statutesBehind,
  vocabularyDocument,
  type Profile,
} from '#policy';
import type { JsonValue } from '#protocol';
import { CliError } from '../cli-error.js';
import { EXIT } from '../exit-codes.js';
import { printJson } from '../json-output.js';
import { withJson, type OutputOptions } from '../options.js';
import type { Cli, CliPorts } from '../ports.js';
import { table } from '../table.js';
import { bold, dim, type Line } from '../terminal.js';

const NOTICE = 'drafts of law; not legal advice, and no law until an authority has signed';

/** What the law of each legal order is read to say. Offline: the profiles are part of the program. */
export function addLaw(law: Command, cli: Cli): void {
  withJson(
    law
      .command('list')
      .description('the legal orders whose law has been read')
      .addHelpText('after', `\nExamples:\n  $ comity law list\n  $ comity law list --json`)
      .action((options: OutputOptions) => {
        if (options.json === true) printJson(cli.terminal, [...profiles().values()].map(summaryOf));
        else for (const line of listed()) cli.terminal.out(line);
        cli.exit(EXIT.ok);
      }),
  );
  withJson(
    law
      .command('show')
      .description('what the law of one legal order is read to say, with citation, source, day and confidence')
      .argument('<id>', 'WA, OR, ... a state; DEU, GBR a country')
      .addHelpText('after', `\n${CONFIDENCE}\n\nExamples:\n  $ comity law show WA\n  $ comity law show VA --json`)
      .action((id: string, options: OutputOptions) => {
        const profile = profileNamed(id);
        if (options.json === true) printJson(cli.terminal, profile as unknown as JsonValue);
        else show(profile, cli);
        cli.exit(EXIT.ok);
      }),
  );
  withJson(
    law
      .command('protection')
      .description('a protection: its question, its levels, and the law that stands behind each')
      .argument('[id]', 'retention, immigration-use ...; without it all of them are named')
      .addHelpText('after', `\nExamples:\n  $ comity law protection\n  $ comity law protection retention`)
      .action((id: string | undefined, options: OutputOptions) => {
        const shown = id === undefined ? [...VOCABULARY.protections.keys()] : [id];
        if (options.json === true) printJson(cli.terminal, shown.map(protectionOf));
        else if (id === undefined) for (const line of questions()) cli.terminal.out(line);
        else showProtection(id, cli);
        cli.exit(EXIT.ok);
      }),
  );
  law
    .command('attest')
    .description("a legal order's profile as an entry of an authority's register, to be corrected and signed; JSON")
    .argument('<id>', 'WA, OR, ... a state; DEU, GBR a country')
    .addHelpText('after', `\n${ATTEST}\n\nExample:\n  $ comity law attest WA > wa.json`)
    .action((id: string) => {
      const { attests, ...entry } = attestedLaw(profileNamed(id));
      printJson(cli.terminal, { ...entry, attests });
      cli.exit(EXIT.ok);
    });
  law
    .command('vocabulary')
    .description('every word that rules and attestations are written in, with the law behind it, as Markdown')
    .addHelpText('after', `\nExample:\n  $ comity law vocabulary > docs/vocabulary.md`)
    .action(() => {
      for (const line of vocabularyDocument(VOCABULARY).trimEnd().split('\n')) cli.terminal.out(line);
      cli.exit(EXIT.ok);
    });
  law
    .command('parity')
    .description('who may read from whom, all legal orders against all, as Markdown')
    .addHelpText('after', `\nExample:\n  $ comity law parity > docs/parity.md`)
    .action(() => {
      for (const line of parityTable(newestReading()).trimEnd().split('\n')) cli.terminal.out(line);
      cli.exit(EXIT.ok);
    });
}

const CONFIDENCE = `Confidence: H the primary text was seen, M a summary or press was seen. What is less sure is listed as unverified and attests
nothing. A day of effect of \`-\` was not verified: the statement counts from the day of reading.`;

const ATTEST = `One trust mark for each entry of \`attests\`. Whoever signs has read the law itself: remove what it does not say, correct levels,
citations, dates and the classes of agency that it reaches. What is unverified in the profile is not in it.`;

function profileNamed(id: string): Profile {
  const profile = profiles().get(id);
  if (profile) return profile;
  const known = [...profiles().keys()].join(', ');
  throw new CliError('usage', `no legal order \`${id}\``, { remedy: `one of: ${known}` });
}

function summaryOf(profile: Profile): JsonValue {
  const { id, name, version, as_of, statements, unverified } = profile;
  const confidence = [...new Set(statements.map((each) => each.confidence))].sort().join(', ');
  const digest = profileDigest(profile);
  return { id, name, version, as_of, digest, confidence, statements: statements.length, unverified: unverified.length };
}

function listed(): Line[] {
  const rows = [...profiles().values()].map((profile) => {
    const { id, name, version, as_of, statements, unverified } = profile;
    const confidence = [...new Set(statements.map((each) => each.confidence))].sort().join(', ');
    return [id, name, `v${version}`, as_of, `${statements.length}`, confidence, `${unverified.length}`];
  });
  return [
    NOTICE,
    ...table(['id', 'legal order', 'version', 'read on', 'statements', 'confidence', 'unverified'], rows),
  ];
}

function show(profile: Profile, { terminal }: CliPorts): void {
  terminal.out([bold(`${profile.name} (${profile.id}), version ${profile.version}, read on ${profile.as_of}`)]);
  terminal.out(profile.notice);
  terminal.out(`reaches ${profile.binds.classes.join(', ')}: ${profile.binds.reading}`);
  terminal.out(`digest ${profileDigest(profile)}`);
  terminal.out('');
  const rows = profile.statements.map((each) => [
    each.protection,
    each.level,
    each.basis,
    each.confidence,
    each.effective_from?.slice(0, 10) ?? '-',
    each.citation,
  ]);
  for (const line of table(['attests', 'level', 'basis', 'sure', 'from', 'citation'], rows)) terminal.out(line);
  for (const each of profile.statements) {
    const only = each.binds === undefined ? '' : ` [${bindsOf(profile, each).join(', ')} only]`;
    terminal.out(['  ', dim(`${each.protection}: ${each.reading}${only} (${each.source})`)]);
  }
  for (const each of profile.remarks) terminal.out(`remark: ${each.reading} (${each.citation})`);
  for (const { protection, level, reading, why } of profile.unverified) {
    const about = protection === null ? '' : ` \`${protection}\`${level === null ? '' : ` at \`${level}\``}`;
    terminal.out(`unverified, attests nothing:${about} ${reading} (${why})`);
  }
}

function questions(): Line[] {
  const rows = [...VOCABULARY.protections.values()].map(({ id, question, subject, levels }) => [
    id,
    subject,
    `${levels.length}`,
    question,
  ]);
  return table(['protection', 'of', 'levels', 'question'], rows);
}

function protectionOf(id: string): JsonValue {
  const protection = VOCABULARY.protections.get(id);
  if (!protection) throw new CliError('usage', `no protection \`${id}\``, { remedy: 'comity law protection' });
  return {
    id,
    question: protection.question,
    subject: protection.subject,
    covered_by: [...(protection.coveredBy ?? [])],
    levels: protection.levels.map((level) => ({ id: level.id, text: level.text, statutes: statutesOf(id, level.id) })),
  };
}

function statutesOf(protection: string, level: string): JsonValue[] {
  return statutesBehind(protection, level).map(({ profile, statement }) => ({
    profile: profile.id,
    citation: statement.citation,
    confidence: statement.confidence,
    source: statement.source,
    as_of: statement.as_of,
  }));
}

function showProtection(id: string, { terminal }: CliPorts): void {
  const protection = VOCABULARY.protections.get(id);
  if (!protection) throw new CliError('usage', `no protection \`${id}\``, { remedy: 'comity law protection' });
  terminal.out([bold(protection.question)]);
  for (const level of protection.levels) {
    terminal.out(`  ${level.id}: ${levelOf(VOCABULARY, id, level.id)?.text ?? ''}`);
    for (const { profile, statement } of statutesBehind(id, level.id)) {
      terminal.out(['    ', dim(`${profile.id} ${statement.citation} (${statement.confidence})`)]);
    }
  }
}
