import { decide, type Decision } from '../decide.js';
import type { Attestation, Party } from '../facts.js';
import type { Reason } from '../finding.js';
import type { Rule } from '../rule.js';
import { vocabularyByDigest, type Vocabulary } from '../vocabulary.js';
import type { RowProblem } from './audit-row.js';
import { factsOfPast, type HiddenBecause, type PastFacts, type PastNote } from './past-facts.js';
import { organisationOf, type OrganisationList, type PastOrganisation } from './past-organisation.js';
import type { PastSearch } from './past-search.js';

export interface SimulationInput {
  readonly rule: Rule;
  readonly searches: readonly PastSearch[];
  /** Rows that could not be read: reported, and judged by nothing. */
  readonly problems: readonly RowProblem[];
  readonly organisations: OrganisationList;
  /** What the law of a state is read to attest; nothing where it was never read. */
  readonly lawOf: (state: string) => readonly Attestation[];
  /** The owner as its own law describes it, for *as strict as mine*; without it those clauses cannot be judged. */
  readonly owner: Party | undefined;
  /** Milliseconds: the instant of which the law and the rule are taken. */
  readonly now: number;
}

/** `whose`: what a clause is about, so that a council can tell the law of a state from the doing of an officer. */
export type ReasonGroup = 'law_of_the_requester' | 'who_asks' | 'the_search_itself';

export interface PastReason {
  readonly code: string;
  readonly requirement: string;
  readonly group: ReasonGroup;
  readonly source?: string;
}

export interface PastVerdict {
  readonly key: string;
  readonly lines: readonly number[];
  readonly organisation: string;
  readonly state: string | undefined;
  readonly searchedAtMs: number;
  /** `not_refused`: the export shows everything that the rule asks for, and all of it is met. */
  readonly verdict: 'refused' | 'cannot_be_judged' | 'not_refused';
  readonly reasons: readonly PastReason[];
  readonly hidden: readonly { readonly requirement: string; readonly because: HiddenBecause }[];
  readonly notes: readonly PastNote[];
}

export interface Simulation {
  readonly rule: Rule;
  /** Searches, each counted once however many rows it stands in. */
  readonly verdicts: readonly PastVerdict[];
  readonly rows: number;
  readonly problems: readonly RowProblem[];
}

/**
 * What a rule would have said to searches of the past. The same `decide` as in an exchange, on facts of which those that
 * the export does not show are `sealed`: so what is shown decides, and what is hidden is named and never guessed.
 */
export function simulate(input: SimulationInput): Simulation {
  const { rule, searches, problems, organisations } = input;
  const vocabulary = vocabularyByDigest(rule.vocabulary);
  const context = contextOf(input, vocabulary);
  const names = new TierNames(rule);
  const readRows = searches.reduce((sum, { lines }) => sum + lines.length, 0);
  const verdicts = searches.map((search) => {
    const organisation = organisationOf(search.row.organisation, organisations);
    const past = factsOfPast(search, { ...context, organisation });
    const decision = decide(past.facts, { rule, side: 'release' }, input.now);
    return verdictOf(search, organisation, past, decision, { vocabulary, names });
  });
  return { rule, verdicts, rows: readRows + problems.length, problems };
}

function contextOf({ rule, lawOf, owner, now }: SimulationInput, vocabulary: Vocabulary | undefined) {
  const sections = Object.values(rule.release ?? {});
  return {
    caseNumberForms: sections.flatMap(({ case_number: { patterns } }) => patterns),
    sameForRule: (codes: readonly string[]) => sameForRule(codes, rule, vocabulary),
    lawOf: remembered(lawOf),
    owner,
    now,
  };
}

function remembered(lawOf: SimulationInput['lawOf']): SimulationInput['lawOf'] {
  const known = new Map<string, readonly Attestation[]>();
  return (state) => {
    const law = known.get(state) ?? lawOf(state);
    known.set(state, law);
    return law;
  };
}

/** A tier puts its name before what it demands; what the demand is about comes after it. */
class TierNames {
  readonly #names: readonly string[];

  constructor({ release = {} }: Rule) {
    this.#names = Object.values(release).flatMap(({ tiers = [] }) => tiers.map(({ name }) => name));
  }

  without(requirement: string): string {
    const name = this.#names.find((each) => requirement.startsWith(`${each}.`));
    return name === undefined ? requirement : requirement.slice(name.length + 1);
  }
}

interface Words {
  readonly vocabulary: Vocabulary | undefined;
  readonly names: TierNames;
}

/** In every section, and whatever its tiers and exceptions say, these offences are all allowed or all denied. */
function sameForRule(codes: readonly string[], rule: Rule, vocabulary: Vocabulary | undefined): boolean {
  const lists = Object.values(rule.release ?? {}).flatMap(({ offences, tiers = [], exceptions = [] }) => [
    offences,
    ...tiers.flatMap((tier) => (tier.offences === undefined ? [] : [tier.offences])),
    ...tiers.flatMap(({ when }) => (when.offences === undefined ? [] : [{ allow: when.offences }])),
    ...exceptions.flatMap(({ instead }) => (instead?.offences === undefined ? [] : [instead.offences])),
  ]);
  const forbidden = (rule.forbid ?? []).flatMap(({ when }) =>
    when.offences === undefined ? [] : [{ allow: when.offences }],
  );
  return [...lists, ...forbidden].every(({ allow, ...more }) => {
    const deny: readonly string[] = 'deny' in more ? (more.deny ?? []) : [];
    const allows = (code: string) => {
      const { immigration, catchAll } = vocabulary?.offences.get(code) ?? {};
      const named = allow === 'all' ? immigration !== true && catchAll !== true : allow.includes(code);
      return named && !deny.includes(code);
    };
    return new Set(codes.map(allows)).size === 1;
  });
}

function verdictOf(
  search: PastSearch,
  organisation: PastOrganisation,
  past: PastFacts,
  decision: Decision,
  { vocabulary, names }: Words,
): PastVerdict {
  const denied = decision.outcome === 'deny' ? decision.reasons : [];
  // Of a fact about one agency, which its superior would attest, nobody has attested anything in the past.
  const unattested = (reason: Reason) =>
    reason.code === 'protection_not_attested' && isAgencyFact(names.without(reason.requirement), vocabulary);
  const reasons = denied
    .filter((reason) => !unattested(reason))
    .map((reason) => pastReason({ ...reason, requirement: names.without(reason.requirement) }, vocabulary));
  const undetermined = decision.outcome === 'permit' ? [] : decision.undetermined;
  const open = [...undetermined, ...denied.filter(unattested)].map(({ requirement }) => names.without(requirement));
  const hidden = [...new Set(open)].map((requirement) => ({ requirement, because: becauseOf(requirement, past) }));
  const verdict = reasons.length > 0 ? 'refused' : hidden.length > 0 ? 'cannot_be_judged' : 'not_refused';
  const { name, state } = organisation;
  return {
    key: search.key,
    lines: search.lines,
    organisation: name,
    state,
    searchedAtMs: search.row.searchedAtMs,
    verdict,
    reasons,
    hidden,
    notes: past.notes,
  };
}

function isAgencyFact(requirement: string, vocabulary: Vocabulary | undefined): boolean {
  const [, protection = ''] = requirement.split('.', 2);
  return vocabulary?.protections.get(protection)?.subject === 'agency';
}

function pastReason({ code, requirement, source }: Reason, vocabulary: Vocabulary | undefined): PastReason {
  const [role, about = ''] = requirement.split('.', 2);
  const ofLaw = vocabulary?.protections.has(about) === true;
  const ofParty = role === 'requester' || role === 'owner';
  const group = ofLaw ? 'law_of_the_requester' : ofParty ? 'who_asks' : 'the_search_itself';
  return { code, requirement, group, ...(source === undefined ? {} : { source }) };
}

/** Why a requirement cannot be judged: the reason of the fact that it turns on, where an export can show that fact at all. */
function becauseOf(requirement: string, { hidden }: PastFacts): HiddenBecause {
  const [head = '', about = ''] = requirement.split('.', 2);
  switch (head) {
    case 'kind':
    case 'window':
    case 'plates':
    case 'fan_out':
    case 'offence':
    case 'requester':
      return hidden.get(head) ?? 'not_recorded';
    case 'data_age':
      return hidden.get('window') ?? 'not_recorded';
    case 'case_number':
      return (about === '' ? hidden.get('case_number') : undefined) ?? 'not_recorded';
    case 'owner':
      return 'own_law_not_given';
    default:
      return 'not_recorded';
  }
}
