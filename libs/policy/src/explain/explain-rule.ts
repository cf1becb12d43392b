import type { AskConditions, ReleaseConditions } from '../conditions.js';
import { QUERY_KINDS, type QueryKind, type Rule } from '../rule.js';
import { vocabularyByDigest, type Vocabulary } from '../vocabulary.js';
import {
  beneficiaryWords,
  budgetWords,
  coarseningWords,
  declarationWords,
  exceptionWords,
  forbidWords,
  obligationWords,
  offencePhrases,
  officerWords,
  processWords,
  purposeWords,
  recipientWords,
  requirementWords,
  scopeWords,
  tierWords,
} from './clause-words.js';
import { anyOf, counted, sourceOf, span, wordsOf, wordsOfAll } from './plain-words.js';

/** A part of the page: a heading, and points below it. */
export interface ExplainedPart {
  readonly heading: string;
  readonly points: readonly string[];
}

/**
 * A rule as a page for people who read no JSON: what may be asked, by whom, for what, on which conditions, and what is
 * always refused. It says what the rule says and adds no opinion; `lintRule` has the opinions.
 */
export function explainRule(rule: Rule): readonly ExplainedPart[] {
  const vocabulary = vocabularyByDigest(rule.vocabulary);
  if (vocabulary === undefined) {
    return [{ heading: rule.title, points: ['written in a vocabulary that is not known here: it denies everything'] }];
  }
  const { release, ask, forbid = [] } = rule;
  const until = rule.effective_until === undefined ? '' : ` until ${rule.effective_until}`;
  const closed = QUERY_KINDS.filter((kind) => release?.[kind] === undefined);
  return [
    {
      heading: rule.title,
      points: [
        `the rule of ${rule.owner}, version ${rule.version}, in effect from ${rule.effective_from}${until}`,
        'whatever it does not name is refused',
      ],
    },
    ...kinds(release, (kind, conditions) => releasePart(vocabulary, kind, conditions)),
    ...(release === undefined || closed.length === 0
      ? []
      : [{ heading: 'Questions that are never answered', points: wordsOfAll(vocabulary.kinds, closed) }]),
    ...(forbid.length === 0
      ? []
      : [
          {
            heading: 'Refused whatever else is said above',
            points: forbid.map((each) => forbidWords(vocabulary, each)),
          },
        ]),
    ...kinds(ask, (kind, conditions) => askPart(vocabulary, kind, conditions)),
  ];
}

function kinds<T>(
  sections: { readonly [K in QueryKind]?: T } | undefined,
  part: (kind: QueryKind, conditions: T) => ExplainedPart,
): readonly ExplainedPart[] {
  return QUERY_KINDS.flatMap((kind) => {
    const conditions = sections?.[kind];
    return conditions === undefined ? [] : [part(kind, conditions)];
  });
}

function releasePart(vocabulary: Vocabulary, kind: QueryKind, conditions: ReleaseConditions): ExplainedPart {
  const { require, recipients, declarations = [], cameras, coarsen, witnesses, fields, obligations } = conditions;
  return {
    heading: `Others may ask: ${wordsOf(vocabulary.kinds, kind)}`,
    points: [
      'who gets it:',
      ...recipients.map((each) => `  ${recipientWords(vocabulary, each)}`),
      ...declarations.map((each) => `  only an agency that ${declarationWords(vocabulary, each)}`),
      'what the law of whoever receives has to say, in each state that it belongs to:',
      ...require.map((each) => `  ${requirementWords(vocabulary, each)}`),
      ...askPoints(vocabulary, conditions),
      ...(cameras === undefined
        ? []
        : [
            `only reads of cameras of ${anyOf(wordsOfAll(vocabulary.cameraOwnerClasses, cameras.owner_classes))}${sourceOf(cameras.source)}`,
          ]),
      ...(witnesses === undefined
        ? []
        : [
            `nothing leaves before ${counted(witnesses.at_least, 'independent witness', 'independent witnesses')} cosigned the log`,
          ]),
      `what is given: ${wordsOfAll(vocabulary.readFields, fields).join('; ')}`,
      ...(coarsen === undefined ? [] : coarseningWords(coarsen)),
      'what binds whoever gets it:',
      ...obligationWords(obligations).map((each) => `  ${each}`),
    ],
  };
}

function askPart(vocabulary: Vocabulary, kind: QueryKind, conditions: AskConditions): ExplainedPart {
  return {
    heading: `Our own officers may ask others: ${wordsOf(vocabulary.kinds, kind)}`,
    points: askPoints(vocabulary, conditions),
  };
}

/** Nothing where there is no point, so that no heading stands alone. */
function list(heading: string, points: readonly string[]): string[] {
  return points.length === 0 ? [] : [heading, ...points.map((each) => `  ${each}`)];
}

function askPoints(vocabulary: Vocabulary, conditions: AskConditions): string[] {
  const { approval, case_number: caseNumber, hot_list: hotList } = conditions;
  return [
    ...list('what for:', [
      ...purposeWords(vocabulary, conditions.purposes),
      ...offencePhrases(vocabulary, conditions.offences),
    ]),
    `for whom: ${beneficiaryWords(conditions.beneficiary)}`,
    `on what ground: ${processWords(vocabulary, conditions.legal_process)}`,
    `by whom: ${officerWords(conditions.officer)}; approved by a second person, a supervisor${approval.roles === undefined ? '' : ` in the role ${anyOf(approval.roles)}`}${sourceOf(approval.source)}`,
    `with a case number of the form ${anyOf(caseNumber.patterns)}${caseNumber.active === true ? ', of a case that the records system calls active' : ''}${sourceOf(caseNumber.source)}`,
    ...list(`how much${sourceOf(conditions.scope.source)}:`, scopeWords(conditions.scope)),
    ...list('how often:', (conditions.budgets ?? []).map(budgetWords)),
    ...(hotList === undefined
      ? []
      : [
          `from lists: ${anyOf(wordsOfAll(vocabulary.hotListSources, hotList.sources))}, not older than ${span(hotList.max_list_age_hours)}${sourceOf(hotList.source)}`,
        ]),
    ...(conditions.tiers ?? []).flatMap((tier) => tierWords(vocabulary, tier)),
    ...list(
      'exceptions:',
      (conditions.exceptions ?? []).flatMap((each) => exceptionWords(vocabulary, each)),
    ),
  ];
}

/** The page as plain lines, or as Markdown. */
export function explainedLines(parts: readonly ExplainedPart[], form: 'plain' | 'markdown'): string[] {
  return parts.flatMap(({ heading, points }, place) => {
    const title = form === 'markdown' ? `${place === 0 ? '#' : '##'} ${heading}` : heading;
    const lines = points.map((point) => {
      const [, indent = '', text = ''] = /^( *)(.*)$/u.exec(point) ?? [];
      return form === 'markdown' ? `${indent}- ${text}` : `  ${indent}${text}`;
    });
    return [...(place === 0 ? [] : ['']), title, ...(form === 'markdown' ? [''] : []), ...lines];
  });
}
