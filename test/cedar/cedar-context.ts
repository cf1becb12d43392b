import { VOCABULARY, containsArea, type Attestation, type Fact, type Facts, type Party, type Rule } from '#policy';

/** So many legal orders of one agency are looked at; a case with more is no case of this engine. */
export const MAX_ORDERS = 3;
/** So many bodies with access. */
export const MAX_OTHERS = 2;
/** Cedar counts in whole numbers: areas are in square metres. */
export const METRES = 1_000_000;
/** Beyond every limit: what is no number is not small. */
const BEYOND = 9_007_199_254_740_991;
const ENTITY_ID = /^https?:\/\/[a-z0-9.-]{1,253}(?::\d{1,5})?(?:\/[A-Za-z0-9._~-]{1,64}){0,8}$/;

export type CedarValue = string | number | boolean | readonly CedarValue[] | { readonly [name: string]: CedarValue };

/**
 * Facts as the context of a Cedar request: a fact that is not known is a member that is not there. Done here and not in
 * Cedar, because Cedar has no words for it: which marks are in force and reach an agency, which forms a case number has,
 * whether an id is one, whether an area lies in another. Sealed facts are for brokers and have no place here.
 *
 * @param now milliseconds
 */
export function cedarContext(facts: Facts, rule: Rule, now: number): Record<string, CedarValue> {
  const { requester, owner, request } = facts;
  const others = withAccess(facts);
  if (others.length > MAX_OTHERS) throw new Error('more bodies with access than this engine looks at');
  return {
    now,
    requester: partyOf(requester, facts, now),
    ...beneficiaryOf(facts, now),
    ...Object.fromEntries(others.map((other, place) => [`other${place}`, partyOf(other, facts, now)])),
    ...(owner.state === 'known' ? { owner: ownerOf(owner.value, now) } : {}),
    ...requestOf(request, rule),
  };
}

function requestOf(request: Facts['request'], rule: Rule): Record<string, CedarValue> {
  const { warrant, searched, window, declarations, budgets, caseNumber } = request;
  const areas = searched.state === 'known' ? searched.value.areas : [];
  return {
    ...member('kind', request.kind),
    ...member('contentKind', request.contentKind),
    ...mapped('window', window, ({ fromMs, untilMs }) =>
      Number.isFinite(fromMs) && Number.isFinite(untilMs) ? { fromMs, untilMs } : undefined,
    ),
    ...mapped('plateCount', request.plateCount, whole),
    ...mapped('fanOut', request.fanOut, whole),
    ...mapped('characters', request.characters, whole),
    ...mapped('area', request.area, ({ count, squareKm }) => ({
      count: whole(count),
      squareMetres: Number.isFinite(squareKm) ? Math.round(squareKm * METRES) : BEYOND,
    })),
    ...member('purpose', request.purpose),
    ...member('offence', request.offence),
    ...member('exception', request.exception),
    ...member('legalProcess', request.legalProcess),
    ...mapped('legalProcessContent', request.legalProcessContent, ({ class: of, hasReference }) => ({
      class: of,
      hasReference,
    })),
    ...mapped('warrant', warrant, (value) => {
      const { kinds, plates, offences, usesAllowed, window: time, areas: allowed, issuer: _issuer, ...rest } = value;
      return {
        ...rest,
        ...(kinds === 'any' ? {} : { kinds }),
        ...(plates === 'any' ? {} : { plates }),
        ...(offences === 'any' ? {} : { offences }),
        ...(usesAllowed === 'any' ? {} : { usesAllowed }),
        ...(time === 'any' ? {} : { window: { fromMs: time.fromMs, untilMs: time.untilMs } }),
        coversTheAreas:
          allowed === 'any' ||
          (areas.length > 0 && areas.every((area) => allowed.some((each) => containsArea(each, area)))),
      };
    }),
    ...mapped('searched', searched, ({ plates }) => ({ plates })),
    ...mapped('declarations', declarations, (list) =>
      Object.fromEntries(list.map(({ digest: _digest, ...each }, place) => [`d${place}`, each])),
    ),
    ...mapped('hotList', request.hotList, (entry) => ({ ...entry })),
    ...member('cameraOwnerClasses', request.cameraOwnerClasses),
    ...member('onward', request.onward),
    ...mapped('budgets', budgets, (uses) =>
      Object.fromEntries(uses.map(({ per, counted, hours, used }) => [`${per}_${counted}_${hours}`, whole(used)])),
    ),
    ...member('overdueDuties', request.overdueDuties),
    ...mapped('witnesses', request.witnesses, (count) => (Number.isSafeInteger(count) ? count : -1)),
    ...member('caseActive', request.caseActive),
    ...member('approvalExists', request.approvalExists),
    ...member('approverRole', request.approverRole),
    ...member('approverDistinct', request.approverDistinct),
    ...member('officerAcr', request.officerAcr),
    ...member('officerRole', request.officerRole),
    ...mapped('caseNumber', caseNumber, (number) => ({
      text: number,
      fits: formsOf(rule).filter((form) => fits(form, number)),
    })),
  };
}

function member(name: string, fact: Fact<CedarValue>): Record<string, CedarValue> {
  return mapped(name, fact, (value) => value);
}

function mapped<T>(
  name: string,
  fact: Fact<T>,
  value: (value: T) => CedarValue | undefined,
): Record<string, CedarValue> {
  if (fact.state === 'sealed') throw new Error('a broker’s facts are no case of this engine');
  const known = fact.state === 'known' ? value(fact.value) : undefined;
  return known === undefined ? {} : { [name]: known };
}

function whole(value: number): number {
  return Number.isSafeInteger(value) ? value : BEYOND;
}

/** Every form that the rule names anywhere. */
function formsOf(rule: Rule): readonly string[] {
  const sections = Object.values(rule.release ?? {});
  return [
    ...sections.flatMap(({ case_number: { patterns }, tiers = [] }) => [
      ...patterns,
      ...tiers.flatMap((tier) => tier.case_number?.patterns ?? []),
    ]),
    ...(rule.forbid ?? []).flatMap(({ when }) => when.case_numbers ?? []),
  ];
}

function fits(form: string, number: string): boolean {
  const pattern = form
    .replaceAll(/[.*+?^${}()|[\]\\/-]/gu, '\\$&')
    .replaceAll('#', '[0-9]')
    .replaceAll('@', '[A-Z]');
  return new RegExp(`^${pattern}$`).test(number);
}

function beneficiaryOf(facts: Facts, now: number): Record<string, CedarValue> {
  const { beneficiary } = facts;
  if (beneficiary.state !== 'known') return {};
  const { value } = beneficiary;
  switch (value.kind) {
    case 'none':
      return { beneficiaryKind: 'none' };
    case 'party': {
      const { entityId } = value.party;
      const id = { beneficiaryId: entityId, beneficiaryIdIsWellFormed: isEntityId(entityId) };
      return { beneficiaryKind: 'party', ...id, beneficiaryParty: partyOf(value.party, facts, now) };
    }
    case 'not_enrolled': {
      const id = { beneficiaryId: value.entityId, beneficiaryIdIsWellFormed: isEntityId(value.entityId) };
      return { beneficiaryKind: 'not_enrolled', ...id };
    }
  }
}

function isEntityId(id: string): boolean {
  return id.length <= 255 && ENTITY_ID.test(id);
}

/** One trust mark as one text; Cedar looks for any of those that would do. */
export function markText(of: { protection: string; level: string; basis: string; isSelf: boolean }): string {
  return `${of.protection}|${of.level}|${of.basis}|${of.isSelf ? 'self' : 'other'}`;
}

function listsOf({ access }: Party): readonly Fact<readonly { entityId?: string | undefined }[]>[] {
  return [access.controllingBodies, access.taskForces, access.sharedCentres, access.sharedSignIns];
}

/** Entity ids on the lists of a party; `undefined` stands for a body without one. */
function namedBy(party: Party): readonly (string | undefined)[] {
  return listsOf(party).flatMap((list) => (list.state === 'known' ? list.value.map(({ entityId }) => entityId) : []));
}

/** Described once and only once. */
function enrolledOf({ withAccess: all }: Facts): readonly Party[] {
  return all.filter(({ entityId }) => all.filter((each) => each.entityId === entityId).length === 1);
}

/** Whom a decision is about without being asked for access: the owner, and who is looked at anyway. */
function knownOf({ requester, owner, beneficiary }: Facts): readonly string[] {
  return [
    requester.entityId,
    ...(owner.state === 'known' ? [owner.value.entityId] : []),
    ...(beneficiary.state === 'known' && beneficiary.value.kind === 'party' ? [beneficiary.value.party.entityId] : []),
  ];
}

/** Everybody enrolled whom the lists lead to, in as many steps as it takes. */
function withAccess(facts: Facts): readonly Party[] {
  const { requester, beneficiary } = facts;
  const enrolled = enrolledOf(facts).filter(({ entityId }) => !knownOf(facts).includes(entityId));
  const first = beneficiary.state === 'known' && beneficiary.value.kind === 'party' ? [beneficiary.value.party] : [];
  let reached: readonly Party[] = [];
  for (;;) {
    const named = new Set([requester, ...first, ...reached].flatMap(namedBy));
    const next = enrolled.filter(({ entityId }) => named.has(entityId));
    if (next.length === reached.length) return next;
    reached = next;
  }
}

/** Every list of the party is stated, and everybody on them is enrolled. */
function accessIsKnown(party: Party, facts: Facts): boolean {
  if (listsOf(party).some(({ state }) => state === 'sealed'))
    throw new Error('a broker’s facts are no case of this engine');
  const enrolled = [...knownOf(facts), ...enrolledOf(facts).map(({ entityId }) => entityId)];
  return (
    listsOf(party).every(({ state }) => state === 'known') &&
    namedBy(party).every((id) => id !== undefined && enrolled.includes(id))
  );
}

function partyOf(party: Party, facts: Facts, now: number): Record<string, CedarValue> {
  const { entityId, agencyClass, jurisdictions } = party;
  const named = jurisdictions.state === 'known' ? [...new Set(jurisdictions.value)] : undefined;
  if ((named?.length ?? 0) > MAX_ORDERS) throw new Error('more legal orders than this engine looks at');
  const orders = named === undefined ? [] : named.length === 0 ? [undefined] : named;
  return {
    id: entityId,
    idIsWellFormed: isEntityId(entityId),
    accessIsKnown: accessIsKnown(party, facts),
    ...member('class', agencyClass),
    ...(named === undefined ? {} : { jurisdictions: named }),
    ...Object.fromEntries((named ?? []).map((id, place) => [`jurisdiction${place}`, id])),
    ...Object.fromEntries(
      orders.map((order, place) => [`order${place}`, marksIn(order, party, now).map((mark) => textOf(mark, party))]),
    ),
  };
}

function textOf({ protection, level, basis, issuer, reach }: Attestation, { entityId }: Party): string {
  const isSelf = issuer === entityId || (reach.kind === 'own' && reach.selfIssued);
  return markText({ protection, level, basis, isSelf });
}

/** In force now, and of this legal order and for this class, or of the agency itself. */
function marksIn(order: string | undefined, party: Party, now: number): readonly Attestation[] {
  const { agencyClass, attestations } = party;
  return attestations.filter(({ reach, effectiveFromMs: from, effectiveUntilMs: until }) => {
    if (now < from || (until !== null && now >= until)) return false;
    if (reach.kind === 'own') return true;
    return reach.jurisdiction === order && agencyClass.state === 'known' && reach.binds.includes(agencyClass.value);
  });
}

/** What binds the owner, in any of its legal orders. `levelsOf` has a member for every protection, so that none is missed. */
function ownerOf(owner: Party, now: number): Record<string, CedarValue> {
  const { jurisdictions } = owner;
  const named = jurisdictions.state === 'known' ? jurisdictions.value : [];
  const orders = named.length === 0 ? [undefined] : named;
  const binding = orders.flatMap((order) => marksIn(order, owner, now));
  const levels = (protection: string) => [
    ...new Set(binding.filter((mark) => mark.protection === protection).map(({ level }) => `${protection}|${level}`)),
  ];
  return {
    ...(jurisdictions.state === 'known' ? { jurisdictions: [...new Set(jurisdictions.value)] } : {}),
    protections: [...new Set(binding.map(({ protection }) => protection))],
    levels: [...new Set(binding.map(({ protection, level }) => `${protection}|${level}`))],
    levelsOf: Object.fromEntries(
      [...VOCABULARY.protections.keys()].map((protection) => [protection, levels(protection)]),
    ),
  };
}
