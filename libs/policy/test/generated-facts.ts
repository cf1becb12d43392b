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
  type SignedDeclaration,
} from '../src/facts.js';
import type { Access, AccessBody } from '../src/access.js';
import type { Protection } from '../src/scale.js';
import { VOCABULARY } from '../src/vocabulary.js';
import type { Warrant } from '../src/warrant.js';

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
export const DECLARATION = [...VOCABULARY.declarations.keys()][0] ?? '';
export const BASES = [...VOCABULARY.bases.keys()];
/** Nearly always what a permit needs, so that permits are common and a single fault decides. */
export function mostly<T>(good: T, ...bad: readonly T[]): fc.Arbitrary<T> {
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

/** Mostly nobody; now and then somebody enrolled, somebody who is not, or a list that nobody stated. */
const bodies = mostly<Fact<readonly AccessBody[]>>(
  known([]),
  known([{ entityId: 'https://member.example' }]),
  known([{ entityId: 'https://centre.example' }, { entityId: 'https://member.example' }]),
  known([{ entityId: 'https://nobody.example' }]),
  known([{ name: 'a bureau' }, { entityId: 'https://owner.example' }]),
  ABSENT,
);

const access: fc.Arbitrary<Access> = fc.record({
  controllingBodies: bodies,
  taskForces: bodies,
  sharedCentres: bodies,
  sharedSignIns: bodies,
});

const party: fc.Arbitrary<Party> = fc.record({
  entityId: mostly('https://asker.example', 'https://\u0430sker.example'),
  agencyClass: mostly<Fact<string>>(known('municipal-police'), known('immigration-agency'), known('posse'), ABSENT),
  jurisdictions: mostly<Fact<readonly string[]>>(known(['WA']), known(['WA', 'OR']), known([]), ABSENT),
  attestations,
  access,
});

const named = (entityId: string): fc.Arbitrary<Party> => party.map((one) => ({ ...one, entityId }));

/** Those whom the lists name and who are enrolled; that one of them is missing is a case too. */
const withAccess: fc.Arbitrary<readonly Party[]> = fc
  .tuple(named('https://member.example'), named('https://centre.example'), mostly(2, 1, 0))
  .map(([member, centre, count]) => [member, centre].slice(0, count));

const beneficiary: fc.Arbitrary<Fact<Beneficiary>> = fc.oneof(
  { weight: 10, arbitrary: fc.constant(known<Beneficiary>({ kind: 'none' })) },
  { weight: 5, arbitrary: party.map((one) => known<Beneficiary>({ kind: 'party', party: one })) },
  { weight: 1, arbitrary: fc.constant(known<Beneficiary>({ kind: 'not_enrolled', entityId: 'https://x.example' })) },
  { weight: 1, arbitrary: fc.constant(ABSENT) },
);

const text = (good: string, ...bad: readonly string[]): fc.Arbitrary<Fact<string>> =>
  mostly<Fact<string>>(known(good), ...bad.map(known), ABSENT);

const HOT_LIST_SOURCE = [...VOCABULARY.hotListSources.keys()][0] ?? '';

const warrant: Warrant = {
  class: 'warrant',
  signedBy: 'court',
  issuer: 'https://court.example',
  digest: 'order',
  committedDigest: 'order',
  validFromMs: NOW - DAY_MS,
  validUntilMs: NOW + DAY_MS,
  revoked: false,
  kinds: ['plate_history'],
  plates: ['7ABC123'],
  areas: 'any',
  window: { fromMs: NOW - 2 * DAY_MS, untilMs: NOW },
  offences: ['120', '240'],
  caseNumber: '26-0132',
  usesAllowed: 'any',
  usesSpent: 0,
};

const declaration: SignedDeclaration = {
  declaration: DECLARATION,
  wording: 'a'.repeat(43),
  sworn: true,
  issuer: 'https://asker.example',
  signedAtMs: NOW - DAY_MS,
  untilMs: NOW + DAY_MS,
  digest: 'a declaration',
};

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
  area: mostly<RequestFacts['area']>(known({ count: 1, squareKm: 2 }), known({ count: 3, squareKm: 400 }), ABSENT),
  characters: mostly<Fact<number>>(known(5), known(2), ABSENT),
  warrant: mostly<RequestFacts['warrant']>(
    known(warrant),
    known({ ...warrant, signedBy: 'agency' }),
    known({ ...warrant, revoked: true }),
    known({ ...warrant, plates: ['OTHER'] }),
    ABSENT,
  ),
  searched: mostly<RequestFacts['searched']>(known({ plates: ['7ABC123'], areas: [] }), ABSENT),
  declarations: mostly<RequestFacts['declarations']>(
    known([declaration, { ...declaration, issuer: 'https://\u0430sker.example' }]),
    known([{ ...declaration, sworn: false }]),
    known([{ ...declaration, untilMs: NOW }]),
    known([]),
    ABSENT,
  ),
  hotList: mostly<RequestFacts['hotList']>(known({ source: HOT_LIST_SOURCE, refreshedAtMs: NOW }), ABSENT),
  cameraOwnerClasses: mostly<RequestFacts['cameraOwnerClasses']>(
    known(['public']),
    known(['public', 'private']),
    known([]),
    ABSENT,
  ),
  onward: mostly<Fact<boolean>>(known(false), known(true), ABSENT),
  budgets: mostly<RequestFacts['budgets']>(
    known([{ per: 'officer', counted: 'requests', hours: 24, used: 3 }]),
    known([{ per: 'officer', counted: 'requests', hours: 24, used: 30 }]),
    known([]),
    ABSENT,
  ),
  overdueDuties: mostly<Fact<number>>(known(0), known(1), ABSENT),
  witnesses: mostly<Fact<number>>(known(2), known(0), ABSENT),
  caseActive: mostly<Fact<boolean>>(known(true), known(false), ABSENT),
  approverRole: text('supervisor', 'clerk'),
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
  owner: fc.oneof(
    { weight: 20, arbitrary: named('https://owner.example').map(known) },
    { weight: 1, arbitrary: fc.constant(ABSENT) },
  ),
  withAccess,
  request,
});
