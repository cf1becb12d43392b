import type { Code } from './codes.js';
import { statutesBehind } from './profiles.js';
import type { Level, Protection } from './scale.js';
import type { Vocabulary } from './vocabulary-shape.js';

/** A vocabulary as a page to read: every protection with the law behind each level, every closed list. Markdown. */
export function vocabularyDocument(vocabulary: Vocabulary): string {
  const { version, digest } = vocabulary;
  return [
    `# The vocabulary, version ${version}`,
    '',
    'Written by `npm run -s comity -- law vocabulary`; do not edit. Rules name it by its digest:',
    `\`${digest}\`. The law behind a level is that of the [profiles](law.md): drafts, not legal advice. In brackets the confidence:`,
    'H the primary text was seen, M a summary or press was seen. Levels stand in order, the weakest first.',
    '',
    '## Protections',
    '',
    ...[...vocabulary.protections.values()].flatMap(protectionLines),
    ...list('Kinds of query', vocabulary.kinds, (kind) =>
      kind.pattern ? ' (pattern search: denied unless a rule names it)' : '',
    ),
    ...list('Purposes', vocabulary.purposes),
    ...list('Classes of agency', vocabulary.agencyClasses, marksOfClass),
    ...list('Exceptions', vocabulary.exceptions),
    ...list('Legal process, weakest first', vocabulary.legalProcess),
    ...list('On what an attestation rests, strongest first', vocabulary.bases),
    ...list('Declarations', vocabulary.declarations, ({ sworn }) => (sworn ? ' (sworn)' : '')),
    ...list('Owners of cameras', vocabulary.cameraOwnerClasses),
    ...list('Fields of a read', vocabulary.readFields),
    ...list(
      'Files that lists of wanted plates come from',
      vocabulary.hotListSources,
      ({ ground, immigration }) => ` (${ground}${immigration ? ', immigration' : ''})`,
    ),
    ...list(
      'Offences (NIBRS)',
      vocabulary.offences,
      ({ immigration, catchAll, retired }) =>
        `${immigration ? ' (immigration)' : ''}${catchAll ? ' (says nothing)' : ''}${retired ? ' (retired)' : ''}`,
    ),
  ].join('\n');
}

function protectionLines({ id, question, subject, levels, coveredBy }: Protection): string[] {
  const about = subject === 'agency' ? 'A fact about one agency, which its superior states.' : undefined;
  const covering = coveredBy && `Answered as well by ${coveredBy.map((each) => `\`${each}\``).join(', ')}.`;
  const notes = [about, covering].filter((note) => note !== undefined);
  const head = [`### \`${id}\``, '', [capital(question), ...notes].join(' '), ''];
  return [...head, ...levels.map((level) => levelLine(id, level)), ''];
}

function levelLine(protection: string, { id, text }: Level): string {
  const behind = statutesBehind(protection, id).map(
    ({ profile, statement }) => `${profile.id} ${statement.citation} [${statement.confidence}]`,
  );
  return `- \`${id}\`: ${text}${behind.length > 0 ? `. ${behind.join('; ')}` : ''}`;
}

function list<T extends Code>(
  title: string,
  codes: ReadonlyMap<string, T>,
  mark: (code: T) => string = () => '',
): string[] {
  return [`## ${title}`, '', ...[...codes.values()].map((code) => `- \`${code.id}\`: ${code.text}${mark(code)}`), ''];
}

function marksOfClass(code: { federal?: true; private?: true; immigration?: true }): string {
  const marks = [code.federal && 'federal', code.private && 'private', code.immigration && 'immigration'].filter(
    Boolean,
  );
  return marks.length > 0 ? ` (${marks.join(', ')})` : '';
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
