import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runsOf } from '../../../test/support/how-much.js';
import { NOW, attestation, facts } from '../test/generated-facts.js';
import { releaseOf, rules, withRelease } from '../test/generated-rules.js';
import { STRICTER } from '../test/stricter-rules.js';
import { ACCESS_LISTS } from './access.js';
import { decide, denyUndetermined } from './decide.js';
import { ABSENT, SEALED, known, type Beneficiary, type Facts, type Party, type RequestFacts } from './facts.js';
import type { ReleaseConditions } from './conditions.js';
import type { Rule } from './rule.js';

const RUNS = { numRuns: runsOf(1000) };
const REQUIRED_CONDITIONS = [
  'require',
  'recipients',
  'beneficiary',
  'purposes',
  'offences',
  'legal_process',
  'approval',
  'officer',
  'case_number',
  'scope',
  'fields',
  'obligations',
];

const outcomeOf = (on: Facts, by: Rule) => decide(on, { rule: by, side: 'release' }, NOW);

function withRequest(on: Facts, change: Partial<RequestFacts>): Facts {
  return { ...on, request: { ...on.request, ...change } };
}

/** Every fact, each replaced by `state` on its own. */
function replacing(on: Facts, state: typeof ABSENT | typeof SEALED): Facts[] {
  const inRequest = Object.keys(on.request).map((name) => withRequest(on, { [name]: state }));
  const inRequester = { agencyClass: state, jurisdictions: state };
  const inParty = Object.entries(inRequester).map(([name]) => ({
    ...on,
    requester: { ...on.requester, [name]: state },
  }));
  const inAccess = ACCESS_LISTS.map(({ list }) => ({
    ...on,
    requester: { ...on.requester, access: { ...on.requester.access, [list]: state } },
  }));
  return [...inRequest, ...inParty, ...inAccess, { ...on, beneficiary: state }, { ...on, owner: state }];
}

function withoutOneMark(one: Party): Party[] {
  return one.attestations.map((mark) => ({
    ...one,
    attestations: one.attestations.filter((other) => other !== mark),
  }));
}

/** The same value with every list in another order and every object's members too. */
function shuffled(value: unknown, random: () => number): unknown {
  const turn = <T>(list: readonly T[]): T[] =>
    list
      .map((item) => [random(), item] as const)
      .sort(([a], [b]) => a - b)
      .map(([, item]) => item);
  if (Array.isArray(value)) return turn(value.map((entry) => shuffled(entry, random)));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(turn(Object.entries(value)).map(([name, member]) => [name, shuffled(member, random)]));
}

describe('what holds for every decision', () => {
  test('the generated cases permit and deny often enough to say something', () => {
    const outcomes = fc
      .sample(fc.tuple(facts, rules), { numRuns: 2000, seed: 7 })
      .map(([f, c]) => outcomeOf(f, c).outcome);
    expect(outcomes.filter((outcome) => outcome === 'permit').length).toBeGreaterThan(200);
    expect(outcomes.filter((outcome) => outcome === 'deny').length).toBeGreaterThan(200);
  });

  test('more protection never turns a permit into a denial', () => {
    fc.assert(
      fc.property(facts, rules, attestation, (on, by, more) => {
        fc.pre(outcomeOf(on, by).outcome === 'permit');
        const add = (one: Party): Party => ({ ...one, attestations: [...one.attestations, more] });
        expect(outcomeOf({ ...on, requester: add(on.requester) }, by).outcome).toBe('permit');
        if (on.beneficiary.state === 'known' && on.beneficiary.value.kind === 'party') {
          const helped = known<Beneficiary>({ kind: 'party', party: add(on.beneficiary.value.party) });
          expect(outcomeOf({ ...on, beneficiary: helped }, by).outcome).toBe('permit');
        }
        expect(outcomeOf({ ...on, withAccess: on.withAccess.map(add) }, by).outcome).toBe('permit');
      }),
      RUNS,
    );
  });

  test('a stricter rule never turns a denial into a permit', () => {
    fc.assert(
      fc.property(facts, rules, fc.constantFrom(...STRICTER), (on, by, stricter) => {
        fc.pre(outcomeOf(on, by).outcome === 'deny');
        expect(outcomeOf(on, withRelease(by, stricter(releaseOf(by)))).outcome).toBe('deny');
      }),
      { numRuns: runsOf(3000) },
    );
  });

  test('removing a fact never turns a denial into a permit', () => {
    fc.assert(
      fc.property(facts, rules, (on, by) => {
        fc.pre(outcomeOf(on, by).outcome === 'deny');
        for (const less of replacing(on, ABSENT)) expect(outcomeOf(less, by).outcome).toBe('deny');
        for (const requester of withoutOneMark(on.requester)) {
          expect(outcomeOf({ ...on, requester }, by).outcome).toBe('deny');
        }
      }),
      RUNS,
    );
  });

  test('P01: removing a fact that a permit was made from denies, but for the narrative', () => {
    fc.assert(
      fc.property(facts, rules, (on, by) => {
        fc.pre(outcomeOf(on, by).outcome === 'permit');
        const needed = [
          'kind',
          'contentKind',
          'window',
          'plateCount',
          'purpose',
          'offence',
          'exception',
          'legalProcess',
        ];
        const rest = ['legalProcessContent', 'approvalExists', 'approverDistinct', 'officerAcr', 'caseNumber'];
        for (const name of [...needed, ...rest]) {
          expect(outcomeOf(withRequest(on, { [name]: ABSENT }), by).outcome).toBe('deny');
        }
        expect(outcomeOf({ ...on, beneficiary: ABSENT }, by).outcome).toBe('deny');
      }),
      RUNS,
    );
  });

  test('the order of anything never matters, not even to the reasons', () => {
    fc.assert(
      fc.property(facts, rules, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (on, by, numbers) => {
        const random = () => Number(numbers.next().value);
        const turned = outcomeOf(shuffled(on, random) as Facts, shuffled(by, random) as Rule);
        expect(JSON.stringify(turned)).toBe(JSON.stringify(outcomeOf(on, by)));
      }),
      RUNS,
    );
  });

  test('whatever the owner permits the broker did not deny', () => {
    fc.assert(
      fc.property(facts, rules, fc.array(fc.nat(50), { minLength: 1 }), (on, by, picks) => {
        fc.pre(outcomeOf(on, by).outcome === 'permit');
        let broker = on;
        for (const pick of picks) {
          const choices = replacing(broker, SEALED);
          broker = choices[pick % choices.length] ?? broker;
        }
        expect(outcomeOf(broker, by).outcome).not.toBe('deny');
      }),
      RUNS,
    );
  });

  test('a holder that meets a sealed fact denies, unless it is the narrative', () => {
    fc.assert(
      fc.property(facts, rules, (on, by) => {
        fc.pre(outcomeOf(on, by).outcome === 'permit');
        const decision = denyUndetermined(outcomeOf(withRequest(on, { caseNumber: SEALED }), by));
        expect(decision).toMatchObject({
          outcome: 'deny',
          reasons: expect.arrayContaining([expect.objectContaining({ code: 'sealed_at_holder' })]) as unknown,
        });
        expect(denyUndetermined(outcomeOf(withRequest(on, { narrative: SEALED }), by)).outcome).toBe('permit');
      }),
      RUNS,
    );
  });

  test('P05: the narrative never decides, whatever is written in it', () => {
    fc.assert(
      fc.property(facts, rules, fc.string({ unit: 'binary', maxLength: 400 }), (on, by, words) => {
        const told = withRequest(on, { narrative: known(words) });
        expect(outcomeOf(told, by)).toEqual(outcomeOf(on, by));
      }),
      RUNS,
    );
  });

  test('P24: deciding never throws, and what is no rule never permits', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.anything(), facts, (noFacts, noRule, noTime, on) => {
        const now = noTime as number;
        expect(decide(noFacts as Facts, { rule: noRule as Rule, side: 'release' }, now).outcome).toBe('deny');
        expect(decide(on, { rule: noRule as Rule, side: 'release' }, NOW).outcome).toBe('deny');
        expect(decide(on, noRule as { rule: Rule; side: 'release' }, NOW).outcome).toBe('deny');
      }),
      RUNS,
    );
  });

  test('P03: a rule that lost one of its conditions denies with `rule_error`', () => {
    fc.assert(
      fc.property(facts, rules, fc.nat(), (on, by, pick) => {
        fc.pre(outcomeOf(on, by).outcome === 'permit');
        const release = releaseOf(by);
        const lost = REQUIRED_CONDITIONS[pick % REQUIRED_CONDITIONS.length] ?? '';
        const rest = Object.fromEntries(Object.entries(release).filter(([name]) => name !== lost));
        const decision = outcomeOf(on, withRelease(by, rest as unknown as ReleaseConditions));
        expect(decision).toMatchObject({ outcome: 'deny', reasons: [{ code: 'rule_error' }] });
      }),
      RUNS,
    );
  });

  test('every reason fits the wire: short, printable texts and a code', () => {
    fc.assert(
      fc.property(facts, rules, (on, by) => {
        const decision = outcomeOf(on, by);
        fc.pre(decision.outcome === 'deny');
        expect(decision.reasons.length).toBeLessThanOrEqual(64);
        for (const { code, requirement: name, required, found, remedy } of decision.reasons) {
          expect(`${code} ${name}`).toMatch(/^[a-z_]+ [a-z0-9_.-]{1,200}$/);
          for (const words of [required, found, remedy]) expect(words).toMatch(/^[\x20-\x7e]{1,500}$/);
        }
      }),
      RUNS,
    );
  });
});
