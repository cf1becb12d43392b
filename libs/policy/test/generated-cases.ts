import * as fc from 'fast-check';
import {
  ABSENT,
  known,
  type Attestation,
  type Beneficiary,
  type Fact,
  type Facts,
  type Party,
  type RequestFacts,
} from '../src/facts.js';
import type { ReleaseConditions, Requirement, Rule } from '../src/rule.js';
import type { Protection } from '../src/scale.js';
import { VOCABULARY } from '../src/vocabulary.js';

export const NOW = Date.parse('2026-11-22T08:00:00Z');
const DAY_MS = 24 * 60 * 60 * 1000;
/** A few of each sort, so that permits stay common: every scale is compared in the same way. */
const GENERATED = [
  'legal-process-plate-history',
  'legal-process-plate-history-over-7-days',
  'retention',
  'immigration-use',
  'onward-sharing',
  'agreement-287g',
];
export const PROTECTIONS: readonly Protection[] = GENERATED.flatMap((id) => VOCABULARY.protections.get(id) ?? []);
const BASES = [...VOCABULARY.bases.keys()];
/** Nearly always what a permit needs, so that permits are common and a single fault decides. */
function mostly<T>(good: T, ...bad: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 14 * bad.length, arbitrary: fc.constant(good) },
    { weight: 1, arbitrary: fc.constantFrom(...bad) },
  );
}

const nowAndThen = { maxLength: 3 } as const;

const reach: fc.Arbitrary<Attestation['reach']> = fc.oneof(
  fc.record({
    kind: fc.constant('jurisdiction' as const),
    jurisdiction: mostly('WA', 'OR', 'GA'),
    binds: mostly<readonly string[]>(['municipal-police', 'county-sheriff'], ['county-sheriff'], []),
  }),
  fc.record({ kind: fc.constant('own' as const), selfIssued: mostly(false, true) }),
);

function attestationOf({ id, levels }: Protection): fc.Arbitrary<Attestation> {
  return fc.record({
    protection: mostly(id, 'unheard-of'),
    level: mostly(levels.at(-1)?.id ?? '', ...levels.map((level) => level.id), 'strictest'),
    basis: mostly('statute', ...BASES, 'hearsay'),
    statute: fc.constant('an act'),
    issuer: mostly('https://wa.example', 'https://asker.example'),
    reach,
    effectiveFromMs: mostly(NOW - DAY_MS, NOW, NOW + DAY_MS),
    effectiveUntilMs: mostly<number | null>(null, NOW + DAY_MS, NOW, NOW - 1),
    digest: fc.nat(0xffff).map((number) => number.toString(16)),
  });
}

export const attestation: fc.Arbitrary<Attestation> = fc.oneof(...PROTECTIONS.map(attestationOf));

/** One mark for each protection that does, and a few at random. */
const attestations = fc
  .tuple(
    fc.tuple(...PROTECTIONS.map(({ id }) => fc.tuple(fc.constant(id), mostly(true, false)))),
    fc.array(attestation, nowAndThen),
  )
  .map(([held, more]) => [...held.filter(([, has]) => has).map(([id]) => strictestMark(id)), ...more]);

function strictestMark(protection: string): Attestation {
  const level = VOCABULARY.protections.get(protection)?.levels.at(-1)?.id ?? '';
  const reach = { kind: 'own', selfIssued: false } as const;
  const dates = { effectiveFromMs: NOW - DAY_MS, effectiveUntilMs: null };
  const issuer = 'https://wa.example';
  return { protection, level, basis: 'statute', statute: 'an act', issuer, reach, ...dates, digest: protection };
}

const party: fc.Arbitrary<Party> = fc.record({
  entityId: mostly('https://asker.example', 'https://\u0430sker.example'),
  agencyClass: mostly<Fact<string>>(known('municipal-police'), known('immigration-agency'), known('posse'), ABSENT),
  jurisdictions: mostly<Fact<readonly string[]>>(known(['WA']), known(['WA', 'OR']), known([]), ABSENT),
  attestations,
});

const beneficiary: fc.Arbitrary<Fact<Beneficiary>> = fc.oneof(
  { weight: 10, arbitrary: fc.constant(known<Beneficiary>({ kind: 'none' })) },
  { weight: 5, arbitrary: party.map((one) => known<Beneficiary>({ kind: 'party', party: one })) },
  { weight: 1, arbitrary: fc.constant(known<Beneficiary>({ kind: 'not_enrolled', entityId: 'https://x.example' })) },
  { weight: 1, arbitrary: fc.constant(ABSENT) },
);

const text = (good: string, ...bad: readonly string[]): fc.Arbitrary<Fact<string>> =>
  mostly<Fact<string>>(known(good), ...bad.map(known), ABSENT);

const request: fc.Arbitrary<RequestFacts> = fc.record({
  kind: text('plate_history', 'near_scene'),
  contentKind: text('plate_history', 'near_scene', 'x'),
  window: mostly<RequestFacts['window']>(
    known({ fromMs: NOW - DAY_MS, untilMs: NOW }),
    known({ fromMs: NOW - 100 * DAY_MS, untilMs: NOW }),
    known({ fromMs: NOW, untilMs: NOW }),
    known({ fromMs: Number.NaN, untilMs: NOW }),
    ABSENT,
  ),
  plateCount: mostly<Fact<number>>(known(1), known(7), known(-1), known(Number.NaN), ABSENT),
  fanOut: mostly<Fact<number>>(known(1), known(99), ABSENT),
  purpose: text('criminal-investigation', 'immigration-enforcement', 'missing-person', 'x'),
  offence: text('120', '240', '30A', '90Z', '90I', 'x'),
  exception: text('none', 'emergency', 'x'),
  legalProcess: text('warrant', 'none', 'documented-purpose', 'x'),
  legalProcessContent: mostly<RequestFacts['legalProcessContent']>(
    known({ class: 'warrant', hasReference: true }),
    known({ class: 'warrant', hasReference: false }),
    known({ class: 'none', hasReference: false }),
    ABSENT,
  ),
  approvalExists: mostly<Fact<boolean>>(known(true), known(false), ABSENT),
  approverDistinct: mostly<Fact<boolean>>(known(true), known(false), ABSENT),
  officerAcr: text('mfa', 'pwd'),
  officerRole: text('officer', 'clerk'),
  caseNumber: text('26-0132', '12345'),
  narrative: fc.string({ unit: 'binary' }).map(known),
});

export const facts: fc.Arbitrary<Facts> = fc.record({
  requester: party,
  beneficiary,
  owner: fc.oneof({ weight: 20, arbitrary: party.map(known) }, { weight: 1, arbitrary: fc.constant(ABSENT) }),
  request,
});

const requirement = (protection: string, levels: readonly string[]): fc.Arbitrary<Requirement> => {
  const about = fc.record(
    {
      protection: fc.constant(protection),
      basis: mostly<readonly string[]>(BASES, ['statute'], ['policy', 'declaration']),
      self_issued: fc.constant(true as const),
    },
    { requiredKeys: ['protection', 'basis'] },
  );
  return fc.oneof(
    { weight: 6, arbitrary: fc.tuple(about, fc.constantFrom(...levels)).map(([a, at_least]) => ({ ...a, at_least })) },
    { weight: 1, arbitrary: about.map((a) => ({ ...a, as_strict_as_mine: true as const })) },
  );
};

export const conditions: fc.Arbitrary<ReleaseConditions> = fc.record(
  {
    require: fc
      .tuple(
        ...PROTECTIONS.map(({ id, levels }) =>
          requirement(
            id,
            levels.map((level) => level.id),
          ),
        ),
      )
      .chain((all) => fc.subarray(all, { minLength: 1 })),
    recipients: fc.constant({ classes: ['municipal-police', 'county-sheriff'] }),
    beneficiary: mostly<ReleaseConditions['beneficiary']>({ allow: 'meets-same' }, { allow: 'none' }),
    purposes: mostly<ReleaseConditions['purposes']>(
      { allow: ['criminal-investigation', 'missing-person'] },
      { allow: ['criminal-investigation', 'missing-person'], deny: ['missing-person'] },
    ),
    offences: mostly<ReleaseConditions['offences']>(
      { allow: ['120', '240'] },
      { allow: 'all' },
      { allow: ['30A', '120'] },
    ),
    exceptions: mostly<NonNullable<ReleaseConditions['exceptions']>>({ allow: ['none'] }, { allow: ['emergency'] }),
    legal_process: fc.constantFrom('none', 'documented-purpose', 'warrant').map((at_least) => ({ at_least })),
    approval: fc.constant({ by: 'supervisor' as const }),
    officer: mostly<ReleaseConditions['officer']>(
      { acr: ['mfa', 'pwd'] },
      { acr: ['mfa'], roles: ['officer', 'clerk'] },
    ),
    case_number: mostly<ReleaseConditions['case_number']>(
      { patterns: ['##-####'] },
      { patterns: ['#####', '##-####'] },
    ),
    scope: mostly<ReleaseConditions['scope']>(
      { max_window_hours: 24, max_plates: 5 },
      { max_window_hours: 9000, max_plates: 9, max_fan_out: 50 },
    ),
    fields: fc.constant(['seen_at', 'plate']),
    obligations: fc.constant({
      retention_seconds: 86_400,
      purpose: 'named_case_only' as const,
      onward_transfer: 'refused_without_new_request' as const,
    }),
  },
  { noNullPrototype: true },
);

export function ruleOf(release: ReleaseConditions): Rule {
  return {
    schema: 'comity-rule/v1',
    owner: 'https://owner.example',
    version: 1,
    vocabulary: VOCABULARY.digest,
    title: 'generated',
    effective_from: '2026-01-01T00:00:00Z',
    release: { plate_history: release },
  };
}
