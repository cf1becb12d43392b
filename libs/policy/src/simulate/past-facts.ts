import { matchesCaseNumber } from '../case-number.js';
import { draftAuthority } from '../draft-parties.js';
import { ABSENT, SEALED, known, type Attestation, type Fact, type Facts, type Party } from '../facts.js';
import { SEALED_REQUEST } from '../sealed-request.js';
import type { AuditCell } from './audit-cell.js';
import { windowOf } from './audit-row.js';
import { readOffence } from './offence-label.js';
import type { PastOrganisation } from './past-organisation.js';
import type { OverwritableColumn, PastSearch } from './past-search.js';
import { kindOfSearch } from './search-kind.js';

/** Why an export does not show a fact. */
export type HiddenBecause =
  /** The vendor's system never asked for it: an approval, a beneficiary, a legal process. */
  | 'not_recorded'
  | 'not_published'
  | 'masked'
  /** The agency put one text over what its officers had typed. */
  | 'overwritten'
  /** Left blank, or a `0` that is no zero. */
  | 'says_nothing'
  /** The label is that of no offence: a person who is missing, wanted or witness. */
  | 'names_no_offence'
  /** Its label stands for several codes, which the rule treats differently. */
  | 'too_coarse'
  /** What kind of agency it is, or of which state, stands nowhere. */
  | 'organisation_unknown'
  /** *As strict as mine*, and nobody said which law is the owner's. */
  | 'own_law_not_given';

/** What a search of the past was, as far as its export shows it; the rest is `sealed`: somebody knew it, and it is not here. */
export interface PastFacts {
  readonly facts: Facts;
  /** For each fact that is hidden and that an export could have shown, why it does not. */
  readonly hidden: ReadonlyMap<ShownFact, HiddenBecause>;
  /** What was read in the searcher's favour, to be counted beside the result. */
  readonly notes: readonly PastNote[];
}

export type PastNote =
  | 'case_number_in_reason'
  | 'judged_as_plate_history'
  /** No profile says what the law of the state is: nothing is attested, and what is not attested is not met. */
  | 'law_never_read'
  | 'reason_blank'
  | 'reason_says_nothing';

export interface PastContext {
  /** Forms of case numbers that the rule accepts: only a text in one of them is taken for a number typed as a reason. */
  readonly caseNumberForms: readonly string[];
  /** Whether the rule treats each of these offences alike; then it does not matter which of them a label meant. */
  readonly sameForRule: (codes: readonly string[]) => boolean;
  readonly organisation: PastOrganisation;
  /** What the law of a state is read to attest; nothing where it was never read. */
  readonly lawOf: (state: string) => readonly Attestation[];
  readonly owner: Party | undefined;
  /** The instant that is judged at. Milliseconds. */
  readonly now: number;
}

/** The facts that some export shows. */
export type ShownFact = 'kind' | 'window' | 'plates' | 'fan_out' | 'offence' | 'case_number' | 'requester';

type Hidden = Map<ShownFact, HiddenBecause>;

export function factsOfPast(search: PastSearch, context: PastContext): PastFacts {
  const { row, overwritten } = search;
  const hidden: Hidden = new Map();
  const notes: PastNote[] = [];
  const kind = kindOfSearch(row);
  if (kind === undefined) {
    hidden.set('kind', because(row.searchType));
    notes.push('judged_as_plate_history');
  }
  const { state } = context.organisation;
  if (state !== undefined && context.lawOf(state).length === 0) notes.push('law_never_read');
  if (row.reason.state === 'blank') notes.push('reason_blank');
  if (row.reason.state === 'placeholder') notes.push('reason_says_nothing');
  const facts: Facts = {
    requester: requesterOf(context, hidden),
    beneficiary: SEALED,
    owner: context.owner === undefined ? SEALED : known(context.owner),
    withAccess: [],
    request: {
      // Most of it no export of today's systems has a column for.
      ...SEALED_REQUEST,
      // The kind that rules treat most leniently, where the export does not tell: nothing is refused by a guess.
      kind: known(kind ?? 'plate_history'),
      contentKind: known(kind ?? 'plate_history'),
      window: windowFact(search, context.now, hidden),
      plateCount: plates(row.plate, hidden),
      fanOut: fanOut(row.networks, hidden),
      offence: offence(row.offence, overwritten, context, hidden),
      caseNumber: caseNumber(search, context, hidden, notes),
    },
  };
  return { facts, hidden, notes };
}

function requesterOf({ organisation, lawOf }: PastContext, hidden: Hidden): Party {
  const { name, state, agencyClass } = organisation;
  if (state === undefined || agencyClass === undefined) hidden.set('requester', 'organisation_unknown');
  return {
    entityId: `https://past-search.invalid/${
      name
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/gu, '-')
        .slice(0, 64) || 'unknown'
    }`,
    agencyClass: agencyClass === undefined ? SEALED : known(agencyClass),
    jurisdictions: state === undefined ? SEALED : known([draftAuthority(state)]),
    attestations: state === undefined ? [] : lawOf(state),
    // Its superior knows who else has access; an export does not.
    access: { controllingBodies: SEALED, taskForces: SEALED, sharedCentres: SEALED, sharedSignIns: SEALED },
  };
}

function because(cell: AuditCell): HiddenBecause {
  switch (cell.state) {
    case 'masked':
    case 'partly_masked':
      return 'masked';
    case 'not_published':
      return 'not_published';
    case 'blank':
    case 'placeholder':
    case 'stated':
      return 'says_nothing';
  }
}

/** Moved along to `now`, so that the reads are as old as they were when the search was made. */
function windowFact({ row }: PastSearch, now: number, hidden: Hidden): Facts['request']['window'] {
  const window = windowOf(row.timeFrame);
  if (window === undefined) {
    hidden.set('window', because(row.timeFrame));
    return SEALED;
  }
  const moved = now - row.searchedAtMs;
  // A window that ends after the search, as many do, could only ever have shown what was there already.
  const untilMs = Math.min(window.untilMs, Math.max(row.searchedAtMs, window.fromMs + 1));
  return known({ fromMs: window.fromMs + moved, untilMs: untilMs + moved });
}

function plates(plate: AuditCell, hidden: Hidden): Fact<number> {
  // A mask is put over something: one plate, or a part of one.
  if (plate.state === 'stated' || plate.state === 'masked' || plate.state === 'partly_masked') return known(1);
  hidden.set('plates', because(plate));
  return SEALED;
}

function fanOut(networks: AuditCell, hidden: Hidden): Fact<number> {
  const count = networks.state === 'stated' ? Number(networks.text) : 0;
  if (count > 0) return known(count);
  hidden.set('fan_out', because(networks));
  return SEALED;
}

function offence(
  cell: AuditCell,
  overwritten: ReadonlySet<OverwritableColumn>,
  { sameForRule }: PastContext,
  hidden: Hidden,
): Fact<string> {
  const hide = (reason: HiddenBecause) => {
    hidden.set('offence', reason);
    return SEALED;
  };
  if (overwritten.has('offence')) return hide('overwritten');
  // Published and left blank: nobody stated an offence, and a request without one is no request.
  if (cell.state === 'blank') return ABSENT;
  const read = readOffence(cell);
  if (read === undefined) return hide(because(cell));
  if (read.kind !== 'codes') return hide('names_no_offence');
  const [code] = read.codes;
  return code !== undefined && sameForRule(read.codes) ? known(code) : hide('too_coarse');
}

function caseNumber(
  { row, overwritten }: PastSearch,
  { caseNumberForms }: PastContext,
  hidden: Hidden,
  notes: PastNote[],
): Fact<string> {
  const cell = row.caseNumber;
  const reason = row.reason.state === 'stated' && !overwritten.has('reason') ? row.reason.text : undefined;
  if (cell.state === 'stated' && !overwritten.has('caseNumber')) return known(cell.text);
  // Officers type the number as the reason: where it has a form that the rule accepts, it counts for them.
  if (reason !== undefined && caseNumberForms.some((form) => matchesCaseNumber(form, reason))) {
    notes.push('case_number_in_reason');
    return known(reason);
  }
  if (cell.state === 'blank' || cell.state === 'placeholder') return ABSENT;
  hidden.set('case_number', overwritten.has('caseNumber') ? 'overwritten' : because(cell));
  return SEALED;
}
