import { describe, expect, it } from 'vitest';
import { parseAgreementList } from './agreement-list.js';
import { matchAgreements, type Alias, type EnrolledAgency, type Place } from './match-agreements.js';
import { planAgreements, type AgreementMark } from './plan-agreements.js';

const HEADING = 'STATE,LAW ENFORCEMENT AGENCY,TYPE,COUNTY,SUPPORT TYPE,SIGNED,MOA,ADDENDUM';

function agency(name: string, changes: Partial<EnrolledAgency> = {}): EnrolledAgency {
  const entityId = `https://${name.toLowerCase().replaceAll(/[^a-z]+/g, '-')}.example`;
  const superior = 'https://anchor.example/jurisdictions/wa';
  return { entityId, superior, name, ori: 'WA0980000', fips: undefined, agencyClass: 'county-sheriff', ...changes };
}

const HARBOR = agency('Harbor County Sheriff', { fips: '53099' });
const SALISH = agency('Salish Point Police', { ori: 'WA0990100', agencyClass: 'municipal-police', fips: '5399999' });
const PLACES: readonly Place[] = [
  ['WA', 'Harbor County', '53099'],
  ['WA', 'Salish Point', '5399999'],
];

function match(line: string, more: { enrolled?: EnrolledAgency[]; aliases?: Alias[]; places?: readonly Place[] } = {}) {
  const { enrolled = [HARBOR, SALISH], aliases = [], places = PLACES } = more;
  const [found] = matchAgreements(parseAgreementList(`${HEADING}\n${line}\n`), { enrolled, aliases, places });
  if (!found) throw new Error('the line was dropped');
  return { outcome: found.outcome, subjects: found.subjects.map(({ entityId }) => entityId), why: found.why };
}

describe('a line of the federal list', () => {
  it.each([
    [
      'by FIPS code of its county',
      `WASHINGTON,Harbor County Sheriff's Office,County,Harbor County,Task Force Model,2025-07-02,link,`,
    ],
    [
      'with blanks around everything, seen and unseen',
      ` WASHINGTON , Harbor County Sheriff’s Office\u00a0,County ,Harbor County\u200b , Task Force Model ,2025-07-02,link,`,
    ],
    [
      'in whatever case',
      `washington,HARBOR COUNTY SHERIFF'S OFFICE,county,HARBOR COUNTY,TASK FORCE MODEL,2025-07-02,link,`,
    ],
  ])('matches an enrolled agency %s', (_, line) => {
    expect(match(line)).toMatchObject({ outcome: 'matched', subjects: [HARBOR.entityId], why: 'FIPS 53099, sheriff' });
  });

  it('matches a police department by the place, where the list has `#N/A` for its county', () => {
    const line = 'WASHINGTON,Salish Point Police Department,Municipality,#N/A,Jail Enforcement Model,2025-07-02,link,';
    expect(match(line)).toMatchObject({ outcome: 'matched', subjects: [SALISH.entityId] });
  });

  it('matches by ORI, which wins over every name', () => {
    const text = `${HEADING},ORI\nWASHINGTON,Somebody Else,County,#N/A,Task Force Model,2025-07-02,link,,wa0980000\n`;
    const [found] = matchAgreements(parseAgreementList(text), { enrolled: [HARBOR, SALISH], aliases: [], places: [] });
    expect(found).toMatchObject({ outcome: 'matched', subjects: [HARBOR], why: 'ORI WA0980000' });
  });

  it('is unsure of an ORI that several have', () => {
    const twin = { ...SALISH, ori: HARBOR.ori };
    const text = `${HEADING},ORI\nWASHINGTON,x,County,#N/A,Task Force Model,2025-07-02,link,,WA0980000\n`;
    const [found] = matchAgreements(parseAgreementList(text), { enrolled: [HARBOR, twin], aliases: [], places: [] });
    expect(found).toMatchObject({ outcome: 'unsure', subjects: [HARBOR, twin] });
  });

  it('is unsure where a name looks alike and nothing else says who it is', () => {
    const line = `WASHINGTON,Harbor County Sheriff's Office,County,Harbor County,Task Force Model,2025-07-02,link,`;
    expect(match(line, { places: [] })).toMatchObject({ outcome: 'unsure', subjects: [HARBOR.entityId] });
  });

  it('is unsure of a misspelt name, and of another class of body at the same place', () => {
    const misspelt = 'WASHINGTON,Salish Pint Police Departent,Municipality,#N/A,Task Force Model,2025-07-02,link,';
    expect(match(misspelt)).toMatchObject({ outcome: 'unsure', subjects: [SALISH.entityId] });
    const prison = agency('Salish Point Corrections', { agencyClass: 'prosecutor', fips: '5399999', ori: 'WA0990101' });
    const line = 'WASHINGTON,Salish Point Police Department,Municipality,#N/A,Task Force Model,2025-07-02,link,';
    expect(match(line, { enrolled: [prison] })).toMatchObject({ outcome: 'unsure', subjects: [prison.entityId] });
  });

  it('never takes the same name in another state for the same agency', () => {
    const line = `OREGON,Harbor County Sheriff's Office,County,Harbor County,Task Force Model,2025-07-02,link,`;
    expect(match(line)).toMatchObject({ outcome: 'unmatched', subjects: [] });
  });

  it('obeys a reviewed alias, also one that says that it is nobody', () => {
    const line = `WASHINGTON,Harbour Co. Sheriffs Dept.,County,#N/A,Task Force Model,2025-07-02,link,`;
    expect(match(line, { aliases: [['WA', 'Harbour Co. Sheriffs Dept.', 'WA0980000']] })).toMatchObject({
      outcome: 'matched',
      subjects: [HARBOR.entityId],
    });
    expect(match(line, { aliases: [['WA', 'Harbour Co. Sheriffs Dept.', null]] })).toMatchObject({
      outcome: 'not_enrolled',
      subjects: [],
    });
    expect(match(line, { aliases: [['WA', 'Harbour Co. Sheriffs Dept.', 'WA0000000']] }).outcome).toBe('not_enrolled');
  });

  it.each([
    ['no state', 'CASCADIA,Harbor County Sheriff,County,Harbor County,Task Force Model,2025-07-02,link,', 'malformed'],
    ['no agency', 'WASHINGTON,#N/A,County,Harbor County,Task Force Model,2025-07-02,link,', 'malformed'],
    ['no known model', `WASHINGTON,Harbor County Sheriff,County,Harbor County,Hybrid Model,2025-07-02,link,`, 'unsure'],
    ['too few columns', 'WASHINGTON,Harbor County Sheriff', 'unsure'],
  ])('that has %s is kept', (_, line, outcome) => {
    expect(match(line).outcome).toBe(outcome);
  });

  it('with a day that is none is matched all the same', () => {
    const line = `WASHINGTON,Harbor County Sheriff,County,Harbor County,Task Force Model,7/72025,link,`;
    expect(match(line).outcome).toBe('matched');
    expect(parseAgreementList(`${HEADING}\n${line}`)[0]?.signed).toBeUndefined();
  });

  it('is not looked for in what is no list', () => {
    expect(() => parseAgreementList('a,b\n1,2\n')).toThrow('no column STATE');
    expect(() => parseAgreementList('')).toThrow('it is empty');
  });
});

function line(model: string, day = '2025-07-02'): string {
  return `WASHINGTON,Harbor County Sheriff's Office,County,Harbor County,${model},${day},link,`;
}

describe('the plan of an import', () => {
  const absence: AgreementMark = { subject: HARBOR.entityId, markType: 'x/none/1', level: 'none' };
  const plan = (lines: readonly string[], marks: readonly AgreementMark[], places: readonly Place[] = PLACES) => {
    const rows = parseAgreementList([HEADING, ...lines].join('\n'));
    const matches = matchAgreements(rows, { enrolled: [HARBOR, SALISH], aliases: [], places });
    return planAgreements(matches, { marks, source: { list: 'x' } });
  };

  it('takes the absence away and issues the weakest of several agreements, from its own day on', () => {
    const lines = [
      line('Warrant Service Officer', '2019-01-01'),
      line('Task Force Model'),
      line('Jail Enforcement Model'),
    ];
    expect(plan(lines, [absence]).effects).toMatchObject([
      { subject: HARBOR.entityId, revoke: ['x/none/1'], issue: 'task-force-model', since: '2025-07-02' },
    ]);
  });

  it('takes the absence of an agency away that a line might be, and issues nothing', () => {
    expect(plan([line('Task Force Model')], [absence], []).effects).toMatchObject([
      { subject: HARBOR.entityId, revoke: ['x/none/1'], issue: undefined, why: 'line 2 might be it' },
    ]);
  });

  it('does nothing twice', () => {
    const attested: AgreementMark = {
      subject: HARBOR.entityId,
      markType: 'x/task-force-model/1',
      level: 'task-force-model',
    };
    expect(plan([line('Task Force Model')], [attested]).effects).toEqual([]);
  });

  it('never improves anything: who is not on the list gets nothing, and who left it is named for two persons', () => {
    const attested: AgreementMark = {
      subject: SALISH.entityId,
      markType: 'x/task-force-model/1',
      level: 'task-force-model',
    };
    expect(plan([line('Task Force Model')], [absence, attested])).toMatchObject({
      effects: [{ subject: HARBOR.entityId }],
      noLongerListed: [SALISH.entityId],
    });
  });

  it('has another digest when the list, the register or the reviewed files say something else', () => {
    const digests = [
      plan([line('Task Force Model')], [absence]).digest,
      plan([line('Jail Enforcement Model')], [absence]).digest,
      plan([line('Task Force Model')], []).digest,
      plan([line('Task Force Model')], [absence], []).digest,
    ];
    expect(new Set(digests).size).toBe(4);
    expect(plan([line('Task Force Model')], [absence]).digest).toBe(digests[0]);
  });
});
