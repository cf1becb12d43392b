import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { LEGAL_PROCESS_CLASSES, READ_FIELDS, parseStrictJson } from '#protocol';
import { CAMERA_OWNER_CLASSES } from '#reads';
import {
  VOCABULARIES,
  VOCABULARY,
  legalProcessProtection,
  levelRank,
  meetsLevel,
  protectionsCovering,
  retentionSeconds,
  vocabularyByDigest,
} from './vocabulary.js';
import { VOCABULARY_1 } from './vocabulary-1.js';
import { VOCABULARY_2 } from './vocabulary-2.js';
import { meaningOfVersion3 } from './vocabulary-3.js';

const levelsOf = (protection: string) => VOCABULARY.protections.get(protection)?.levels.map(({ id }) => id);

const ids = (flag: 'immigration' | 'catchAll' | 'retired') =>
  [...VOCABULARY.offences.values()].filter((offence) => offence[flag]).map(({ id }) => id);

const flagged = (flag: 'federal' | 'private' | 'immigration') =>
  [...VOCABULARY.agencyClasses.values()].filter((each) => each[flag]).map(({ id }) => id);

const asked = (kind: string, hours: number) => legalProcessProtection(VOCABULARY, kind, hours);

/** In days, over four years of starting days. */
const longest = (months: number) =>
  Math.max(...Array.from({ length: 48 }, (_, month) => Date.UTC(2023, month + months, 1) - Date.UTC(2023, month, 1))) /
  86_400_000;

const published = (version: number) =>
  parseStrictJson(readFileSync(new URL(`../vocabularies/${version}.json`, import.meta.url)));

describe('the vocabulary', () => {
  test('orders each protection from the weakest level to the strictest', () => {
    const process = 'none < documented-purpose < reasonable-suspicion < sworn-statement < court-order < warrant';
    expect(Object.fromEntries([...VOCABULARY.protections.keys()].map((id) => [id, levelsOf(id)?.join(' < ')]))).toEqual(
      {
        'legal-process-plate-history': process,
        'legal-process-plate-history-over-72-hours': process,
        'legal-process-plate-history-over-7-days': process,
        'legal-process-plate-history-over-30-days': process,
        'legal-process-area-search': process,
        'legal-process-area-search-over-72-hours': process,
        'legal-process-area-search-over-7-days': process,
        'legal-process-area-search-over-30-days': process,
        'legal-process-travelling-together': process,
        'legal-process-alert': process,
        'legal-process-pattern-search': process,
        'legal-process-private-reads': process,
        retention:
          'unlimited < days-1096 < days-915 < days-550 < days-366 < days-276 < days-180 < days-150 < days-90 < days-60 < days-30 < days-21 < minutes-3 < at-once',
        preservation: 'no-condition < named-case < sworn-statement < court-order',
        'immigration-use': 'unrestricted < judicial-warrant-only < prohibited',
        'health-care-use': 'unrestricted < reproductive-care < reproductive-and-gender-care',
        'protected-activity-use': 'unrestricted < prohibited',
        'traffic-enforcement-use': 'unrestricted < prohibited',
        'purpose-limit': 'any < law-enforcement < closed-list',
        'match-as-ground': 'alone < confirm-first',
        'onward-sharing':
          'anybody < law-enforcement < outside-on-conditions < named-states < in-state < proceedings-only',
        'federal-sharing': 'unrestricted < court-order < prohibited',
        'private-sharing': 'unrestricted < service-providers < prohibited',
        sale: 'unrestricted < no-sale < no-sale-no-purchase',
        'access-declaration': 'none < written < penalty-of-perjury',
        'standing-access': 'allowed < each-request',
        'central-repository': 'unrestricted < state-server < prohibited',
        'disclosure-order': 'none < court-order',
        'recipient-duties': 'none < same-duties',
        'search-record': 'none < access < access-and-reason < offence-and-case',
        'record-retention': 'unstated < years-1 < years-5 < indefinitely',
        'audit-interval': 'none < required < biennial < yearly < quarterly < monthly',
        'audit-independence': 'none < internal < other-authority < independent',
        'use-report': 'none < to-authority < public-yearly < public-quarterly',
        'usage-policy': 'none < written < public < public-comment',
        'device-registration': 'none < registered',
        'user-certification': 'any < trained < certified-yearly',
        'oversight-authority': 'none < named',
        'misuse-crime': 'no < yes',
        'misuse-civil': 'no < yes',
        'public-records': 'open < exempt',
        'technical-security': 'none < named-standard',
        'defence-access': 'none < legitimate-purpose < preserve-and-apply < on-request',
        'camera-places': 'anywhere < sensitive-excluded',
        'camera-mounting': 'unattended < attended',
        'collection-ground': 'general < specific-ground',
        'occupant-images': 'allowed < prohibited',
        'hot-list-freshness': 'unstated < daily < each-shift',
        'hot-list-scope': 'any < limited-to-purpose < closed-classes',
        'agreement-287g': 'task-force-model < jail-enforcement-model < warrant-service-officer < none',
        'task-force': 'federal-led < federal-members < local-only < none',
        'shared-centre': 'federal-members < local-only < none',
        'sign-in': 'shared < personal < device-bound',
        control: 'private < public-with-private-users < public',
        'vendor-access': 'own-purposes < on-instruction < none',
        'commercial-network': 'national < statewide < one-to-one < none',
      },
    );
  });

  test('asks a question about each protection, and answers it at each level', () => {
    for (const { question, levels } of VOCABULARY.protections.values()) {
      expect(question).toMatch(/^[a-z].*\?$/);
      expect(levels.length).toBeGreaterThan(1);
      expect(new Set(levels.map(({ id }) => id)).size).toBe(levels.length);
      expect(new Set(levels.map(({ text }) => text)).size).toBe(levels.length);
    }
  });

  test('keeps reads for a shorter time at each stricter level', () => {
    const seconds = (levelsOf('retention') ?? []).map((level) => retentionSeconds(VOCABULARY, level) ?? Infinity);
    expect(seconds).toEqual([...seconds].sort((a, b) => b - a));
    expect(new Set(seconds).size).toBe(seconds.length);
    expect(retentionSeconds(VOCABULARY, 'days-21')).toBe(21 * 24 * 60 * 60);
    expect(retentionSeconds(VOCABULARY, 'minutes-3')).toBe(180);
    expect(retentionSeconds(VOCABULARY, 'at-once')).toBe(0);
  });

  test('counts a limit in months or years at its longest', () => {
    expect(levelsOf('retention')?.slice(1, 6)).toEqual([36, 30, 18, 12, 9].map((months) => `days-${longest(months)}`));
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
      expect(protectionsCovering(VOCABULARY, level)).toEqual([]);
      expect(legalProcessProtection(VOCABULARY, level, 0)).toBeUndefined();
    }
  });

  test('has warrant parity for each kind of query, and for each age of the reads where a law can tell them apart', () => {
    for (const kind of VOCABULARY.kinds.keys()) {
      for (const hours of [0, 72, 73, 168, 169, 721, Number.NaN]) {
        expect(levelsOf(asked(kind, hours) ?? '')).toEqual([...VOCABULARY.legalProcess.keys()]);
      }
    }
    expect(asked('plate_history', 72)).toBe('legal-process-plate-history');
    expect(asked('plate_history', 72.5)).toBe('legal-process-plate-history-over-72-hours');
    expect(asked('latest_sighting', 168.1)).toBe('legal-process-plate-history-over-7-days');
    expect(asked('near_scene', 9999)).toBe('legal-process-area-search-over-30-days');
    // An age that is no number is taken for the oldest: no query becomes easier by it.
    expect(asked('near_scene', Number.NaN)).toBe('legal-process-area-search-over-30-days');
    expect(asked('hot_list_alert', 9999)).toBe('legal-process-alert');
  });

  test('lets a law for reads of any age speak for old reads, and never the other way round', () => {
    const id = 'legal-process-plate-history';
    expect(protectionsCovering(VOCABULARY, id)).toEqual([id]);
    expect(protectionsCovering(VOCABULARY, `${id}-over-7-days`)).toEqual([
      `${id}-over-7-days`,
      id,
      `${id}-over-72-hours`,
    ]);
    for (const protection of VOCABULARY.protections.keys()) {
      for (const wider of protectionsCovering(VOCABULARY, protection))
        expect(levelsOf(wider)).toEqual(levelsOf(protection));
    }
  });

  test('closes pattern searches and free-language prompts off as kinds of their own', () => {
    const patterns = [...VOCABULARY.kinds.values()].filter(({ pattern }) => pattern).map(({ id }) => id);
    expect(patterns).toEqual(['passed_twice', 'unusual_travel', 'free_language_prompt']);
  });

  test('marks the immigration offences, the catch-all and what is no longer charged', () => {
    expect(ids('immigration')).toEqual(['30A', '30B', '30C', '30D', '49C']);
    expect(ids('catchAll')).toEqual(['90Z']);
    expect(ids('retired')).toEqual(['90I']);
    expect(VOCABULARY.offences.size).toBe(84);
  });

  test('knows the files of the national extract, and that one of them serves immigration enforcement', () => {
    const sources = [...VOCABULARY.hotListSources.values()];
    expect(sources.filter(({ id }) => id.startsWith('ncic-'))).toHaveLength(13);
    expect(sources.filter(({ immigration }) => immigration).map(({ id }) => id)).toEqual(['ncic-immigration-violator']);
    const open = ['ncic-gang', 'ncic-sex-offender', 'ncic-supervised-release', 'ncic-immigration-violator', 'unknown'];
    for (const id of open) expect(VOCABULARY.hotListSources.get(id)?.ground).toBe('nothing');
  });

  test('tells federal, private and immigration agencies apart from the others', () => {
    expect(flagged('federal')).toEqual(['federal-agency', 'immigration-agency']);
    expect(flagged('private')).toEqual(['private-police', 'company']);
    expect(flagged('immigration')).toEqual(['immigration-agency']);
  });

  test('speaks of the same fields, classes of legal process and owners of cameras as the wire and the reads do', () => {
    expect([...VOCABULARY.readFields.keys()]).toEqual([...READ_FIELDS]);
    expect([...VOCABULARY.legalProcess.keys()]).toEqual([...LEGAL_PROCESS_CLASSES]);
    expect([...VOCABULARY.cameraOwnerClasses.keys()]).toEqual([...CAMERA_OWNER_CLASSES]);
  });
});

describe('a version of the vocabulary', () => {
  test('is found by its digest and by nothing else', () => {
    for (const vocabulary of VOCABULARIES) expect(vocabularyByDigest(vocabulary.digest)).toBe(vocabulary);
    expect(vocabularyByDigest('')).toBeUndefined();
    // Rules in the world pin these digests: whoever changes the meaning of a word makes a new version of the vocabulary.
    expect(VOCABULARIES.map(({ version, digest }) => [version, digest])).toEqual([
      [1, '-qOqOx7-kdD_LNP2aawIzOpdcZVwoeQ9w1hw4_Ptvw4'],
      [2, 'C-7Z-PeNj4rc73xKzwU705iXrPGIIZOB43QGg3ecrmg'],
      [3, '6HK9TeG15yPM08a28-Hsf2vZiBRhP0mz3soxP-Xq0t8'],
    ]);
  });

  test('is published as a document', () => {
    expect(published(3)).toEqual(meaningOfVersion3());
  });

  test('gives a word that an older one has the same meaning: a level of one version may be compared in another', () => {
    let compared = 0;
    for (const older of VOCABULARIES.slice(0, -1)) {
      for (const [id, { levels }] of older.protections) {
        const kept = levels.filter((level) => levelRank(VOCABULARY, id, level.id) !== undefined);
        const now = VOCABULARY.protections.get(id)?.levels ?? [];
        // The same texts, the same times, the same order among those that were kept.
        expect(now.filter((level) => kept.some((each) => each.id === level.id))).toEqual(kept);
        compared += kept.length;
      }
    }
    expect(compared).toBeGreaterThan(15);
  });

  test('keeps its own words: an older one has neither the levels nor the kinds of a later one', () => {
    expect(levelRank(VOCABULARY_1, 'retention', 'days-900')).toBe(2);
    expect(levelRank(VOCABULARY, 'retention', 'days-900')).toBeUndefined();
    expect(meetsLevel(VOCABULARY_1, 'retention', 'at-once', 'days-30')).toBe(false);
    expect(VOCABULARY_1.kinds.has('pattern_search')).toBe(true);
    expect(VOCABULARY_1.kinds.has('passed_twice')).toBe(false);
    expect(VOCABULARY_1.protections.size).toBe(4);
    expect(VOCABULARY_1.offences.get('90Z')).toEqual(VOCABULARY.offences.get('90Z'));
    expect(VOCABULARY_1.hotListSources.size).toBe(0);
    expect(VOCABULARY_2.readFields.has('vehicle')).toBe(false);
    const { version: _two, digest: _of2, readFields: _fields2, ...older } = VOCABULARY_2;
    const { version: _three, digest: _of3, readFields: _fields3, ...newer } = VOCABULARY;
    expect(older).toEqual(newer);
  });
});
