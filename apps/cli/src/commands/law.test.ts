import { readFile } from 'node:fs/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeCli } from '../../test/fake-cli.js';

let cli: FakeCli;
beforeEach(async () => {
  cli = await FakeCli.create();
});

describe('comity law', () => {
  it('lists the legal orders, and says that they are drafts', async () => {
    const { exit, out, requests } = await cli.run(['law', 'list']);
    expect(exit).toBe(0);
    expect(out).toMatch(/^drafts of law; not legal advice/);
    expect(out).toMatch(/^WA +Washington +v1 +2026-11-22 +18 +M +1$/m);
    expect(out).toMatch(/^NY +New York/m);
    expect(requests).toEqual([]);
    expect(JSON.parse((await cli.run(['law', 'list', '--json'])).out)).toHaveLength(25);
  });

  it('shows a law with its citations, and apart from them what was not verified', async () => {
    const { out } = await cli.run(['law', 'show', 'WA']);
    expect(out).toMatch(/^retention +days-21 +statute +M +2026-03-30 +SB 6002 \(2026\), Driver Privacy Act$/m);
    expect(out).toContain('unverified, attests nothing: `onward-sharing` at `proceedings-only`');
    expect(out).toContain('no law until the authority');
    const { statements } = JSON.parse((await cli.run(['law', 'show', 'CA', '--json'])).out);
    expect(statements.map(({ protection }: { protection: string }) => protection)).toContain('federal-sharing');
  });

  it('names the law behind each level of a protection', async () => {
    const { out } = await cli.run(['law', 'protection', 'hot-list-freshness']);
    expect(out).toContain('each-shift: updated at the start of each shift');
    expect(out).toContain('NE Neb. Rev. Stat. 60-3201 to 60-3209 (H)');
    expect((await cli.run(['law', 'protection'])).out).toMatch(/^agreement-287g +agency +4 /m);
    const [level] = JSON.parse((await cli.run(['law', 'protection', 'retention', '--json'])).out)[0].levels.slice(-1);
    expect(level.statutes[0].profile).toBe('DEU');
  });

  it('writes a profile as what an authority would sign, without what was not verified', async () => {
    const { out } = await cli.run(['law', 'attest', 'MN']);
    const { id, attests } = JSON.parse(out);
    expect(id).toBe('mn');
    expect(attests).toHaveLength(7);
    expect(attests[0]).toMatchObject({
      protection: 'legal-process-alert',
      level: 'warrant',
      statute: 'Minn. Stat. 13.824',
    });
    expect(out).not.toContain('"retention"');
  });

  it('says which there are where one is unknown', async () => {
    const { exit, err } = await cli.run(['law', 'show', 'XX']);
    expect(exit).toBe(2);
    expect(err).toContain('no legal order `XX`');
    expect((await cli.run(['law', 'protection', 'tidiness'])).exit).toBe(2);
  });

  it('writes the table of docs/parity.md', async () => {
    const { out } = await cli.run(['law', 'parity']);
    const committed = await readFile(new URL('../../../../docs/parity.md', import.meta.url), 'utf8');
    expect(out.trimEnd()).toBe(committed.trimEnd());
  });
});
