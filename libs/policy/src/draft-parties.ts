import { ACCESS_NOT_STATED, NOBODY_ELSE } from './access.js';
import type { Attestation, Party } from './facts.js';
import { known } from './facts.js';
import { draftAttestations } from './law-in-force.js';
import type { Profile } from './profile.js';
import { VOCABULARY, type Vocabulary } from './vocabulary.js';
import type { NamedParty } from './diff/diff-rules.js';

/** Stands for the authority of a legal order in drafts and dry runs: nobody can ever be enrolled under it. */
export function draftAuthority(id: string): string {
  return `https://${id.toLowerCase()}.legal-order.invalid`;
}

/**
 * What an agency of a legal order would be, once its authority had signed its profile: for dry runs. What its superior
 * would attest about the agency itself is taken at its best, or left out.
 */
export function draftParty(
  profile: Profile,
  of: { readonly entityId: string; readonly agencyClass: string; readonly sideDoors: 'none_attested' | 'unattested' },
): Party {
  const authority = draftAuthority(profile.id);
  const own = of.sideDoors === 'none_attested' ? attestedAbsences(authority, VOCABULARY) : [];
  return {
    entityId: of.entityId,
    agencyClass: known(of.agencyClass),
    jurisdictions: known([authority]),
    attestations: [...draftAttestations(profile, authority), ...own],
    access: of.sideDoors === 'none_attested' ? NOBODY_ELSE : ACCESS_NOT_STATED,
  };
}

/** Every fact about one agency at its strictest level: no agreement, no task force, no shared centre ... */
function attestedAbsences(authority: string, { protections }: Vocabulary): readonly Attestation[] {
  return [...protections.values()]
    .filter(({ subject }) => subject === 'agency')
    .map(({ id, levels }) => ({
      protection: id,
      level: levels.at(-1)?.id ?? '',
      basis: 'declaration',
      statute: 'as its superior would attest it',
      issuer: authority,
      reach: { kind: 'own', selfIssued: false } as const,
      effectiveFromMs: 0,
      effectiveUntilMs: null,
      digest: id,
    }));
}

/** Whom a rule is compared for, where nobody is named: police of each legal order, and the classes that laws keep out. */
export function comparedParties(profiles: Iterable<Profile>): readonly NamedParty[] {
  const police = [...profiles].map((profile) => ({
    name: `police of a city, ${profile.name}`,
    party: draftParty(profile, {
      entityId: `https://police.${profile.id.toLowerCase()}.comparison.invalid`,
      agencyClass: profile.binds.classes.includes('national-police') ? 'national-police' : 'municipal-police',
      sideDoors: 'none_attested',
    }),
  }));
  const others = [
    'federal-agency',
    'immigration-agency',
    'private-police',
    'fusion-centre',
    'defence-counsel',
    'company',
  ];
  const without = others.map((agencyClass) => ({
    name: `${VOCABULARY.agencyClasses.get(agencyClass)?.text ?? agencyClass}, of no legal order`,
    party: {
      entityId: `https://${agencyClass}.comparison.invalid`,
      agencyClass: known(agencyClass),
      jurisdictions: known([]),
      attestations: [],
      access: NOBODY_ELSE,
    },
  }));
  return [...police, ...without];
}
