import { describe, expect, it } from 'vitest';
import { draftAuthority, draftParty } from '../draft-parties.js';
import { draftAttestations } from '../law-in-force.js';
import { parseRule } from '../parse-rule.js';
import { profiles } from '../profiles.js';
import { startingRule } from '../starting-rule.js';
import { VOCABULARY } from '../vocabulary.js';
import { AuditExportReader } from './audit-export.js';
import { pastSearches } from './past-search.js';
import { simulate, type PastVerdict, type Simulation } from './simulate.js';
import { summarise } from './simulation-summary.js';
import { summaryParts } from './summary-words.js';

const NOW = Date.parse('2026-11-22T08:00:00Z');
const HEADER = [
  'ID',
  'Name',
  'Org Name',
  'Total Networks Searched',
  'Time Frame',
  'License Plate',
  'Reason',
  'Case #',
  'Search Time',
  'Search Type',
  'Offense Type',
];

/** What meets the starting rule of California as far as an export can show it; `changes` by header. */
function cellsOf(number: number, changes: Partial<Record<string, string>>): string[] {
  const cells: Record<string, string> = {
    ID: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    Name: '***',
    'Org Name': 'example-ca-pd',
    'Total Networks Searched': '3',
    'Time Frame': '03/07/2026, 08:00:00 AM UTC\n03/08/2026, 07:00:00 AM UTC',
    'License Plate': '***',
    Reason: 'robbery',
    'Case #': '26-01628',
    'Search Time': '03/08/2026, 08:00:00 AM UTC',
    'Search Type': 'lookup',
    'Offense Type': 'Robbery',
  };
  return HEADER.map((name) => changes[name] ?? cells[name] ?? '');
}

function run(rows: readonly Partial<Record<string, string>>[], columns: readonly string[] = HEADER): Simulation {
  const places = columns.map((name) => HEADER.indexOf(name));
  const reader = new AuditExportReader();
  reader.take({ line: 1, cells: columns });
  for (const [index, changes] of rows.entries()) {
    const cells = cellsOf(index, changes);
    reader.take({ line: index + 2, cells: places.map((place) => cells[place] ?? '') });
  }
  const profile = profiles().get('CA');
  if (profile === undefined) throw new Error('no profile');
  const owner = 'https://owner.example';
  const effectiveFrom = '2026-01-01T00:00:00Z';
  const rule = parseRule(startingRule({ profile, owner, version: 1, effectiveFrom, jurisdictions: new Map() }));
  return simulate({
    ...pastSearches(reader.end()),
    rule,
    organisations: new Map([
      ['example-ca-pd', { state: 'CA', agencyClass: 'municipal-police' }],
      ['example ga pd', { agencyClass: 'municipal-police' }],
      ['example ia pd', { agencyClass: 'municipal-police' }],
    ]),
    lawOf: (state) => {
      const law = profiles().get(state);
      return law === undefined ? [] : draftAttestations(law, draftAuthority(state));
    },
    owner: draftParty(profile, { entityId: owner, agencyClass: 'municipal-police', sideDoors: 'none_attested' }),
    now: NOW,
  });
}

function only(changes: Partial<Record<string, string>>, columns?: readonly string[]): PastVerdict {
  const [verdict] = run([changes], columns).verdicts;
  if (verdict === undefined) throw new Error('no verdict');
  return verdict;
}

const because = ({ hidden }: PastVerdict, requirement: string) =>
  hidden.find((each) => each.requirement === requirement)?.because;
const codes = ({ reasons }: PastVerdict) => reasons.map(({ requirement, code }) => `${requirement} ${code}`);

describe('a search of the past', () => {
  it('is not refused by what nobody recorded: that is named, and it cannot be judged', () => {
    const verdict = only({});
    expect(verdict.verdict).toBe('cannot_be_judged');
    expect(verdict.reasons).toEqual([]);
    const never = verdict.hidden
      .filter((each) => each.because === 'not_recorded')
      .map(({ requirement }) => requirement);
    expect(never).toEqual(
      expect.arrayContaining(['approval', 'beneficiary', 'purpose', 'legal_process', 'officer.acr']),
    );
    // A fact about one agency that its superior would attest: of the past nobody has attested anything.
    expect(never).toContain('requester.agreement-287g');
  });

  it.each<[what: string, changes: Partial<Record<string, string>>, expected: string]>([
    ['more agencies than the rule allows at once', { 'Total Networks Searched': '375' }, 'fan_out fan_out_too_wide'],
    [
      'a longer window than the rule allows',
      { 'Time Frame': '01/01/2026, 08:00:00 AM UTC to 03/08/2026, 07:00:00 AM UTC' },
      'window window_too_wide',
    ],
    ['a case number in no form that the rule knows', { 'Case #': 'stolen car' }, 'case_number case_number_malformed'],
    ['a case number left blank', { 'Case #': '' }, 'case_number fact_missing'],
    ['an offence left blank', { 'Offense Type': '' }, 'offence fact_missing'],
    ['an immigration offence', { 'Offense Type': 'Immigration (civil/administrative)' }, 'offence immigration_offence'],
    ['a kind that the rule does not answer', { 'Search Type': 'convoy' }, 'kind no_rule_for_kind'],
    ['a prompt in free language', { 'Search Type': 'freeform - Mobile' }, 'kind no_rule_for_kind'],
    ['a plate with wildcards', { 'License Plate': '****999' }, 'kind no_rule_for_kind'],
  ])('is refused for %s', (_, changes, expected) => {
    const verdict = only(changes);
    expect(verdict.verdict).toBe('refused');
    expect(codes(verdict)).toContain(expected);
    expect(verdict.reasons.every(({ group }) => group === 'the_search_itself')).toBe(true);
  });

  it.each<[what: string, changes: Partial<Record<string, string>>, requirement: string, why: string]>([
    ['masked case number', { 'Case #': '***' }, 'case_number', 'masked'],
    ['number of networks that is 0', { 'Total Networks Searched': '0' }, 'fan_out', 'says_nothing'],
    ['masked window', { 'Time Frame': '***' }, 'window', 'masked'],
    ['label of no offence', { 'Offense Type': 'Welfare Check' }, 'offence', 'names_no_offence'],
    ['label that nobody knows', { 'Offense Type': 'Other things' }, 'offence', 'names_no_offence'],
    ['organisation that nobody knows', { 'Org Name': 'Regional Centre' }, 'requester.class', 'organisation_unknown'],
  ])('is not judged by a %s', (_, changes, requirement, why) => {
    const verdict = only(changes);
    expect(verdict.verdict).toBe('cannot_be_judged');
    expect(because(verdict, requirement)).toBe(why);
  });

  it('is not judged by a column that is not published', () => {
    const verdict = only(
      {},
      HEADER.filter((name) => name !== 'Case #' && name !== 'Offense Type'),
    );
    expect([because(verdict, 'case_number'), because(verdict, 'offence')]).toEqual(['not_published', 'not_published']);
  });

  it('is not judged by a text that the agency put into every row', () => {
    const rows = [...Array(60).keys()].map(() => ({ 'Case #': 'see report', 'Offense Type': '***' }));
    const verdicts = run(rows).verdicts;
    expect(new Set(verdicts.map((each) => because(each, 'case_number')))).toEqual(new Set(['overwritten']));
    expect(verdicts.every(({ verdict }) => verdict === 'cannot_be_judged')).toBe(true);
  });

  it('has its case number where the officer typed it as the reason', () => {
    const verdict = only({ 'Case #': '', Reason: '26-01665' });
    expect(verdict).toMatchObject({ verdict: 'cannot_be_judged', reasons: [], notes: ['case_number_in_reason'] });
  });

  it('of which the export does not tell the kind is judged as the mildest kind, and that is said', () => {
    const verdict = only(
      {},
      HEADER.filter((name) => name !== 'Search Type'),
    );
    expect(verdict).toMatchObject({ verdict: 'cannot_be_judged', notes: ['judged_as_plate_history'] });
  });

  it('whose window ends after the search was made is judged up to the search', () => {
    const verdict = only({ 'Time Frame': '03/01/2026, 08:00:00 AM UTC\n04/30/2026, 07:00:00 AM UTC' });
    expect(codes(verdict)).not.toContain('window window_too_wide');
  });

  it('is refused for the law of a state that protects less, and that is told from the doing of the officer', () => {
    const verdict = only({ 'Org Name': 'Example GA PD' });
    expect(verdict.verdict).toBe('refused');
    expect(new Set(verdict.reasons.map(({ group }) => group))).toContain('law_of_the_requester');
    expect(verdict.reasons.some(({ group }) => group === 'the_search_itself')).toBe(false);
  });
});

describe('an agency of a state whose law nobody has read', () => {
  it('is refused, because what is not attested is not met, and that is said', () => {
    const verdict = only({ 'Org Name': 'Example IA PD' });
    expect(verdict).toMatchObject({ verdict: 'refused', state: 'IA', notes: ['law_never_read'] });
  });
});

describe('a simulation', () => {
  const wide = { 'Total Networks Searched': '375' };

  it('counts by search and not by row', () => {
    const first = cellsOf(0, wide)[0] ?? '';
    const simulation = run([wide, { ...wide, ID: first }, { ...wide, ID: first }, {}]);
    expect(summarise(simulation)).toMatchObject({ searches: 2, rows: 4, refused: 1, cannotBeJudged: 1, notRefused: 0 });
  });

  it('reports shifted and contradictory rows, and judges them by nothing', () => {
    const first = cellsOf(0, {})[0] ?? '';
    const simulation = run([{}, { ID: first, Reason: 'homicide' }, { 'Search Time': 'allow' }, {}]);
    expect(simulation.problems.map(({ line, code }) => [line, code])).toEqual([
      [2, 'rows_of_one_search_differ'],
      [4, 'cell_of_another_kind'],
    ]);
    expect(simulation.verdicts.map(({ lines }) => lines)).toEqual([[5]]);
  });

  it('prints no cell: no plate, no name, no reason, no case number', () => {
    const secret = { Name: 'J. Doe', 'License Plate': '7ABC123', Reason: 'my ex', 'Case #': 'mine-77' };
    const simulation = run([secret, { ...secret, 'Search Time': 'x' }]);
    const page = JSON.stringify([
      simulation.verdicts,
      simulation.problems,
      summaryParts('t', summarise(simulation), VOCABULARY),
    ]);
    for (const text of Object.values(secret)) expect(page).not.toContain(text);
  });

  it('says for each reason how many searches it refuses alone', () => {
    const summary = summarise(run([wide, { ...wide, 'Case #': '' }]));
    expect(summary.reasons.find(({ code }) => code === 'fan_out_too_wide')).toMatchObject({ searches: 2, alone: 1 });
    expect(summary).toMatchObject({ refusedForTheSearch: 2, refusedForLawAlone: 0 });
  });

  it('is a page that names what the export hides', () => {
    const parts = summaryParts('a rule', summarise(run([wide, { 'Case #': '***' }])), VOCABULARY);
    const text = parts.flatMap(({ heading, points }) => [heading, ...points]).join('\n');
    expect(text).toContain('would have been refused: 1 search (50.0 %)');
    expect(text).toContain('a case number in a form that can be checked: masked, and left masked (1 search)');
    expect(text).toContain('never asked for by the system that was used:');
    expect(text).not.toMatch(/undefined|NaN/);
  });
});
