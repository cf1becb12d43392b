import { lawInForce } from '../law-in-force.js';
import type { Profile } from '../profile.js';
import { profiles } from '../profiles.js';
import type { Rule } from '../rule.js';
import { VOCABULARY, levelOf, vocabularyByDigest } from '../vocabulary.js';
import { parityOfPair, protectionOf, ruleUnder, type PairOutcome, type ParityOfPair } from './parity-of-pair.js';
import type { Enclosed } from './standard-request.js';

const SIGNS: Readonly<Record<Exclude<PairOutcome, 'missing'>, string>> = {
  reads: '●',
  'on-conditions': '◐',
  closed: '✕',
};

const HEAD = `# Who may read from whom

Written by \`npm run -s comity -- law parity\`; do not edit. Drafts of law as read on the days stated in the profiles, decided by
the engine of an exchange; not legal advice, and no law until the authorities have signed ([how to read it](law.md)).

Each agency has the starting rule of its legal profile and every fact about itself attested at its best, so that nothing but law
tells them apart. The request is an ordinary one: one plate over the last day, for a robbery, approved. An agency under the law
of the row **asks**, an agency under the law of the column **holds**.

- ● may read. ◐ may read once the request encloses what the holder's law asks for: a declaration, reasonable suspicion, the order of
  a court.
- A number: so many protections of the holder's law are not matched. ✕ the holder's law gives to others only.
`;

interface HolderColumn {
  readonly profile: Profile;
  readonly rule: Rule;
  readonly pairs: readonly ParityOfPair[];
}

/**
 * The table of all profiles against all, as Markdown: a matrix, and for each holder what each requester lacks.
 *
 * @param now milliseconds; the law in force then
 */
export function parityTable(now: number): string {
  const all = [...profiles().values()];
  const columns = all.map((profile): HolderColumn => {
    const rule = ruleUnder(profile, all, now);
    return { profile, rule, pairs: all.map((requester) => parityOfPair(profile, requester, rule, now)) };
  });
  return [HEAD, matrix(columns), counts(columns), attested(columns, now), ...columns.map(holder)].join('\n');
}

/** Noon of the newest day on which a profile was read: the same table on every day on which nobody read a law anew. */
export function newestReading(): number {
  return Math.max(...[...profiles().values()].map(({ as_of }) => Date.parse(`${as_of}T12:00:00Z`)));
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function matrix(columns: readonly HolderColumn[]): string {
  const ids = columns.map(({ profile }) => profile.id);
  const rows = ids.map((id, index) => row([`**${id}**`, ...columns.map(({ pairs }) => cell(pairs[index]))]));
  return ['', row(['asks \\ holds', ...ids]), row(['---', ...ids.map(() => ':-:')]), ...rows, ''].join('\n');
}

function cell(pair: ParityOfPair | undefined): string {
  if (pair === undefined) return '';
  return pair.outcome === 'missing' ? String(pair.missing.length) : SIGNS[pair.outcome];
}

function counts(columns: readonly HolderColumn[]): string {
  const pairs = columns.flatMap((column) => column.pairs).filter(({ owner, requester }) => owner !== requester);
  const of = (outcome: PairOutcome): number => pairs.filter((pair) => pair.outcome === outcome).length;
  return (
    `Of ${pairs.length} pairs of two legal orders ${of('reads')} may read, ${of('on-conditions')} may on conditions, ` +
    `${of('missing')} lack a protection, ${of('closed')} face a law that gives to others only.\n`
  );
}

/** The protections of law that any starting rule demands, and what each law says of them. */
function attested(columns: readonly HolderColumn[], now: number): string {
  const demanded = columns.flatMap(({ rule }) => rule.release?.plate_history?.require ?? []);
  const names = new Set(demanded.map(({ protection }) => protection));
  const shown = [...VOCABULARY.protections.values()].filter(({ id, subject }) => subject === 'law' && names.has(id));
  const rows = columns.map(({ profile }) => {
    const law = lawInForce(profile, now);
    const level = (id: string): string => {
      const found = law.find(({ protection }) => protection === id);
      if (found === undefined) return '·';
      return found.binds === undefined ? found.level : `${found.level} (${found.binds.join(', ')})`;
    };
    return row([profile.id, ...shown.map(({ id }) => level(id))]);
  });
  const head = [row(['', ...shown.map(({ id }) => `\`${id}\``)]), row(['---', ...shown.map(() => '---')])];
  const title = '## What each law says of the protections that are demanded';
  return [
    title,
    '',
    'A dot: nothing was read that says anything of it, or nothing that was verified.',
    '',
    ...head,
    ...rows,
    '',
  ].join('\n');
}

function holder({ profile, rule, pairs }: HolderColumn): string {
  const demands = (rule.release?.plate_history?.require ?? []).map((each) => {
    const level = 'at_least' in each ? each.at_least : 'as strict as its own';
    const vocabulary = vocabularyByDigest(rule.vocabulary);
    const text = vocabulary && levelOf(vocabulary, each.protection, level)?.text;
    return `- \`${each.protection}\` at \`${level}\`${text ? ` (${text})` : ''}: ${each.source ?? ''}`;
  });
  const groups = new Map<string, string[]>();
  for (const pair of pairs) {
    const key = describe(pair, rule);
    groups.set(key, [...(groups.get(key) ?? []), pair.requester]);
  }
  const rows = [...groups].map(([what, requesters]) => `| ${requesters.join(', ')} | ${what} |`);
  const title = `## ${profile.name} (${profile.id}) holds`;
  return [
    title,
    '',
    'Parity with its own law demands of whoever reads:',
    '',
    ...demands,
    '',
    '| asks | |',
    '|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function describe({ outcome, missing, encloses }: ParityOfPair, rule: Rule): string {
  const lacks = missing.map((reason) => `\`${protectionOf(reason)}\``).join(', ');
  switch (outcome) {
    case 'reads':
      return 'may read';
    case 'on-conditions':
      return `may read with ${encloses ? enclosedText(encloses, rule) : ''}`;
    case 'missing':
      return `lacks ${lacks}`;
    case 'closed':
      return `the law gives to others only${missing.length > 0 ? `; besides, lacks ${lacks}` : ''}`;
  }
}

function enclosedText({ process, declared }: Enclosed, rule: Rule): string {
  const conditions = rule.release?.plate_history;
  const codes = conditions?.recipients.flatMap(({ declarations }) => declarations ?? []) ?? [];
  const sworn = new Set(codes.map((each) => `the declaration \`${each.declaration}\`${each.sworn ? ', sworn' : ''}`));
  const text = vocabularyByDigest(rule.vocabulary)?.legalProcess.get(process)?.text ?? process;
  return [...(declared ? sworn : []), ...(process === 'documented-purpose' ? [] : [text])].join(' and ');
}
