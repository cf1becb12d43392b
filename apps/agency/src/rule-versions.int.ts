import { readFileSync } from 'node:fs';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { noteKeyFromSeed } from '#ledger';
import { Ledger } from '#ledger/io';
import type { JsonObject, SigningKey } from '#protocol';
import { generateSigningKey, systemClock } from '#protocol/io';
import { createTestDatabase } from '../../../test/support/database.js';
import { seededRandomness } from '../../../test/support/fakes.js';
import { RuleDriftJob } from './rule-drift.job.js';
import { RuleVersions } from './rule-versions.store.js';
import { sideRecordsOf } from '../../../libs/ledger/test/side-records.js';

const OWNER = 'https://juniper-bend.example';
const ORIGIN = 'juniper-bend.example/ledger';
const FILE = new URL('../../../libs/policy/rules/juniper-bend-police.json', import.meta.url);
const document: JsonObject = { ...JSON.parse(readFileSync(FILE, 'utf8')), owner: OWNER };

let key: SigningKey;
let dataSource: DataSource;
let ledger: Ledger;
let rules: RuleVersions;
let seeds = 0;

beforeAll(async () => {
  key = await generateSigningKey();
});

beforeEach(async () => {
  ({ dataSource } = await createTestDatabase('agency'));
  ledger = new Ledger({
    dataSource,
    origin: ORIGIN,
    noteKey: noteKeyFromSeed(ORIGIN, 'note', new Uint8Array(32).fill(1)),
    issuer: OWNER,
    receiptKey: key,
    clock: systemClock,
    randomness: seededRandomness(`rules ${(seeds += 1)}`),
    askWitnesses: () => Promise.resolve([]),
    sideRecords: sideRecordsOf(),
  });
  await ledger.start();
  rules = started();
});

afterAll(async () => {
  await ledger.stop();
});

/** The store as another start of the node has it: with nothing in memory. */
function started(): RuleVersions {
  const randomness = seededRandomness(`store ${(seeds += 1)}`);
  return new RuleVersions({ dataSource, ledger, owner: OWNER, key, clock: systemClock, randomness });
}

const version = (number: number, changes: JsonObject = {}): JsonObject => ({
  ...document,
  ...changes,
  version: number,
});

async function publish(number: number, changes: JsonObject = {}): Promise<string> {
  const { digest } = await rules.propose(version(number, changes), 'person one');
  await rules.publish(digest, 'person two');
  return digest;
}

const drift = expect.objectContaining({ problem: expect.objectContaining({ status: 503, code: 'rule_drift' }) });

describe('publishing a rule', () => {
  it('N05: takes a second person, and both stand in the receipt', async () => {
    const { digest } = await rules.propose(version(1), 'person one');
    await expect(rules.publish(digest, 'person one')).rejects.toMatchObject({
      problem: { status: 403, code: 'second_person_needed' },
    });
    expect(await rules.published()).toEqual([]);
    await rules.publish(digest, 'person two');
    expect((await rules.published()).map(({ rule }) => rule.version)).toEqual([1]);
    const { opening } = await ledger.proofOf('rule_published/1');
    const { by, approved_by: approvedBy, rule } = opening.accountability;
    expect([by?.value, approvedBy?.value, rule?.value]).toEqual(['person one', 'person two', digest]);
  });

  it('is not over before it is in the log, and the notice period begins there', async () => {
    const before = Math.floor(Date.now() / 1000) * 1000;
    await publish(1);
    const [first] = await rules.published();
    expect(first?.publishedAt).toBeGreaterThanOrEqual(before);
    await dataSource.query(`update rule_version set published_at = published_at - interval '30 days'`);
    const [again] = await started().published();
    expect(again?.publishedAt).toBeGreaterThanOrEqual(before);
  });
});

describe('the drift alarm', () => {
  it('is silent where what is stored is what two persons published', async () => {
    await publish(1);
    await publish(2, { title: 'second' });
    expect(await rules.checkDrift()).toBeUndefined();
    expect((await started().published()).map(({ rule }) => rule.title)).toEqual([document['title'], 'second']);
  });

  it.each([
    ['another rule is put in its place', `update rule_version set rule = jsonb_set(rule, '{title}', '"wider"')`],
    [
      'another rule is put in its place, with a digest of its own',
      `update rule_version set rule = jsonb_set(rule, '{title}', '"wider"'), digest = 'x'`,
    ],
    [
      'a version is written in that nobody published',
      `insert into rule_version (version, digest, token, rule, proposed_by, proposed_at, approved_by, published_at)
       select 2, 'y', token, jsonb_set(rule, '{version}', '2'), 'a', now(), 'b', now() from rule_version`,
    ],
  ])('P19 N05: stops all decisions where %s', async (_, sql) => {
    await publish(1);
    await rules.published();
    await dataSource.query(sql);
    await expect(rules.published()).rejects.toEqual(drift);
    await expect(started().published()).rejects.toEqual(drift);
    expect(await rules.checkDrift()).toMatch(/^version [12] of the rule: /);
  });

  it('P19 N05: stops all decisions where the newest version is taken away, also before the node started', async () => {
    await publish(1);
    await publish(2, { title: 'narrower' });
    await rules.published();
    await dataSource.query('delete from rule_version where version = 2');
    await expect(rules.published()).rejects.toEqual(drift);
    const restarted = started();
    expect(await restarted.checkDrift()).toBe('version 2 of the rule: it is published, and it was taken away');
    await expect(restarted.published()).rejects.toEqual(drift);
  });

  it('N05: does not take the person who proposed for a second one because the database says so', async () => {
    const { digest } = await rules.propose(version(1), 'person one');
    await dataSource.query(`update rule_version set proposed_by = 'nobody'`);
    await expect(rules.publish(digest, 'person one')).rejects.toMatchObject({
      problem: { code: 'second_person_needed' },
    });
  });

  it('N05: publishes no rule whose proposal the log does not know', async () => {
    await rules.propose(version(1), 'person one');
    await dataSource.query(`update rule_version set digest = 'x'`);
    await expect(rules.publish('x', 'person two')).rejects.toEqual(drift);
  });

  it('says it once, and says when it is over', async () => {
    await publish(1);
    const said: string[] = [];
    const job = new RuleDriftJob({ rules, clock: systemClock }, (line) => said.push(line));
    await job.check();
    await dataSource.query(`update rule_version set digest = 'x'`);
    await job.check();
    await job.check();
    await dataSource.query(`update rule_version set digest = $1`, [
      (await ledger.proofOf('rule_published/1')).opening.accountability['rule']?.value,
    ]);
    await job.check();
    expect(said).toEqual([
      'ALARM rule drift, nothing is decided: version 1 of the rule: it was changed after it was published',
      'rule drift is over',
    ]);
  });
});
