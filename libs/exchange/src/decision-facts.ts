import {
  ABSENT,
  SEALED,
  known,
  type Access,
  type AccessBody,
  type Beneficiary,
  type Fact,
  type Facts,
  type Party,
  type RequestFacts,
  type SignedDeclaration,
} from '#policy';
import type { Ask, ClearFacts } from '#protocol';
import { attestationOf, worseWord } from './attestation-facts.js';
import { listOf, searchedScope } from './searched-scope.js';
import type { AgencyAccess, Attestation, Contradiction, JointAccess, Stated, VerifiedChain } from '#trust';

/** An agency as this node's own anchor vouches for it, and what is attested about it at this instant. */
export interface PartyView {
  readonly chain: VerifiedChain;
  /** By its chain and by the registers that list it, never by its own hints. */
  readonly jurisdictions: readonly string[];
  readonly attestations: readonly Attestation[];
  readonly contradictions: readonly Contradiction[];
}

/** The beneficiary named in the request: `none`, enrolled (then with its view), or known to nobody. */
export type BeneficiaryView =
  | { readonly kind: 'none' }
  | { readonly kind: 'enrolled'; readonly view: PartyView }
  | { readonly kind: 'not_enrolled'; readonly entityId: string };

export interface Parties {
  readonly requester: PartyView;
  readonly beneficiary: BeneficiaryView;
  /** `undefined` where a requesting agency applies its own rule before it asks anybody. */
  readonly owner: PartyView | undefined;
  /** Enrolled bodies that come to what requester or beneficiary receive, directly or through each other. */
  readonly withAccess: readonly PartyView[];
}

/** What the owner found out about the two persons from their ID tokens. */
export interface VerifiedPersons {
  readonly officer: { readonly acr: string; readonly role: string };
  /** Left out, with the role, where nobody has approved yet. */
  readonly distinct?: boolean;
  /** In which role the other person has approved. */
  readonly approverRole?: string;
}

/** What a broker decides on: coded facts; everything else is `sealed`, which only a broker may hold. */
export function factsAtBroker(parties: Parties, clear: ClearFacts, fanOut: number): Facts {
  return {
    ...partiesOf(parties),
    request: {
      ...unknownFacts,
      ...clearRequest(clear, fanOut),
      ...sealedFacts,
    },
  };
}

/** What a broker never sees; the owner opens it, counts it, or finds it out when it releases. */
const sealedFacts = {
  contentKind: SEALED,
  legalProcessContent: SEALED,
  warrant: SEALED,
  searched: SEALED,
  declarations: SEALED,
  hotList: SEALED,
  cameraOwnerClasses: SEALED,
  onward: SEALED,
  budgets: SEALED,
  overdueDuties: SEALED,
  witnesses: SEALED,
  caseActive: SEALED,
  approverDistinct: SEALED,
  approverRole: SEALED,
  caseNumber: SEALED,
  narrative: SEALED,
} satisfies Partial<RequestFacts>;

/** What no message carries and no node counts so far. A rule that asks for one of them is not met. */
const unknownFacts = {
  warrant: ABSENT,
  budgets: ABSENT,
  overdueDuties: ABSENT,
  witnesses: ABSENT,
  caseActive: ABSENT,
  approverRole: ABSENT,
} satisfies Partial<RequestFacts>;

/** What a node has counted and kept of earlier requests. */
export type CountedFacts = Pick<RequestFacts, 'budgets' | 'overdueDuties'>;

/** The order or warrant that goes along, and what it is, verified at this moment. */
export type ProcessFacts = Pick<RequestFacts, 'warrant' | 'legalProcessContent'>;

/** What only who opens the request knows: the ask, the persons as their ID tokens show them, and what was counted. */
export interface OpenedFacts {
  readonly ask: Ask;
  readonly persons: VerifiedPersons;
  readonly declarations: readonly SignedDeclaration[];
  readonly counted: CountedFacts;
  readonly process: ProcessFacts;
  /** Whose cameras made the reads that would be released; empty before the search, where none is chosen yet. */
  readonly cameraOwnerClasses: readonly string[];
  /** Of an owner alone: who asks releases nothing that anybody could have witnessed. */
  readonly witnesses: Fact<number>;
}

/** What the owner decides on. */
export function factsAtOwner(parties: Parties, clear: ClearFacts, opened: OpenedFacts): Facts {
  const { ask, persons, declarations, counted, process, cameraOwnerClasses, witnesses } = opened;
  return {
    ...partiesOf(parties),
    request: {
      ...unknownFacts,
      ...clearRequest(clear, ask.owners.count),
      ...askFacts(ask),
      ...counted,
      ...process,
      declarations: known(declarations),
      approverRole: factOf(persons.approverRole),
      cameraOwnerClasses: known(cameraOwnerClasses),
      witnesses,
      approverDistinct: factOf(persons.distinct),
      officerAcr: known(persons.officer.acr),
      officerRole: known(persons.officer.role),
    },
  };
}

/** What the requesting agency decides on before anything leaves it. No read is chosen there. */
export function factsAtRequester(
  parties: Parties,
  clear: ClearFacts,
  opened: Omit<OpenedFacts, 'cameraOwnerClasses'>,
): Facts {
  return factsAtOwner({ ...parties, owner: undefined }, clear, { ...opened, cameraOwnerClasses: [] });
}

function askFacts(
  ask: Ask,
): Pick<RequestFacts, 'contentKind' | 'searched' | 'hotList' | 'onward' | 'caseNumber' | 'narrative'> {
  return {
    // The class that the ask was read by knows no member of another kind.
    contentKind: known(ask.query.kind),
    searched: known(searchedScope(ask.query)),
    hotList: listOf(ask.query),
    onward: known(ask.provenance !== undefined),
    caseNumber: known(ask.case_number),
    narrative: known(ask.narrative),
  };
}

function clearRequest(clear: ClearFacts, fanOut: number): Omit<RequestFacts, keyof typeof sealedFacts> {
  const { plate_count: plates, area, characters } = clear;
  return {
    kind: known(clear.kind),
    window: known({ fromMs: Date.parse(clear.from), untilMs: Date.parse(clear.until) }),
    plateCount: factOf(plates),
    area: area === undefined ? ABSENT : known({ count: area.count, squareKm: area.square_km }),
    characters: factOf(characters),
    fanOut: known(fanOut),
    purpose: known(clear.purpose),
    offence: known(clear.offence),
    exception: known(clear.exception),
    legalProcess: known(clear.legal_process.class),
    approvalExists: known(clear.approved),
    officerAcr: known(clear.officer.acr),
    officerRole: known(clear.officer.role),
  };
}

function partiesOf(parties: Parties): Omit<Facts, 'request'> {
  return {
    requester: partyOf(parties.requester),
    beneficiary: known(beneficiaryOf(parties.beneficiary)),
    owner: parties.owner === undefined ? ABSENT : known(partyOf(parties.owner)),
    withAccess: parties.withAccess.map(partyOf),
  };
}

function beneficiaryOf(view: BeneficiaryView): Beneficiary {
  switch (view.kind) {
    case 'none':
      return { kind: 'none' };
    case 'enrolled':
      return { kind: 'party', party: partyOf(view.view) };
    case 'not_enrolled':
      return { kind: 'not_enrolled', entityId: view.entityId };
  }
}

/** An agency as a decision sees it. */
export function partyOf({ chain, jurisdictions, attestations, contradictions }: PartyView): Party {
  return {
    entityId: chain.entityId,
    agencyClass: factOf(chain.agencyClass),
    jurisdictions: known(jurisdictions),
    attestations: [
      ...attestations.map((attestation) => attestationOf(attestation, chain)),
      ...contradictions.flatMap((found) => worseWord(found, chain)),
    ],
    access: accessOf(chain.access),
  };
}

/** A 287(g) agreement is no list: it gives nobody a log-in, and a rule asks for its absence by name (`agreement-287g`). */
function accessOf({ controllingBodies, taskForces, sharedCentres, sharedSignIns }: AgencyAccess): Access {
  return {
    controllingBodies: controllingBodies.stated ? known(controllingBodies.value) : ABSENT,
    taskForces: bodiesOf(taskForces),
    sharedCentres: bodiesOf(sharedCentres),
    sharedSignIns: bodiesOf(sharedSignIns),
  };
}

function bodiesOf(list: Stated<readonly JointAccess[]>): Fact<readonly AccessBody[]> {
  return list.stated ? known(list.value.flatMap(({ parties }) => parties)) : ABSENT;
}

function factOf<T>(value: T | undefined): Fact<T> {
  return value === undefined ? ABSENT : known(value);
}
