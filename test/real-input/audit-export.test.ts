import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeCli } from '../../apps/cli/test/fake-cli.js';

const folder = new URL('../../../shared/data/', import.meta.url);
const SAMPLE = fileURLToPath(new URL('flock_search_audit_sample.csv', folder));
const AGENCIES = fileURLToPath(new URL('agencies.csv', folder));
const present = existsSync(SAMPLE);
const why = present ? '' : ' (skipped: shared/data does not lie beside the checkout)';

interface Document {
  searches: number;
  rows: number;
  refused: number;
  cannotBeJudged: number;
  notRefused: number;
  refusedForTheSearch: number;
  notes: Record<string, number>;
  problems: Record<string, number>;
  reported: { line: number; code: string }[];
}

let cli: FakeCli;
beforeEach(async () => {
  cli = await FakeCli.create();
});

async function simulated(file: string, profile: string): Promise<Document> {
  const argv = ['rule', 'simulate', file, '--profile', profile, '--organisations', AGENCIES, '--json'];
  const { exit, out } = await cli.run([...argv, '--now', '2026-11-22T00:00:00Z']);
  expect(exit).toBe(0);
  // What the portals masked stays masked, and what officers typed is not repeated.
  for (const text of ['***', '[plate?]', 'fugitive', '26-01665']) expect(out).not.toContain(text);
  return JSON.parse(out) as Document;
}

describe.skipIf(!present)(`the search audits that 39 agencies publish${why}`, () => {
  it.each([
    ['WA', 4492, 20],
    ['CA', 2854, 1658],
  ])('under the starting rule of %s: refused, and not to be judged', async (profile, refused, cannotBeJudged) => {
    const document = await simulated(SAMPLE, profile);
    expect(document).toMatchObject({
      searches: 4512,
      rows: 4512,
      refused,
      cannotBeJudged,
      notRefused: 0,
      problems: {},
    });
    // What officers typed or left out is the same whichever state's law it is held against.
    expect(document.refusedForTheSearch).toBe(2771);
    expect(document.notes).toMatchObject({ reason_blank: 625, case_number_in_reason: 220, law_never_read: 106 });
  });

  it('with some rows shifted, cut and doubled: each is reported by its line, and nothing else changes', async () => {
    const lines = readFileSync(SAMPLE, 'utf8').trimEnd().split('\n');
    const [, second = '', third = ''] = lines;
    const damaged = lines.with(1, second.split(',').toSpliced(1, 1).join(',')).with(2, third.slice(0, 60));
    const file = await cli.textFile('damaged.csv', [...damaged, lines[3], lines[3]].join('\n'));
    const document = await simulated(file, 'CA');
    expect(document).toMatchObject({ searches: 4510, rows: 4514 });
    expect(document.reported).toMatchObject([{ line: 2, code: 'shifted' }, { line: 3 }]);
  });
});
