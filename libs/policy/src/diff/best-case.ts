import { ABSENT, known, type Facts, type Party, type RequestFacts } from '../facts.js';
import type { AskConditions, ReleaseConditions } from '../conditions.js';
import type { QueryKind } from '../rule.js';
import type { Vocabulary } from '../vocabulary.js';
import type { Warrant } from '../warrant.js';

const HOUR_MS = 60 * 60 * 1000;

/** What a made-up request differs in from the best one that a party could make. */
export interface Probe {
  readonly kind: QueryKind;
  readonly purpose: string;
  readonly process: string;
  readonly exception: string;
  readonly offence: string;
  readonly windowHours: number;
  /** How old the oldest read is that the window reaches. */
  readonly ageHours: number;
  readonly plates: number;
  readonly fanOut: number;
  readonly areaKm2: number;
  readonly areas: number;
  readonly characters: number;
  readonly cameraOwner: string | undefined;
  readonly hotListSource: string;
  readonly beneficiary: 'none' | 'another' | 'not_enrolled';
}

export interface BestCaseInput {
  readonly party: Party;
  readonly owner: Party;
  readonly conditions: AskConditions | ReleaseConditions;
  readonly vocabulary: Vocabulary;
  readonly now: number;
}

/**
 * A request in which everything that the probe does not name is as good as it can be: approved, signed, declared, below
 * every budget, with a warrant of a court that covers it, in a case number of the form that the rule wants.
 */
export function bestCase(probe: Probe, input: BestCaseInput): Facts {
  const { party, owner, conditions, now } = input;
  const area = { count: probe.areas, squareKm: probe.areaKm2 };
  const window = {
    fromMs: now - probe.ageHours * HOUR_MS,
    untilMs: now - (probe.ageHours - probe.windowHours) * HOUR_MS,
  };
  const caseNumber = exampleOf(conditions.case_number.patterns[0] ?? '');
  const { acr, roles } = conditions.officer;
  const request: RequestFacts = {
    kind: known(probe.kind),
    contentKind: known(probe.kind),
    window: known(window),
    plateCount: known(probe.plates),
    area: known(area),
    characters: known(probe.characters),
    fanOut: known(probe.fanOut),
    purpose: known(probe.purpose),
    offence: known(probe.offence),
    exception: known(probe.exception),
    legalProcess: known(probe.process),
    legalProcessContent: known({ class: probe.process, hasReference: true }),
    warrant: known(coveringWarrant(probe.process, caseNumber, now)),
    searched: known({ plates: [], areas: [] }),
    declarations: known(declarationsOf(input)),
    hotList: known({ source: probe.hotListSource, refreshedAtMs: now }),
    cameraOwnerClasses: known(probe.cameraOwner === undefined ? [] : [probe.cameraOwner]),
    onward: known(false),
    budgets: known(emptyBudgets(conditions)),
    overdueDuties: known(0),
    witnesses: known(100),
    caseActive: known(true),
    approvalExists: known(true),
    approverRole: known(conditions.approval.roles?.[0] ?? 'supervisor'),
    approverDistinct: known(true),
    officerAcr: known(acr[0] ?? ''),
    officerRole: known(roles?.[0] ?? 'officer'),
    caseNumber: known(caseNumber),
    narrative: ABSENT,
  };
  return {
    requester: party,
    owner: known(owner),
    beneficiary: known(beneficiaryOf(probe, party)),
    withAccess: [],
    request,
  };
}

/** `another`: an enrolled body with the same law, so that what differs is only that there is one. */
function beneficiaryOf({ beneficiary }: Probe, party: Party) {
  const entityId = 'https://another.comparison.invalid';
  switch (beneficiary) {
    case 'none':
      return { kind: 'none' } as const;
    case 'another':
      return { kind: 'party', party: { ...party, entityId } } as const;
    case 'not_enrolled':
      return { kind: 'not_enrolled', entityId } as const;
  }
}

function coveringWarrant(process: string, caseNumber: string, now: number): Warrant {
  const any = 'any' as const;
  return {
    class: process,
    signedBy: 'court',
    issuer: 'https://court.comparison.invalid',
    digest: 'digest',
    committedDigest: 'digest',
    validFromMs: now - HOUR_MS,
    validUntilMs: now + HOUR_MS,
    revoked: false,
    caseNumber,
    usesSpent: 0,
    kinds: any,
    plates: any,
    areas: any,
    window: any,
    offences: any,
    usesAllowed: any,
  };
}

function declarationsOf({ party, vocabulary, now, conditions }: BestCaseInput) {
  const issuers = [party.entityId, 'https://another.comparison.invalid'];
  return issuers.flatMap((issuer) =>
    [...vocabulary.declarations.keys()].map((declaration) => ({
      declaration,
      wording: wordingOf(declaration, conditions),
      sworn: true,
      issuer,
      signedAtMs: now,
      untilMs: now + HOUR_MS,
      digest: declaration,
    })),
  );
}

/** The wording that the rule asks for, where it asks for one. */
function wordingOf(declaration: string, conditions: AskConditions | ReleaseConditions): string {
  const asked =
    'require' in conditions
      ? [...(conditions.declarations ?? []), ...conditions.recipients.flatMap((each) => each.declarations ?? [])]
      : [];
  return asked.find((each) => each.declaration === declaration)?.wording ?? 'wording';
}

function emptyBudgets({ budgets = [] }: AskConditions | ReleaseConditions) {
  return budgets.map(({ per, counted, hours }) => ({ per, counted, hours, used: 0 }));
}

/** A case number of a form: `#` a digit, `@` a letter. */
export function exampleOf(form: string): string {
  return form.replaceAll('#', '1').replaceAll('@', 'A');
}
