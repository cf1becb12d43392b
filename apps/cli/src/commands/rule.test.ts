import { readFile } from 'node:fs/promises';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { signRule } from '#exchange';
import { parseRule, ruleDigest } from '#policy';
import { parseStrictObject, type JsonObject } from '#protocol';
import { generateSigningKey } from '#protocol/io';
import { seededRandomness } from '../../../../test/support/fakes.js';
import { AGENCY, FakeCli, NOW, TOKEN } from '../../test/fake-cli.js';

const SOURCE = new URL('../../../../libs/policy/rules/juniper-bend-police.json', import.meta.url);
let document: JsonObject;
let digest: string;
let token: string;
let cli: FakeCli;
beforeAll(async () => {
  document = { ...parseStrictObject(await readFile(SOURCE)), owner: AGENCY };
  const rule = parseRule(document);
  digest = ruleDigest(rule);
  token = await signRule(rule, {
    key: await generateSigningKey(),
    publishedAt: NOW,
    randomness: seededRandomness('rule'),
  });
});
beforeEach(async () => {
  cli = await FakeCli.create();
});

describe('comity rule show', () => {
  const argv = ['rule', 'show', '--agency', AGENCY];

  it('shows the published rule by condition and law, and says that nobody checked its signature', async () => {
    const { exit, out } = await cli.run(argv, { 'GET /rule': { body: { rule: token } } });
    expect(exit).toBe(0);
    expect(out).toContain('to release plate_history');
    expect(out).toMatch(/^ +protection retention; at least days-30; .*\[OR SB 1516/m);
    expect(out).toContain(`digest      ${digest}`);
    expect(out).toContain('published   2026-11-22T12:00:00.000Z');
    expect(out).toContain('not checked: give --anchors to check it');
  });

  it('prints the rule as it was signed', async () => {
    const { out } = await cli.run([...argv, '--json'], { 'GET /rule': { body: { rule: token } } });
    expect(JSON.parse(out)).toEqual({
      digest,
      published_at: '2026-11-22T12:00:00.000Z',
      signature: 'not_checked',
      rule: document,
    });
  });

  it('ends with 7 where a signature shall be checked and the anchor is away', async () => {
    const anchors = await cli.file('anchors.json', [{ entity_id: 'https://anchor.example', jwks: { keys: [] } }]);
    const { exit, err } = await cli.run([...argv, '--anchors', anchors], { 'GET /rule': { body: { rule: token } } });
    expect(exit).toBe(7);
    expect(err).toContain('the trust anchor cannot be reached');
  });

  it('refuses with 6 what is no signed rule', async () => {
    const { exit, err } = await cli.run(argv, { 'GET /rule': { body: { rule: `${token}.x` } } });
    expect(exit).toBe(6);
    expect(err).toContain('the published rule is not believed');
  });

  it('shows a proposed version by its digest, and refuses another document under it', async () => {
    const versions = { rules: [{ version: 1, digest, rule: document, published: false }] };
    const shown = await cli.run([...argv, '--digest', digest], { 'GET /rules': { body: versions } });
    expect(shown.exit).toBe(0);
    expect(shown.out).toContain('none: this version is not the published one');
    const swapped = { rules: [{ version: 1, digest, rule: { ...document, title: 'another' }, published: false }] };
    const { exit, err } = await cli.run([...argv, '--digest', digest], { 'GET /rules': { body: swapped } });
    expect(exit).toBe(6);
    expect(err).toContain('another rule under this digest');
  });
});

const publish = (...more: string[]) => ['rule', 'publish', '--agency', AGENCY, ...more];

describe('comity rule publish', () => {
  beforeEach(async () => {
    await cli.signIn({ profile: 'one', roles: ['rule_admin'] });
    await cli.signIn({ profile: 'two', roles: ['rule_admin'], token: 'U'.repeat(43) });
  });

  it('proposes as one person and says how a second one publishes', async () => {
    const file = await cli.file('rule.json', document);
    const { exit, out, requests } = await cli.run(publish('--file', file, '--as', 'one'), {
      'POST /rules': { status: 201, body: { version: 1, digest } },
    });
    expect(exit).toBe(0);
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual({ rule: document });
    expect(out).toContain(`comity rule publish --agency ${AGENCY} --digest ${digest} --as OTHER`);
  });

  it('refuses a node that records another rule than the file holds', async () => {
    const file = await cli.file('rule.json', document);
    const { exit, err } = await cli.run(publish('--file', file, '--as', 'one'), {
      'POST /rules': { body: { version: 1, digest: 'X'.repeat(43) } },
    });
    expect(exit).toBe(6);
    expect(err).toContain('recorded another rule');
  });

  it('lists every problem of a rule before anything is sent', async () => {
    const file = await cli.file('rule.json', { ...document, version: 0, extra: true });
    const { exit, err, requests } = await cli.run(publish('--file', file, '--as', 'one'));
    expect(exit).toBe(2);
    expect(err).toContain('unknown member `extra`');
    expect(err).toContain('version');
    expect(requests).toEqual([]);
  });

  it('publishes as the second person, after showing what it is', async () => {
    const { exit, out, requests } = await cli.run(publish('--digest', digest, '--as', 'two'), {
      'GET /rules': { body: { rules: [{ version: 1, digest, rule: document, published: false }] } },
      [`POST /rules/${digest}/publication`]: { body: { version: 1, digest } },
    });
    expect(exit).toBe(0);
    expect(out).toContain('to release plate_history');
    expect(out).toContain('published version 1');
    expect(requests.at(-1)?.headers?.['authorization']).toBe(`Bearer ${'U'.repeat(43)}`);
    expect(requests.at(-1)?.headers?.['authorization']).not.toContain(TOKEN);
  });

  it('publishes nothing whose document is not what its digest is of', async () => {
    const { exit, requests } = await cli.run(publish('--digest', digest, '--as', 'two'), {
      'GET /rules': { body: { rules: [{ version: 1, digest, rule: { ...document, title: 'x' }, published: false }] } },
    });
    expect(exit).toBe(6);
    expect(requests.map(({ method }) => method)).toEqual(['GET']);
  });

  it('wants either a file or a digest', async () => {
    expect((await cli.run(publish('--as', 'one'))).exit).toBe(2);
    expect((await cli.run(publish('--as', 'one', '--file', 'x', '--digest', digest))).exit).toBe(2);
  });
});

describe('comity rule schema', () => {
  it('prints the published JSON Schema, and asks nobody', async () => {
    const { exit, out } = await cli.run(['rule', 'schema'], {});
    expect(exit).toBe(0);
    const published = await readFile(new URL('../schema/rule.schema.json', SOURCE), 'utf8');
    expect(JSON.parse(out)).toEqual(JSON.parse(published));
  });
});
