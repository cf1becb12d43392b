import { describe, expect, test } from 'vitest';
import { LEGAL_PROCESS_CLASSES, READ_FIELDS } from '#protocol';
import { VOCABULARY, levelRank, meetsLevel, retentionSeconds, vocabularyByDigest } from './vocabulary.js';

const levelsOf = (protection: string) => VOCABULARY.protections.get(protection)?.levels.map(({ id }) => id);

const ids = (flag: 'immigration' | 'catchAll' | 'retired') =>
  [...VOCABULARY.offences.values()].filter((offence) => offence[flag]).map(({ id }) => id);

describe('the vocabulary', () => {
  test('orders each protection from the weakest level to the strictest', () => {
    expect(Object.fromEntries([...VOCABULARY.protections.keys()].map((id) => [id, levelsOf(id)?.join(' < ')]))).toEqual(
      {
        'legal-process-plate-history':
          'none < documented-purpose < reasonable-suspicion < sworn-statement < court-order < warrant',
        retention:
          'unlimited < days-1095 < days-900 < days-365 < days-180 < days-90 < days-60 < days-30 < days-21 < minutes-3',
        'immigration-use': 'unrestricted < judicial-warrant-only < prohibited',
        'agreement-287g': 'task-force-model < jail-enforcement-model < warrant-service-officer < none',
      },
    );
  });

  test('keeps reads for a shorter time at each stricter level', () => {
    const seconds = (levelsOf('retention') ?? []).map((level) => retentionSeconds(VOCABULARY, level) ?? Infinity);
    expect(seconds).toEqual([...seconds].sort((a, b) => b - a));
    expect(new Set(seconds).size).toBe(seconds.length);
    expect(retentionSeconds(VOCABULARY, 'days-21')).toBe(21 * 24 * 60 * 60);
    expect(retentionSeconds(VOCABULARY, 'minutes-3')).toBe(180);
  });

  test('P02: an unknown protection or level never meets anything, nor is it met by anything', () => {
    expect(meetsLevel(VOCABULARY, 'retention', 'days-21', 'days-30')).toBe(true);
    expect(meetsLevel(VOCABULARY, 'retention', 'days-30', 'days-21')).toBe(false);
    for (const level of ['days-1', 'DAYS-21', ' days-21', '', 'constructor', '__proto__']) {
      expect(meetsLevel(VOCABULARY, 'retention', level, 'unlimited')).toBe(false);
      expect(meetsLevel(VOCABULARY, 'retention', 'minutes-3', level)).toBe(false);
      expect(meetsLevel(VOCABULARY, 'retention', level, level)).toBe(false);
      expect(levelRank(VOCABULARY, 'retention', level)).toBeUndefined();
      expect(levelRank(VOCABULARY, level, 'none')).toBeUndefined();
    }
  });

  test('marks the immigration offences, the catch-all and what is no longer charged', () => {
    expect(ids('immigration')).toEqual(['30A', '30B', '30C', '30D', '49C']);
    expect(ids('catchAll')).toEqual(['90Z']);
    expect(ids('retired')).toEqual(['90I']);
    expect(VOCABULARY.offences.size).toBe(84);
  });

  test('speaks of the same fields and classes of legal process as the wire does', () => {
    expect([...VOCABULARY.readFields.keys()]).toEqual([...READ_FIELDS]);
    expect([...VOCABULARY.legalProcess.keys()]).toEqual([...LEGAL_PROCESS_CLASSES]);
    expect([...VOCABULARY.legalProcess.keys()]).toEqual(levelsOf('legal-process-plate-history'));
  });

  test('is found by its digest and by nothing else', () => {
    expect(vocabularyByDigest(VOCABULARY.digest)).toBe(VOCABULARY);
    expect(vocabularyByDigest('')).toBeUndefined();
    // Rules in the world pin this digest: whoever changes the meaning of a word makes a new version of the vocabulary.
    expect(VOCABULARY.digest).toBe('-qOqOx7-kdD_LNP2aawIzOpdcZVwoeQ9w1hw4_Ptvw4');
  });

  test('calls no law verified that was only remembered', () => {
    for (const { levels } of VOCABULARY.protections.values()) {
      for (const { statutes } of levels) {
        for (const { confidence, source } of statutes) {
          expect(/not verified/.test(source)).toBe(confidence === 'L');
        }
      }
    }
  });
});
