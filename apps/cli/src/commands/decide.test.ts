import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeCli } from '../../test/fake-cli.js';

const policy = (path: string) => fileURLToPath(new URL(`../../../../libs/policy/${path}`, import.meta.url));
const OREGON = policy('rules/juniper-bend-police.json');
const WASHINGTON = policy('cases/facts/salish-point-asks-juniper-bend.json');
const GEORGIA = policy('cases/facts/peachtree-flats-asks-juniper-bend.json');
const NOW = '2026-11-22T08:00:00-08:00';

let cli: FakeCli;
beforeEach(async () => {
  cli = await FakeCli.create();
});

const decide = (facts: string, ...more: string[]) =>
  cli.run(['decide', '--rule', OREGON, '--facts', facts, '--now', NOW, ...more]);

describe('comity decide', () => {
  it('permits with 0, and says what met each requirement and what binds', async () => {
    const { exit, out, requests } = await decide(WASHINGTON);
    expect(exit).toBe(0);
    expect(out).toMatch(/^permitted by the rule of https:\/\/juniper-bend\.example, version 1\n/);
    expect(out).toContain('  met     requester.retention');
    expect(out).toContain('  binds   delete by 2026-12-13T16:00:00.000Z');
    expect(requests).toEqual([]);
  });

  it('denies with 3, and lists every unmet requirement', async () => {
    const { exit, out } = await decide(GEORGIA);
    expect(exit).toBe(3);
    expect(out).toContain('4 requirements are not met');
    expect(out).toContain('requester.retention (protection_not_met)');
    const json = await decide(GEORGIA, '--json');
    expect(json.exit).toBe(3);
    const decision = JSON.parse(json.out);
    expect(decision.outcome).toBe('deny');
    expect(decision.reasons).toHaveLength(4);
    expect(decision).not.toHaveProperty('fault');
  });

  it('ends with 5 where nothing denies and something is sealed', async () => {
    const facts = JSON.parse(await readFile(WASHINGTON, 'utf8'));
    facts.request.case_number = { sealed: true };
    const { exit, out } = await decide(await cli.file('sealed.json', facts));
    expect(exit).toBe(5);
    expect(out).toContain('the owner judges what is sealed');
  });

  it('decides as of the instant that it is given', async () => {
    const early = ['--rule', OREGON, '--facts', WASHINGTON, '--now', '2026-01-01T00:00:00Z', '--json'];
    const { exit, out } = await cli.run(['decide', ...early]);
    expect(exit).toBe(3);
    expect(JSON.parse(out).reasons.map(({ code }: { code: string }) => code)).toContain('rule_not_in_effect');
  });

  it('applies the asking side where it is told to', async () => {
    const rule = policy('rules/salish-point-police.json');
    const facts = policy('cases/facts/salish-point-asks-itself.json');
    const argv = ['decide', '--rule', rule, '--facts', facts, '--now', NOW];
    expect((await cli.run([...argv, '--side', 'ask'])).exit).toBe(0);
    expect((await cli.run(argv)).exit).toBe(3);
  });

  it.each([
    ['a rule that is none', [WASHINGTON, WASHINGTON, NOW], 'rule_malformed'],
    ['facts that are none', [OREGON, OREGON, NOW], 'facts_malformed'],
    ['an instant without offset', [OREGON, WASHINGTON, '2026-11-22T08:00:00'], 'instant_malformed'],
  ])('refuses %s with 2 and every problem, and decides nothing', async (_, [rule = '', facts = '', now = ''], code) => {
    const { exit, err, out } = await cli.run(['decide', '--rule', rule, '--facts', facts, '--now', now]);
    expect(exit).toBe(2);
    expect(err).toContain(`(${code})`);
    expect(out).toBe('');
  });

  it('needs rule, facts and instant', async () => {
    const { exit, err } = await cli.run(['decide', '--rule', OREGON, '--facts', WASHINGTON]);
    expect(exit).toBe(2);
    expect(err).toContain("required option '--now <instant>' not specified");
  });
});
