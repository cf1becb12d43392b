import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeCli, type Ran } from '../../test/fake-cli.js';

const GRAPH = {
  organisations: ['Alder CA PD', 'Birch CA PD', 'Cedar County FL SO', 'Quiet <Harbor>'],
  outbound: { 'alder-ca-pd': [1, 2, 3], 'birch-ca-pd': [2], 'quiet-harbor': [] },
};
const AGENCIES = `slug,flock_names,agency_role,agency_type,state,tags
alder-ca-pd,Alder CA PD,police,city,CA,public
birch-ca-pd,Birch CA PD,police,city,CA,public
cedar-county-fl-so,Cedar County FL SO,sheriff,county,FL,public
quiet-harbor,Quiet <Harbor>,business,private,,private
`;
const AGREEMENTS = `STATE,LAW ENFORCEMENT AGENCY,TYPE,COUNTY,SUPPORT TYPE,SIGNED,MOA,ADDENDUM
FLORIDA,Cedar County Sheriff’s Office ,County,Cedar County,Task Force Model,2025-07-02,link,
FLORIDA,Cedar City Police Department,Municipality,#N/A,Task Force Model,2025-07-02,link,
TEXAS,Nowhere Police Department,Municipality,#N/A,Jail Enforcement Model,2025-07-02,link,
`;

let cli: FakeCli;
let files: string[];
beforeEach(async () => {
  cli = await FakeCli.create();
  files = [
    '--graph',
    await cli.file('graph.json', GRAPH),
    '--agencies',
    await cli.textFile('agencies.csv', AGENCIES),
    '--agreements',
    await cli.textFile('287g.csv', AGREEMENTS),
  ];
});

const sideDoors = (...more: string[]): Promise<Ran> => cli.run(['sidedoors', ...files, ...more]);

describe('comity sidedoors', () => {
  it('ends with 3 where ways are open, and says how many, what opens them and what closes them', async () => {
    const { exit, out, requests } = await sideDoors('--owner', 'alder-ca-pd', '--to', 'immigration');
    expect(exit).toBe(3);
    expect(out).toContain('from Alder CA PD to bodies that enforce immigration law');
    expect(out).toContain('  ways       2, 1 of them on record and 1 that nothing excludes');
    expect(out).toContain('to close them all, whoever does it: 1 change, the smallest set (cut)');
    expect(out).toContain('  - Cedar County FL SO ends its 287(g) agreement');
    expect(out).toContain('to close them all by the owner alone: 2 changes, the smallest set (cut)');
    expect(out).toContain('signed 2025-07-02 (8 U.S.C. 1357(g))');
    expect(requests).toEqual([]);
  });

  it('ends with 0 where no way is open', async () => {
    const { exit, out } = await sideDoors('--owner', 'birch-ca-pd', '--to', 'private');
    expect(exit).toBe(0);
    expect(out).toContain('no way leads from Birch CA PD to private bodies');
  });

  it('says that nothing is known of an owner who names nobody, instead of that nothing is open', async () => {
    const { out } = await sideDoors('--owner', 'quiet-harbor', '--to', 'immigration');
    expect(out).toContain('names nobody that it shares with: it shares with nobody, or does not say so');
  });

  it('lists every name that could not be settled', async () => {
    const { out } = await sideDoors('--owner', 'alder-ca-pd', '--to', 'immigration', '--unsettled');
    expect(out).toContain(
      '2 agencies of the 287(g) list are none of the organisations by name; 1 of them come near one',
    );
    expect(out).toContain('    Cedar City Police Department, FL: perhaps Cedar County FL SO');
    expect(out).toContain('    Nowhere Police Department, TX');
    expect(out).toContain('    Quiet <Harbor>');
  });

  it('prints the whole finding as JSON: each way by its steps, each step with what opens and closes it', async () => {
    const { out, exit } = await sideDoors('--owner', 'Alder CA PD', '--to', 'immigration', '--json');
    expect(exit).toBe(3);
    const found = JSON.parse(out);
    expect(found).toMatchObject({
      schema: 'comity-side-doors/v1',
      owner: 'Alder CA PD',
      to: 'immigration',
      shares_with: 3,
      recipients_that_name_nobody: 2,
      assumed: { onward: 1, agreements: 'all', beneficiaries: false },
      counts: { ways: 2, ways_stated: 1, ways_listed: 2, doors: 2, reached: 1 },
      reached: ['federal immigration authority'],
      ways_complete: true,
    });
    expect(found.smallest_changes.by_anybody).toEqual({
      closable: true,
      size: 1,
      smallest: true,
      at_least: 1,
      method: 'cut',
      changes: [{ by: 'another', change: 'Cedar County FL SO ends its 287(g) agreement' }],
    });
    const steps = new Map(found.steps.map((step: { id: number }) => [step.id, step]));
    const [way] = found.ways.filter(({ certainty }: { certainty: string }) => certainty === 'stated');
    expect(way.steps.map((id: number) => steps.get(id))).toMatchObject([
      {
        from: 'Alder CA PD',
        to: 'Cedar County FL SO',
        kind: 'direct',
        closed_by: ['stop sharing with Cedar County FL SO'],
      },
      { to: 'federal immigration authority', kind: 'agreement-287g', source: '8 U.S.C. 1357(g)' },
    ]);
    expect(found.unsettled.agreements).toHaveLength(2);
  });

  it('writes a picture that holds no script, fetches nothing and escapes every name', async () => {
    const path = join(cli.home, 'ways.svg');
    const { out } = await sideDoors('--owner', 'alder-ca-pd', '--to', 'private', '--picture', path);
    expect(out).toContain(`the picture is in ${path}`);
    const svg = await readFile(path, 'utf8');
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg).toContain('Quiet &lt;Harbor&gt;');
    expect(svg).not.toContain('Quiet <');
    expect(svg.match(/script|href|https?:(?!\/\/www\.w3\.org\/2000\/svg")|url\(/g)).toBeNull();
  });

  it('gives a line for each owner', async () => {
    const { exit, out } = await sideDoors('--every-owner', '--to', 'immigration');
    expect(exit).toBe(3);
    expect(out).toMatch(/alder-ca-pd +3 +2 +1 +2 +1 +2/);
    expect(out).toContain('2 of 3 owners have a way to bodies that enforce immigration law');
  });

  it('takes names that a person has settled', async () => {
    const names = await cli.file('names.json', {
      schema: 'comity-reviewed-names/v1',
      reviewed_by: 'a test',
      reviewed_on: '2026-11-22',
      agreements: [{ state: 'FL', agency: 'Cedar City Police Department', organisation: 'Birch CA PD', why: 'a test' }],
      classes: [],
    });
    const { out } = await sideDoors('--owner', 'birch-ca-pd', '--to', 'immigration', '--names', names);
    expect(out).toContain('  - Birch CA PD ends its 287(g) agreement');
  });

  it.each([
    ['neither an owner nor all of them', ['--to', 'immigration'], 'say whose reads'],
    ['a class that nobody knows', ['--owner', 'alder-ca-pd', '--to', 'spies'], 'Allowed choices are immigration'],
    ['an owner that is not there', ['--owner', 'alde', '--to', 'federal'], 'alike: `alder-ca-pd`'],
    ['hands that are no number', ['--owner', 'alder-ca-pd', '--to', 'federal', '--onward', '2'], '0, 1 or any'],
    [
      'a picture in another form',
      ['--owner', 'alder-ca-pd', '--to', 'federal', '--picture', 'a.png'],
      'ends in `.svg`',
    ],
  ])('refuses %s with 2', async (_what, argv, message) => {
    const { exit, err } = await sideDoors(...argv);
    expect(exit).toBe(2);
    expect(err).toContain(message);
  });

  it.each([
    [
      'a graph with a place that does not exist',
      'graph.json',
      '{"organisations": ["A"], "outbound": {"a": [7]}}',
      'outbound.`a`[0]',
    ],
    [
      'a graph that names an owner twice',
      'graph.json',
      '{"organisations": [], "outbound": {"a": [], "a": []}}',
      'is not acceptable JSON',
    ],
    ['a register with a row that is too short', 'agencies.csv', 'slug,flock_names\na\n', 'is no acceptable CSV'],
    [
      'a list without models',
      '287g.csv',
      'STATE,LAW ENFORCEMENT AGENCY\nTEXAS,A\n',
      'the column `SUPPORT TYPE` is missing',
    ],
  ])('refuses %s with 2, and says where', async (_what, file, text, message) => {
    await cli.textFile(file, text);
    const { exit, err, out } = await sideDoors('--owner', 'alder-ca-pd', '--to', 'immigration');
    expect([exit, out]).toEqual([2, '']);
    expect(err).toContain(message);
  });
});

const DATA = fileURLToPath(new URL('../../../../../shared/data/', import.meta.url));
const REVIEWED = fileURLToPath(new URL('../../../../docs/side-doors/reviewed-names.json', import.meta.url));

describe.skipIf(!existsSync(`${DATA}flock_sharing_graph_2026-04.json`))(
  'on the sharing graph of a vendor (skipped where the sample data is absent)',
  () => {
    const real = [
      '--graph',
      `${DATA}flock_sharing_graph_2026-04.json`,
      '--agencies',
      `${DATA}agencies.csv`,
      '--agreements',
      `${DATA}ice_287g_participating_2025-07-18.csv`,
      '--names',
      REVIEWED,
    ];
    const run = async (...more: string[]) => JSON.parse((await cli.run(['sidedoors', ...real, ...more, '--json'])).out);

    it('every organisation, owner and agency of the list is counted or listed, none dropped', async () => {
      const found = await run('--owner', '-el-cajon-pd-ca', '--to', 'immigration', '--list', '1000');
      expect(found.counts).toMatchObject({ ways: found.ways.length, ways_listed: found.ways.length });
      expect(found.ways_complete).toBe(true);
      expect(found.unsettled.owners).toEqual(['los-gatos-ca-pd', 'riverside-county-ca-sd']);
      // 690 agencies on the list: each is an organisation, was settled by a person, or is listed.
      const settled = JSON.parse(await readFile(REVIEWED, 'utf8')).agreements.length;
      expect(found.unsettled.agreements.length).toBe(690 - 47 - settled);
      expect(found.unsettled.reviewed_in_vain).toEqual([]);
    });

    it('no class is taken from a syllable of a name', async () => {
      const found = await run('--owner', '-el-cajon-pd-ca', '--to', 'federal', '--onward', '0');
      expect(found.reached).not.toEqual(expect.arrayContaining(['Rice Lake WI PD', 'Justice IL PD']));
      expect(found.unsettled.doubts.map(({ organisation }: { organisation: string }) => organisation)).toContain(
        'Rice Lake WI PD',
      );
    });
  },
);
