import { NOBODY_ELSE } from '../access.js';
import { ABSENT, known, type Facts, type Party, type RequestFacts, type SignedDeclaration } from '../facts.js';
import { draftAttestations } from '../law-in-force.js';
import type { Profile } from '../profile.js';
import type { Vocabulary } from '../vocabulary.js';
import type { Warrant } from '../warrant.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const CASE = '26-0132';

/** Entity id that a legal order would have; the table is about law and needs no federation. */
export function legalOrderId(profile: string): string {
  return `https://${profile.toLowerCase()}.example`;
}

/**
 * An agency of the profile's first class with what the drafts of its law attest, and with every fact about itself attested
 * at its best: nothing but the law shall tell two agencies apart.
 */
export function agencyUnder(profile: Profile, vocabulary: Vocabulary, name: string): Party {
  const issuer = legalOrderId(profile.id);
  const facts = [...vocabulary.protections.values()].filter(({ subject }) => subject === 'agency');
  return {
    entityId: `${issuer}/${name}`,
    agencyClass: known(profile.binds.classes[0] ?? ''),
    jurisdictions: known([issuer]),
    attestations: [
      ...draftAttestations(profile, issuer),
      ...facts.map(({ id, levels }) => ({
        protection: id,
        level: levels.at(-1)?.id ?? '',
        basis: 'declaration',
        statute: 'stated by its superior',
        issuer,
        reach: { kind: 'own', selfIssued: false } as const,
        effectiveFromMs: 0,
        effectiveUntilMs: null,
        digest: id,
      })),
    ],
    access: NOBODY_ELSE,
  };
}

/** What only some laws ask for. */
export interface Enclosed {
  /** Class of legal process; from a court order on a paper that covers the query. */
  readonly process: string;
  /** Whether every declaration of the vocabulary is there, sworn. */
  readonly declared: boolean;
}

/** A request with which nothing is wrong: one plate over the last day, for a robbery, approved. */
function standardRequest(vocabulary: Vocabulary, requester: Party, now: number, enclosed: Enclosed): RequestFacts {
  const { process, declared } = enclosed;
  const byCourt = process === 'court-order' || process === 'warrant';
  return {
    kind: known('plate_history'),
    contentKind: known('plate_history'),
    window: known({ fromMs: now - DAY_MS, untilMs: now }),
    plateCount: known(1),
    area: ABSENT,
    characters: ABSENT,
    fanOut: known(1),
    purpose: known('criminal-investigation'),
    offence: known('120'),
    exception: known('none'),
    legalProcess: known(process),
    legalProcessContent: known({ class: process, hasReference: true }),
    warrant: byCourt ? known(boundlessWarrant(process, requester.entityId, now)) : ABSENT,
    searched: known({ plates: ['ABC123'], areas: [] }),
    declarations: known(declared ? everyDeclaration(vocabulary, requester.entityId, now) : []),
    hotList: ABSENT,
    cameraOwnerClasses: known(['public']),
    onward: known(false),
    budgets: known([]),
    overdueDuties: known(0),
    witnesses: known(2),
    caseActive: known(true),
    approvalExists: known(true),
    approverRole: known('supervisor'),
    approverDistinct: known(true),
    officerAcr: known('urn:comity:acr:mfa'),
    officerRole: known('officer'),
    caseNumber: known(CASE),
    narrative: ABSENT,
  };
}

/** What `requester` asks of `owner`, both under the law of their profiles. */
export function standardFacts(
  vocabulary: Vocabulary,
  { owner, requester }: { readonly owner: Party; readonly requester: Party },
  now: number,
  enclosed: Enclosed,
): Facts {
  const request = standardRequest(vocabulary, requester, now, enclosed);
  return { requester, beneficiary: known({ kind: 'none' }), owner: known(owner), withAccess: [], request };
}

function everyDeclaration(vocabulary: Vocabulary, issuer: string, now: number): readonly SignedDeclaration[] {
  return [...vocabulary.declarations.keys()].map((declaration) => ({
    declaration,
    wording: declaration,
    sworn: true,
    issuer,
    signedAtMs: now,
    untilMs: now + DAY_MS,
    digest: declaration,
  }));
}

function boundlessWarrant(process: string, issuer: string, now: number): Warrant {
  return {
    class: process,
    signedBy: 'court',
    issuer,
    digest: 'warrant',
    committedDigest: 'warrant',
    validFromMs: now - DAY_MS,
    validUntilMs: now + DAY_MS,
    revoked: false,
    kinds: 'any',
    plates: 'any',
    areas: 'any',
    window: 'any',
    offences: 'any',
    caseNumber: CASE,
    usesAllowed: 'any',
    usesSpent: 0,
  };
}
