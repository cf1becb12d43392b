import type { ExplainedPart } from '../explain/explain-rule.js';
import { counted } from '../explain/plain-words.js';
import type { Vocabulary } from '../vocabulary.js';
import type { RowProblemCode } from './audit-row.js';
import type { HiddenBecause, PastNote } from './past-facts.js';
import type { HiddenCount, ReasonCount, SimulationSummary } from './simulation-summary.js';

const MOST = 12;

/** The result as a page that a council can read: what would have been refused, why, and what nobody can know. */
export function summaryParts(
  title: string,
  summary: SimulationSummary,
  vocabulary: Vocabulary,
): readonly ExplainedPart[] {
  const { searches, rows, refused, cannotBeJudged, notRefused } = summary;
  const of = (count: number) => `${counted(count, 'search', 'searches')} (${percent(count, searches)})`;
  const from = counted(summary.organisations.length, 'organisation');
  return [
    {
      heading: title,
      points: [
        `${counted(searches, 'search', 'searches')} of ${from}, ${days(summary)}, from ${counted(rows, 'row')}; each search is counted once`,
        `would have been refused: ${of(refused)}`,
        `cannot be judged, because the export hides what the rule asks for: ${of(cannotBeJudged)}`,
        `shown to meet the whole rule: ${of(notRefused)}`,
      ],
    },
    {
      heading: 'Whose doing it is',
      points: [
        `refused for what was typed or left out in the search itself: ${of(summary.refusedForTheSearch)}`,
        `refused only because of who asked, or of what the law there does not protect: ${of(summary.refusedForLawAlone)}`,
      ],
    },
    {
      heading: 'Why searches would have been refused',
      points: most(summary.reasons, (each) => reasonWords(each, vocabulary)),
    },
    { heading: 'What the export does not show', points: hiddenPoints(summary.hidden, vocabulary) },
    ...(summary.notes.size === 0
      ? []
      : [
          {
            heading: 'How it was read',
            points: [...summary.notes].map(([note, count]) => NOTES[note](counted(count, 'search', 'searches'))),
          },
        ]),
    {
      heading: 'Rows that were reported and not judged',
      points:
        summary.problems.size === 0
          ? ['none']
          : [...summary.problems].map(([code, count]) => `${PROBLEMS[code]}: ${count}`),
    },
    {
      heading: 'Organisations that searched most',
      points: most(
        summary.organisations,
        ({ organisation, searches: made, refused: denied, refusedForTheSearch }) =>
          `${organisation === '' ? 'not named' : organisation}: ${counted(made, 'search', 'searches')}, ${denied} refused, ${refusedForTheSearch} of them for the search itself`,
      ),
    },
  ];
}

function most<T>(entries: readonly T[], words: (entry: T) => string): string[] {
  const left = entries.length - MOST;
  return [...entries.slice(0, MOST).map(words), ...(left > 0 ? [`and ${left} more`] : [])];
}

function percent(count: number, all: number): string {
  return all === 0 ? '0 %' : `${((100 * count) / all).toFixed(1)} %`;
}

function day(ms: number | undefined): string {
  return ms === undefined ? '-' : new Date(ms).toISOString().slice(0, 10);
}

function days({ firstMs, lastMs }: SimulationSummary): string {
  return `${day(firstMs)} to ${day(lastMs)}`;
}

function reasonWords({ code, requirement, searches, alone, source }: ReasonCount, vocabulary: Vocabulary): string {
  const only = alone === 0 ? '' : `, ${alone} for this alone`;
  const law = source === undefined ? '' : ` [${source}]`;
  return `${counted(searches, 'search', 'searches')}${only}: ${requirementWords(requirement, vocabulary)} (\`${code}\`)${law}`;
}

const REQUIREMENTS: Readonly<Record<string, string>> = {
  approval: 'a second person has approved',
  beneficiary: 'for whom the search was made',
  case_number: 'a case number in a form that can be checked',
  exception: 'whether an exception is claimed',
  fan_out: 'how many agencies were searched at once',
  kind: 'a kind of question that the rule answers',
  legal_process: 'the ground: a recorded suspicion, an order, a warrant',
  offence: 'an offence that the rule allows',
  officer: 'who the officer is and how he signed in',
  plates: 'how many plates were searched',
  purpose: 'a purpose that the rule allows',
  warrant: 'a warrant that covers the search',
  window: 'how long a time was searched',
};

function requirementWords(requirement: string, vocabulary: Vocabulary): string {
  const [role = '', about = ''] = requirement.split('.', 2);
  const question = vocabulary.protections.get(about)?.question;
  if (question !== undefined) return `${role === 'owner' ? 'our own law' : 'the law there'}: ${question}`;
  if (role === 'requester') return `who asks: ${about}`;
  if (role === 'forbid') return `what the rule forbids: ${about}`;
  return REQUIREMENTS[role] ?? requirement;
}

function isSaidOnce({ because }: HiddenCount): boolean {
  return because === 'not_recorded' || because === 'organisation_unknown';
}

/** What nobody ever recorded, and what is not known of who asked, is said once for all of it. */
function hiddenPoints(hidden: readonly HiddenCount[], vocabulary: Vocabulary): string[] {
  const words = (each: HiddenCount) => requirementWords(each.requirement, vocabulary);
  const never = hidden.filter(({ because }) => because === 'not_recorded');
  const unknown = hidden.filter(({ because }) => because === 'organisation_unknown');
  const most = Math.max(0, ...unknown.map(({ searches }) => searches));
  return [
    ...hidden
      .filter((each) => !isSaidOnce(each))
      .map((each) => `${words(each)}: ${BECAUSE[each.because]} (${counted(each.searches, 'search', 'searches')})`),
    ...(most === 0 ? [] : [`who asked: ${BECAUSE.organisation_unknown} (${counted(most, 'search', 'searches')})`]),
    ...(never.length === 0
      ? []
      : ['never asked for by the system that was used:', ...[...new Set(never.map(words))].map((each) => `  ${each}`)]),
  ];
}

const BECAUSE: Readonly<Record<HiddenBecause, string>> = {
  not_recorded: 'never asked for',
  not_published: 'the column is not published',
  masked: 'masked, and left masked',
  overwritten: 'one text stands in every row: the agency put it there',
  says_nothing: 'what stands there says nothing',
  names_no_offence: 'the label names no offence',
  too_coarse: 'the label stands for several offences, which the rule treats differently',
  organisation_unknown: 'what kind of agency it is, or of which state, stands nowhere',
  own_law_not_given: 'nobody said which law is our own',
};

const NOTES: Readonly<Record<PastNote, (searches: string) => string>> = {
  case_number_in_reason: (n) => `${n}: the case number was typed as the reason, and counted as one`,
  judged_as_plate_history: (n) =>
    `${n}: the export does not tell the kind; judged as the history of a plate, the mildest kind`,
  law_never_read: (n) =>
    `${n}: by agencies of a state whose law nobody has read yet; nothing is attested there, and so nothing met`,
  reason_blank: (n) =>
    `${n}: the reason is published and blank; a request of Comity cannot be made without a narrative`,
  reason_says_nothing: (n) => `${n}: the reason is a dot, a dash or the like`,
};

const PROBLEMS: Readonly<Record<RowProblemCode, string>> = {
  shifted: 'cells stand under other headers than their own',
  wrong_number_of_cells: 'another number of cells than the header has',
  cell_of_another_kind: 'a cell holds something else than its header says',
  no_header_and_no_known_layout: 'no header, and no known layout',
  quoting_broken: 'quotes are broken',
  rows_of_one_search_differ: 'rows of one search contradict each other',
};
