import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { OFFENCES } from './offences.js';

/** A public list of the NIBRS codes, kept beside the checkout. */
const list = new URL('../../../../shared/data/nibrs_offense_codes.csv', import.meta.url);

test.skipIf(!existsSync(list))('the offence codes are those of the published list, with the same marks', () => {
  const rows = readFileSync(list, 'utf8')
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map(
      (line) => /^(?<code>[^,]+),.*,(?<group>[AB]),(?<against>[^,]+),(?<immigration>True|False)$/.exec(line)?.groups,
    );
  const published = rows.map((row) => `${row?.['code']} ${row?.['group']} ${row?.['immigration'] === 'True'}`);
  const ours = OFFENCES.map(({ id, group, immigration }) => `${id} ${group} ${immigration === true}`);
  expect(ours.sort()).toEqual(published.sort());
});
