// Long because every finding stands in one table, beside the clause that brings it about.
import { describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject, type JsonValue } from '#protocol';
import { draftAuthority } from '../draft-parties.js';
import { parseRule } from '../parse-rule.js';
import { profiles } from '../profiles.js';
import { startingRule } from '../starting-rule.js';
import { lintRule } from './lint-rule.js';

const NOW = Date.parse('2026-11-22T08:00:00Z');
const HISTORY = 'release.plate_history';

function starting(id: string): JsonObject {
  const profile = profiles().get(id);
  if (profile === undefined) throw new Error(`no profile ${id}`);
  const jurisdictions = new Map([...profiles().keys()].map((each) => [each, draftAuthority(each)]));
  const owner = 'https://owner.example';
  return startingRule({ profile, owner, version: 1, effectiveFrom: '2026-11-22T00:00:00Z', jurisdictions });
}

/** The document with the value at `path` put in place; `undefined` takes it out. */
function changed(document: JsonObject, path: string, value: JsonValue | undefined): JsonObject {
  const copy = structuredClone(document);
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  let at: JsonObject = copy;
  for (const step of steps) {
    const next = at[step];
    if (isJsonObject(next)) at = next;
    else {
      const made: JsonObject = {};
      at[step] = made;
      at = made;
    }
  }
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}

function found(document: JsonObject, own?: string): string[] {
  const findings = lintRule(parseRule(document), {
    own: own === undefined ? undefined : profiles().get(own),
    now: NOW,
  });
  return findings.map(({ code, path }) => `${code} ${path}`);
}

const WA = starting('WA');

describe('the starting rule of every legal profile', () => {
  it.each([...profiles().keys()])('%s is without contradictions, and not weaker than its own law', (id) => {
    const findings = lintRule(parseRule(starting(id)), { own: profiles().get(id), now: NOW });
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});

describe('a contradiction is found where', () => {
  it.each<[what: string, path: string, value: JsonValue, expected: string]>([
    [
      'a purpose is allowed and denied',
      `${HISTORY}.purposes`,
      { allow: ['criminal-investigation', 'civil-matter'], deny: ['civil-matter'] },
      `allowed_and_denied ${HISTORY}.purposes.allow[1]`,
    ],
    [
      'an offence is allowed and denied',
      `${HISTORY}.offences`,
      { allow: ['120', '240'], deny: ['240'] },
      `allowed_and_denied ${HISTORY}.offences.allow[1]`,
    ],
    [
      'every purpose that is allowed is denied',
      `${HISTORY}.purposes`,
      { allow: ['civil-matter'], deny: ['civil-matter'] },
      `nothing_allowed ${HISTORY}.purposes`,
    ],
    [
      'a clause forbids the whole section',
      'forbid',
      [{ name: 'no-history', sides: ['release'], when: { kinds: ['plate_history'] } }],
      'section_forbidden forbid[0]',
    ],
    [
      'a form of case numbers is asked for and forbidden',
      'forbid',
      [{ name: 'foreign', sides: ['release'], when: { case_numbers: ['##-####'] } }],
      `case_number_forbidden ${HISTORY}.case_number.patterns[0]`,
    ],
    [
      'an immigration agency receives and immigration use is excluded',
      `${HISTORY}.recipients`,
      [{ classes: ['municipal-police', 'immigration-agency'] }],
      `recipient_contradicts ${HISTORY}.recipients[0].classes`,
    ],
    [
      'an entry is for purposes that the section does not allow',
      `${HISTORY}.recipients`,
      [{ classes: ['municipal-police'], purposes: ['civil-matter'] }],
      `recipient_unreachable ${HISTORY}.recipients[0].purposes`,
    ],
    ['the rule ends before it begins', 'effective_until', '2026-01-01T00:00:00Z', 'never_in_effect effective_until'],
    [
      'a code was dropped by a later edition',
      `${HISTORY}.offences`,
      { allow: ['120', '90I'] },
      `offence_retired ${HISTORY}.offences.allow[1]`,
    ],
    [
      'a clause forbids what nobody could ask',
      'forbid',
      [{ name: 'no-scenes', sides: ['release'], when: { kinds: ['near_scene'] } }],
      'forbids_nothing forbid[0]',
    ],
  ])('%s', (_, path, value, expected) => {
    expect(found(WA)).not.toContain(expected);
    expect(found(changed(WA, path, value))).toContain(expected);
  });
});

const exception = (more: JsonObject): JsonValue => [
  { exception: 'emergency', purposes: ['threat-to-life'], afterwards: { report_within_hours: 24 }, ...more },
];

describe('a clause that nothing reaches is found where', () => {
  it.each<[what: string, path: string, value: JsonValue, expected: string]>([
    [
      'a tier begins beyond the limits of its section',
      `${HISTORY}.tiers`,
      [{ name: 'long', when: { window_over_hours: 336 }, legal_process: { at_least: 'warrant' } }],
      `tier_unreachable ${HISTORY}.tiers[0].when`,
    ],
    [
      'one of two triggers is beyond the limits',
      `${HISTORY}.tiers`,
      [{ name: 'many', when: { plates_over: 2, fan_out_over: 50 }, legal_process: { at_least: 'warrant' } }],
      `tier_unreachable ${HISTORY}.tiers[0].when.fan_out_over`,
    ],
    [
      'a tier asks for no more than the section',
      `${HISTORY}.tiers`,
      [{ name: 'many', when: { plates_over: 2 }, legal_process: { at_least: 'documented-purpose' } }],
      `tier_adds_nothing ${HISTORY}.tiers[0].legal_process`,
    ],
    [
      'a limit of a tier is wider than that of the section',
      `${HISTORY}.tiers`,
      [{ name: 'many', when: { plates_over: 2 }, scope: { max_window_hours: 500 } }],
      `tier_adds_nothing ${HISTORY}.tiers[0].scope.max_window_hours`,
    ],
    [
      'an exception is for purposes that the section does not allow',
      `${HISTORY}.exceptions`,
      exception({ purposes: ['civil-matter'] }),
      `exception_unreachable ${HISTORY}.exceptions[0].purposes`,
    ],
    [
      'an exception asks for more than no exception',
      `${HISTORY}.exceptions`,
      exception({ instead: { legal_process: { at_least: 'warrant' } } }),
      `exception_not_softer ${HISTORY}.exceptions[0].instead.legal_process`,
    ],
    [
      'exceptions are counted and there are none',
      `${HISTORY}.budgets`,
      [{ per: 'agency', counted: 'exceptions', hours: 24, at_most: 3 }],
      `budget_never_counted ${HISTORY}.budgets[0]`,
    ],
    [
      'one request may use up the budget',
      `${HISTORY}.budgets`,
      [{ per: 'officer', counted: 'plates', hours: 24, at_most: 3 }],
      `budget_below_limit ${HISTORY}.budgets[0]`,
    ],
  ])('%s', (_, path, value, expected) => {
    expect(found(WA)).not.toContain(expected);
    expect(found(changed(WA, path, value))).toContain(expected);
  });

  it('but not where an exception widens the limits up to the tier', () => {
    const tiers: JsonValue = [
      { name: 'long', when: { window_over_hours: 336 }, legal_process: { at_least: 'warrant' } },
    ];
    const scope = { max_window_hours: 1000, max_plates: 5 };
    const both = changed(
      changed(WA, `${HISTORY}.tiers`, tiers),
      `${HISTORY}.exceptions`,
      exception({ instead: { scope } }),
    );
    expect(found(both)).not.toContain(`tier_unreachable ${HISTORY}.tiers[0].when`);
  });
});

const required = (of: JsonObject): readonly JsonObject[] => {
  const release = of['release'] as { plate_history: { require: JsonObject[] } };
  return release.plate_history.require;
};

const placeOf = (protection: string) => required(WA).findIndex((each) => each['protection'] === protection);

describe('a clause weaker than the own law is found where', () => {
  it('a protection of the law is not required', () => {
    const rest = required(WA).filter(({ protection }) => protection !== 'retention');
    expect(found(changed(WA, `${HISTORY}.require`, [...rest]), 'WA')).toContain(
      `weaker_than_own_law ${HISTORY}.require`,
    );
  });

  it('a protection is required at a weaker level', () => {
    const place = placeOf('retention');
    const weaker = required(WA).with(place, {
      protection: 'retention',
      at_least: 'days-60',
      basis: ['statute', 'policy'],
    });
    expect(found(changed(WA, `${HISTORY}.require`, weaker), 'WA')).toEqual([
      `weaker_than_own_law ${HISTORY}.require[${place}]`,
    ]);
    expect(found(changed(WA, `${HISTORY}.require`, weaker))).toEqual([]);
  });

  it('a protection may rest on less', () => {
    const place = placeOf('retention');
    const basis = ['statute', 'policy', 'declaration'];
    const weaker = required(WA).with(place, { protection: 'retention', at_least: 'days-21', basis });
    expect(found(changed(WA, `${HISTORY}.require`, weaker), 'WA')).toEqual([
      `weaker_than_own_law ${HISTORY}.require[${place}].basis`,
    ]);
  });

  it.each<[what: string, id: string, path: string, value: JsonValue | undefined, expected: string]>([
    [
      'a purpose that the law excludes is allowed',
      'WA',
      `${HISTORY}.purposes`,
      { allow: ['criminal-investigation', 'immigration-enforcement'] },
      `weaker_than_own_law ${HISTORY}.purposes.allow[1]`,
    ],
    [
      'receivers may keep reads longer than the owner',
      'WA',
      `${HISTORY}.obligations.retention_seconds`,
      30 * 86_400,
      `weaker_than_own_law ${HISTORY}.obligations.retention_seconds`,
    ],
    [
      'a tier that the law demands is missing',
      'WA',
      `${HISTORY}.tiers`,
      undefined,
      `weaker_than_own_law ${HISTORY}.tiers`,
    ],
    ['a ban of the law is left out', 'WA', 'forbid', undefined, 'weaker_than_own_law forbid'],
    [
      'agencies outside the state receive, where the law keeps them out',
      'CA',
      `${HISTORY}.recipients`,
      [{ classes: ['municipal-police'] }],
      `weaker_than_own_law ${HISTORY}.recipients[0]`,
    ],
    [
      'a class receives to which the law gives nothing',
      'CA',
      `${HISTORY}.recipients`,
      [{ classes: ['federal-agency'], jurisdictions: ['own'] }],
      `weaker_than_own_law ${HISTORY}.recipients[0].classes`,
    ],
  ])('%s', (_, id, path, value, expected) => {
    const document = changed(starting(id), path, value);
    expect(found(document, id)).toContain(expected);
    expect(found(document)).not.toContain(expected);
  });

  it('as strict as mine is said of what the own law says nothing about, so that everybody is denied', () => {
    const require = [{ protection: 'defence-access', as_strict_as_mine: true, basis: ['statute'] }];
    const unknown = required(WA).concat(
      profiles()
        .get('WA')
        ?.statements.some(({ protection }) => protection === 'defence-access') === true
        ? []
        : require,
    );
    const codes = found(changed(WA, `${HISTORY}.require`, unknown), 'WA');
    expect(codes).toContain(`own_level_unknown ${HISTORY}.require[${unknown.length - 1}]`);
  });

  it('and every finding names the law and what to do', () => {
    const document = changed(WA, `${HISTORY}.obligations.retention_seconds`, 30 * 86_400);
    const [finding] = lintRule(parseRule(document), { own: profiles().get('WA'), now: NOW });
    expect(finding).toMatchObject({
      severity: 'error',
      remedy: 'set it to 1814400 or less',
      source: expect.stringContaining('SB 6002'),
    });
  });
});
