import { readFile } from 'node:fs/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeCli } from '../../test/fake-cli.js';

const OWNER = 'https://node.agency.example';
let cli: FakeCli;
beforeEach(async () => {
  cli = await FakeCli.create();
});

const init = (...more: string[]) => [
  'rule',
  'init',
  '--profile',
  'WA',
  '--owner',
  OWNER,
  '--from',
  '2026-12-01T00:00:00-08:00',
  ...more,
];

/** A starting rule in a file, changed by whoever wrote it. */
async function ruleFile(name: string, change: (text: string) => string = (text) => text): Promise<string> {
  const { out } = await cli.run(init());
  return cli.textFile(name, change(out));
}

describe('comity rule init', () => {
  it('prints the starting rule of a legal profile as YAML, each clause with its law or said to be a starting value', async () => {
    const { exit, out } = await cli.run(init());
    expect(exit).toBe(0);
    expect(out).toMatch(/^# A draft/);
    expect(out).toContain('source: SB 6002 (2026), Driver Privacy Act');
    expect(out).toContain('source: a cautious starting value, not law');
    expect(out).not.toContain('&');
  });

  it('writes a file that lint and explain read, and writes over nothing', async () => {
    const path = await cli.textFile('later.yaml', '');
    const taken = await cli.run(init('--out', path));
    expect(taken.exit).toBe(2);
    expect(taken.err).toContain('is there already');
    const fresh = `${path}.yaml`;
    expect((await cli.run(init('--out', fresh))).exit).toBe(0);
    expect(await readFile(fresh, 'utf8')).toContain(`owner: ${OWNER}`);
    const lint = await cli.run(['rule', 'lint', fresh, '--profile', 'WA']);
    expect([lint.exit, lint.out.trim()]).toEqual([0, 'nothing found']);
    expect((await cli.run(['rule', 'explain', fresh])).out).toContain('Others may ask: where a named plate was seen');
  });

  it('names every profile where it does not know one, and wants an instant with its offset', async () => {
    const unknown = await cli.run(init('--profile', 'XX'));
    expect([unknown.exit, unknown.err]).toEqual([2, expect.stringContaining('one of: AR CA CO')]);
    expect((await cli.run(init('--from', '2026-12-01'))).exit).toBe(2);
  });
});

describe('comity rule lint', () => {
  it('says file, line and column of each finding, and what to do', async () => {
    const path = await ruleFile('weak.yaml', (text) => text.replace('at_least: days-21', 'at_least: days-60'));
    const { exit, out } = await cli.run(['rule', 'lint', path, '--profile', 'WA']);
    expect(exit).toBe(3);
    const line = (await readFile(path, 'utf8')).split('\n').findIndex((each) => each.includes('days-60'));
    // The entry begins on the line before the level.
    expect(out).toContain(`weak.yaml:${line}:`);
    expect(out).toContain('→ say `at_least: days-21`, or `as_strict_as_mine: true`');
  });

  it('gives the same findings as JSON, with line and column', async () => {
    const path = await ruleFile('weak.yaml', (text) => text.replace('at_least: days-21', 'at_least: days-60'));
    const { out } = await cli.run(['rule', 'lint', path, '--profile', 'WA', '--json']);
    const { findings } = JSON.parse(out) as { findings: Record<string, unknown>[] };
    expect(findings).toMatchObject([{ code: 'weaker_than_own_law', severity: 'error', line: expect.any(Number) }]);
  });

  it('says the line of what is no rule at all', async () => {
    const path = await ruleFile('wrong.yaml', (text) => text.replace('max_plates: 5', 'max_plates: many'));
    const { exit, err } = await cli.run(['rule', 'lint', path]);
    expect(exit).toBe(2);
    expect(err).toMatch(/wrong\.yaml:\d+:\d+: release\.plate_history\.scope\.max_plates: /);
  });
});

describe('comity rule diff', () => {
  it('ends with 0 where nobody gains or loses, and with 4 and names where somebody does', async () => {
    const first = await ruleFile('a.yaml');
    const second = await ruleFile('b.yaml', (text) => text.replaceAll('max_window_hours: 336', 'max_window_hours: 24'));
    const same = await cli.run(['rule', 'diff', first, first, '--profile', 'WA']);
    expect([same.exit, same.out]).toEqual([0, expect.stringContaining('nobody that was compared')]);
    const { exit, out } = await cli.run(['rule', 'diff', first, second, '--profile', 'WA']);
    expect(exit).toBe(4);
    expect(out).toMatch(
      /Who loses\n {2}police of a city, Washington:\n.*a window of 1 day; before a window of 14 days/,
    );
    expect(out).toContain('release.plate_history.scope.max_window_hours: 336 -> 24');
  });
});

const PORTAL = `id,userId,searchDate,networkCount,reason,caseNumber
00000000-0000-4000-8000-000000000001,***,2026-03-20T14:19:15.904Z,1,inv,26-01628
00000000-0000-4000-8000-000000000002,***,2026-03-21T14:19:15.904Z,375,"had ""something""
 to see",26-01629
00000000-0000-4000-8000-000000000002,***,2026-03-21T14:19:15.904Z,375,"had ""something""
 to see",26-01629
***,2026-03-22T14:19:15.904Z,3,shifted,26-01630
00000000-0000-4000-8000-000000000003,***,2026-03-23T14:19:15.904Z,2,REDACTED,***
`;

describe('comity rule simulate', () => {
  it('reads a vendor’s export, counts by search, and reports a shifted row by its line', async () => {
    const path = await cli.textFile('portal.csv', PORTAL);
    const { exit, out } = await cli.run(['rule', 'simulate', path, '--profile', 'WA']);
    expect(exit).toBe(0);
    expect(out).toContain('3 searches of 1 organisation');
    expect(out).toContain('would have been refused: 1 search (33.3 %)');
    expect(out).toContain('cells stand under other headers than their own: 1');
    const { out: json } = await cli.run(['rule', 'simulate', path, '--profile', 'WA', '--json', '--each']);
    const document = JSON.parse(json) as { reported: unknown[]; each: { lines: number[] }[] };
    expect(document.reported).toMatchObject([{ line: 7, code: 'shifted' }]);
    expect(document.each.map(({ lines }) => lines)).toEqual([[2], [3, 5], [8]]);
    expect(json).not.toContain('something');
  });

  it('counts a search once that stands in two files', async () => {
    const [first, second] = [await cli.textFile('a.csv', PORTAL), await cli.textFile('b.csv', PORTAL)];
    const { out } = await cli.run(['rule', 'simulate', first, second, '--profile', 'WA']);
    expect(out).toContain('3 searches of 1 organisation');
    expect(out).toContain('from 10 rows');
  });

  it('reports a quote that is never closed, with its line, and keeps what came before', async () => {
    const path = await cli.textFile('broken.csv', `${PORTAL}00000000-0000-4000-8000-000000000009,"***,2026`);
    const { exit, out } = await cli.run(['rule', 'simulate', path, '--profile', 'WA', '--json']);
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ searches: 3, problems: { quoting_broken: 1 } });
  });

  it('takes a rule of its own, and wants one or a profile', async () => {
    const path = await cli.textFile('portal.csv', PORTAL);
    const rule = await ruleFile('rule.yaml', (text) => text.replace('max_fan_out: 50', 'max_fan_out: 500'));
    const { out } = await cli.run(['rule', 'simulate', path, '--rule', rule, '--profile', 'WA']);
    expect(out).toContain('would have been refused: 0 searches');
    const other = await cli.textFile('letter.txt', 'Dear council,\n\nwe have searched.\n');
    const { exit: refused, err } = await cli.run(['rule', 'simulate', other, '--profile', 'WA']);
    expect({ refused, err }).toMatchObject({ refused: 2, err: expect.stringContaining('no row of') as string });
    expect((await cli.run(['rule', 'simulate', path])).exit).toBe(2);
    expect((await cli.run(['rule', 'simulate', `${path}.none`, '--profile', 'WA'])).err).toContain('no such file');
  });
});
