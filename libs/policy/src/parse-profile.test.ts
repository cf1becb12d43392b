import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseStrictJson, type JsonObject, type JsonValue } from '#protocol';
import { draftAttestations, effectOf, lawInForce } from './law-in-force.js';
import { parseProfile } from './parse-profile.js';
import { PolicyError } from './policy-error.js';
import { profileDigest, type Profile } from './profile.js';
import { profiles } from './profiles.js';

const document = (id: string) =>
  parseStrictJson(readFileSync(new URL(`../profiles/${id}.json`, import.meta.url))) as JsonObject;

function of(id: string): Profile {
  const profile = profiles().get(id);
  if (!profile) throw new Error(`no profile of ${id}`);
  return profile;
}

function problemsOf(change: (profile: JsonObject) => void): string {
  const draft = document('WA');
  change(draft);
  try {
    parseProfile(draft);
    return '';
  } catch (error) {
    if (error instanceof PolicyError && error.code === 'profile_malformed') return error.message;
    throw error;
  }
}

const statement = (profile: JsonObject, index = 0) => (profile['statements'] as JsonObject[])[index] as JsonObject;
/** The same statement once more, at another level. */
const twice = (more: JsonObject) => (p: JsonObject) =>
  void (p['statements'] as JsonValue[]).push({ ...statement(p), level: 'days-30', ...more });

const owner = (profile: JsonObject) => profile['owner'] as JsonObject;

describe('a profile is refused', () => {
  test('with a level, a protection, a class or a basis that its vocabulary does not have', () => {
    expect(problemsOf((p) => (statement(p)['level'] = 'days-20'))).toContain('statements[0].level: unknown value');
    expect(problemsOf((p) => (statement(p)['protection'] = 'tidiness'))).toContain('statements[0].protection: unknown');
    expect(problemsOf((p) => (statement(p)['binds'] = ['posse']))).toContain('statements[0].binds[0]: unknown value');
    expect(problemsOf((p) => (statement(p)['basis'] = 'custom'))).toContain('statements[0].basis: unknown value');
    expect(problemsOf((p) => (p['vocabulary'] = 'x'))).toContain('vocabulary: not the digest of a known vocabulary');
  });

  test.each(['citation', 'source', 'as_of', 'confidence', 'reading', 'effective_from'])(
    'where a statement has no `%s`',
    (name) => {
      expect(problemsOf((p) => delete statement(p)[name])).toContain(`statements[0].${name}: is missing`);
    },
  );

  test('where a statement is no more than a hint', () => {
    expect(problemsOf((p) => (statement(p)['confidence'] = 'L'))).toContain('statements[0].confidence: unknown value');
  });

  test('where it calls a fact about one agency a law', () => {
    expect(
      problemsOf((p) => void Object.assign(statement(p), { protection: 'agreement-287g', level: 'none' })),
    ).toContain('a fact about one agency');
  });

  test('where two statements speak of one protection, one class and one time', () => {
    expect(problemsOf(twice({}))).toContain('`retention` is stated twice');
    expect(problemsOf(twice({ binds: ['tribal-police'] }))).toBe('');
    const end = '2028-01-01T00:00:00-08:00';
    expect(
      problemsOf((p) => {
        statement(p)['effective_until'] = end;
        twice({ effective_from: end, effective_until: null })(p);
      }),
    ).toBe('');
    // The new one first, and the old one that ends on the same instant after it.
    expect(
      problemsOf((p) => {
        twice({ effective_until: end })(p);
        statement(p)['effective_from'] = end;
      }),
    ).toBe('');
  });

  test('where it ends before it takes effect, or names a day that there is not', () => {
    expect(problemsOf((p) => (statement(p)['effective_until'] = '2026-03-30T00:00:00-07:00'))).toContain('ends before');
    expect(problemsOf((p) => (p['as_of'] = '2026-02-30'))).toContain('as_of: not a day of the calendar');
  });

  test('where the owner demands as its own what the law does not say, or narrows recipients without a source', () => {
    const own = owner(document('WA'))['require_own'] as string[];
    expect(problemsOf((p) => (owner(p)['require_own'] = [...own, 'defence-access']))).toContain('no statement says');
    expect(
      problemsOf((p) => (owner(p)['recipients'] = [{ classes: ['court'], purposes: ['wanted-person'] }])),
    ).toContain('owner.recipients[0].source: is missing');
  });

  test('where a tier names nothing that it is about', () => {
    const tier = { name: 'empty', when: {}, require_own: ['retention'], legal_process: { at_least: 'warrant' } };
    expect(problemsOf((p) => (owner(p)['tiers'] = [{ ...tier, source: 'an act' }]))).toContain(
      'owner.tiers[0].when: nothing is named',
    );
  });

  test('P24: when it is larger or deeper than any profile, before anything else is looked at', () => {
    const deep = (levels: number): JsonValue => (levels === 0 ? 'x' : [deep(levels - 1)]);
    expect(problemsOf((p) => (p['remarks'] = deep(20)))).toBe('document: nested deeper than 8');
    expect(problemsOf((p) => (p['remarks'] = Array.from({ length: 10_001 }, () => 0)))).toBe(
      'document: more than 10000 values',
    );
  });

  test('with an unknown member, and with all its problems at once', () => {
    expect(
      problemsOf((p) => {
        p['extra'] = 1;
        statement(p)['level'] = 'x';
        delete p['notice'];
      }),
    ).toMatch(/notice: is missing.*unknown member `extra`.*statements\[0\]\.level/);
  });
});

describe('a changed law', () => {
  test('is a new version that names the digest of the version it replaces', () => {
    const first = of('WA');
    expect(problemsOf((p) => (p['version'] = 2))).toContain('replaces: the digest of the version before');
    expect(problemsOf((p) => (p['replaces'] = profileDigest(first)))).toContain('`null` for the first');
    expect(problemsOf((p) => void Object.assign(p, { version: 2, replaces: profileDigest(first) }))).toBe('');
  });

  test('ends the old statement and begins the new one on one day, without a gap and without an overlap', () => {
    const end = '2027-07-01T00:00:00-07:00';
    const draft = document('WA');
    Object.assign(draft, { version: 2, replaces: profileDigest(of('WA')) });
    const old = statement(draft);
    (draft['statements'] as JsonValue[]).push({ ...old, level: 'days-30', effective_from: end });
    old['effective_until'] = end;
    const second = parseProfile(draft);
    const ends = draftAttestations(second, 'https://wa.example').map(({ effectiveUntilMs }) => effectiveUntilMs);
    expect(ends.filter((until) => until !== null)).toEqual([Date.parse(end)]);
    const at = (instant: string) =>
      lawInForce(second, Date.parse(instant)).filter(({ protection }) => protection === 'retention');
    expect(at('2027-07-01T06:59:59.999Z').map(({ level }) => level)).toEqual(['days-21']);
    expect(at('2027-07-01T07:00:00Z').map(({ level }) => level)).toEqual(['days-30']);
    expect(second.statements.map(effectOf).every(({ fromMs }) => Number.isFinite(fromMs))).toBe(true);
    expect(profileDigest(second)).not.toBe(profileDigest(of('WA')));
  });
});
