import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseFacts, parseRuleText, type Rule } from '#policy';
import { parseStrictJson } from '#protocol';
import { decideByAll, rulesToSatisfy, type PublishedRule } from './rules-in-force.js';

const text = readFileSync(new URL('../../policy/rules/juniper-bend-police.json', import.meta.url));
const rule = parseRuleText(text);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const published = (version: number, publishedAt: number): PublishedRule => ({
  rule: { ...rule, version },
  publishedAt,
});
const versions = (rules: readonly PublishedRule[]) => rules.map(({ rule: { version } }) => version);

describe('the versions of a rule that a request has to satisfy', () => {
  const first = published(1, 0);
  const second = published(2, 10 * DAY_MS);

  test('one version that has been public long enough is all there is', () => {
    expect(versions(rulesToSatisfy([first], 5 * DAY_MS, DAY_MS))).toEqual([1]);
  });

  test('a new version counts at once for a request that was signed before it: narrowing binds under way', () => {
    expect(versions(rulesToSatisfy([first, second], 10 * DAY_MS - HOUR_MS, DAY_MS))).toEqual([1, 2]);
  });

  test('the old version still counts until the notice period has passed: widening waits', () => {
    expect(versions(rulesToSatisfy([first, second], 10 * DAY_MS + HOUR_MS, DAY_MS))).toEqual([1, 2]);
    expect(versions(rulesToSatisfy([first, second], 11 * DAY_MS - 1, DAY_MS))).toEqual([1, 2]);
    expect(versions(rulesToSatisfy([first, second], 11 * DAY_MS, DAY_MS))).toEqual([2]);
  });

  test('N05: a version that was replaced after ten minutes still counts for requests of that time', () => {
    const third = published(3, 10 * DAY_MS + 600_000);
    expect(versions(rulesToSatisfy([first, second, third], 10 * DAY_MS + 300_000, DAY_MS))).toEqual([1, 2, 3]);
  });

  test('a first rule is a widening too: nothing is permitted before it was public for the notice period', () => {
    expect(rulesToSatisfy([first], HOUR_MS, DAY_MS)).toEqual([]);
  });

  test('no rule at all is nothing to satisfy, which denies', () => {
    expect(rulesToSatisfy([], DAY_MS, 0)).toEqual([]);
  });

  test('the order in which versions are given does not matter', () => {
    expect(versions(rulesToSatisfy([second, first], 10 * DAY_MS, DAY_MS))).toEqual([1, 2]);
  });
});

describe('what is given under several versions', () => {
  const cases = new URL('../../policy/cases/facts/salish-point-asks-juniper-bend.json', import.meta.url);
  const facts = parseFacts(parseStrictJson(readFileSync(cases)));
  const now = Date.parse('2026-11-22T08:00:00Z');
  const section = rule.release?.plate_history;
  const withRelease = (change: object, version: number): PublishedRule => ({
    rule: { ...rule, version, release: { plate_history: { ...section, ...change } } } as Rule,
    publishedAt: version,
  });

  test('is what each of them gives: a wider version adds no field, no exacter place and no day before its notice passed', () => {
    const strict = {
      fields: ['plate', 'seen_at', 'location'],
      coarsen: { place_metres: 500 },
      obligations: { ...section?.obligations, retention_seconds: 3600 },
    };
    const wide = { fields: ['plate', 'seen_at', 'device', 'location'], coarsen: { time_seconds: 900 } };
    for (const versions of [
      [withRelease(strict, 1), withRelease(wide, 2)],
      [withRelease(wide, 1), withRelease(strict, 2)],
    ]) {
      expect(decideByAll(facts, versions, now)).toMatchObject({
        outcome: 'permit',
        rule: { version: 2 },
        fields: ['plate', 'seen_at', 'location'],
        coarsening: { placeMetres: 500, timeSeconds: 900 },
        obligations: { expires_at: new Date(now + 3_600_000).toISOString() },
      });
    }
  });
});
