import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeCli } from '../../test/fake-cli.js';

function policy(path: string): string {
  return fileURLToPath(new URL(`../../../../libs/policy/${path}`, import.meta.url));
}

describe('comity sidedoors in a federation', () => {
  const owner = ['--owner', 'https://juniper-bend.example'];
  let cli: FakeCli;
  let federation: string;

  beforeEach(async () => {
    cli = await FakeCli.create();
    const asked = JSON.parse(await readFile(policy('cases/facts/salish-point-asks-juniper-bend.json'), 'utf8'));
    const harbor = JSON.parse(await readFile(policy('cases/facts/harbor-county-asks-juniper-bend.json'), 'utf8'));
    const rule = JSON.parse(await readFile(policy('rules/juniper-bend-police.json'), 'utf8'));
    const parties = [asked.owner, asked.requester, harbor.requester];
    federation = await cli.file('federation.json', { schema: 'comity-federation/v1', parties, rules: [rule] });
  });

  it('finds what nobody attests of those whom the rule permits, and which requirement closes it', async () => {
    const { exit, out, requests } = await cli.run([
      'sidedoors',
      '--federation',
      federation,
      ...owner,
      '--to',
      'immigration',
    ]);
    expect(exit).toBe(3);
    expect(out).toContain('nobody attests `task-force` of https://salish-point.example');
    expect(out).not.toContain('nobody attests `agreement-287g`');
    expect(out).not.toContain('harbor-county');
    expect(out).toContain('  - require `task-force` at `local-only` or stricter of every recipient');
    expect(out).toContain('as 3 agencies are attested now, and by version 1 of its rule');
    expect(requests).toEqual([]);
  });

  it('says what a draft would leave open, before it is published', async () => {
    const rule = JSON.parse(await readFile(policy('rules/juniper-bend-police.json'), 'utf8'));
    const draft = structuredClone(rule);
    for (const section of Object.values<{ recipients: { classes: string[] }[] }>(draft.release)) {
      for (const recipient of section.recipients) recipient.classes = ['tribal-police'];
    }
    const path = await cli.file('draft.json', draft);
    const argv = ['sidedoors', '--federation', federation, ...owner, '--to', 'immigration', '--rule', path];
    const { exit, out } = await cli.run(argv);
    expect(exit).toBe(0);
    expect(out).toContain('no way leads from https://juniper-bend.example to bodies that enforce immigration law');
  });

  it('prints JSON with the digest of the rule that was looked at', async () => {
    const { out } = await cli.run([
      'sidedoors',
      '--federation',
      federation,
      ...owner,
      '--to',
      'out-of-state',
      '--json',
    ]);
    expect(JSON.parse(out)).toMatchObject({
      schema: 'comity-side-doors/v1',
      parties: 3,
      rule: { version: 1 },
      reached: ['https://salish-point.example'],
      smallest_changes: { by_owner_alone: { size: 1, smallest: true } },
    });
  });

  it.each([
    ['an owner that is not enrolled', ['--owner', 'https://other.example'], 'is not enrolled'],
    ['every owner', ['--every-owner'], "is for a vendor's network"],
    ['a vendor’s file as well', [...owner, '--graph', 'graph.json'], 'takes three files'],
  ])('refuses %s with 2', async (_what, argv, message) => {
    const { exit, err } = await cli.run(['sidedoors', '--federation', federation, '--to', 'federal', ...argv]);
    expect(exit).toBe(2);
    expect(err).toContain(message);
  });

  it('needs an anchor where no file stands in for the federation', async () => {
    const { exit, err } = await cli.run(['sidedoors', ...owner, '--to', 'federal']);
    expect(exit).toBe(2);
    expect(err).toContain('without a trust anchor nothing can be verified');
  });
});
