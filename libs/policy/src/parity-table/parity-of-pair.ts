import { decide, type Decision } from '../decide.js';
import type { Reason } from '../finding.js';
import { parseRule } from '../parse-rule.js';
import type { Profile } from '../profile.js';
import type { Rule } from '../rule.js';
import { startingRule } from '../starting-rule.js';
import { vocabularyByDigest, type Vocabulary } from '../vocabulary.js';
import { agencyUnder, legalOrderId, standardFacts, type Enclosed } from './standard-request.js';

/**
 * `reads`: on an ordinary request. `on-conditions`: with the declaration or the legal process that the holder's law asks for.
 * `missing`: the requester's law protects less. `closed`: the holder's law gives to others only.
 */
export type PairOutcome = 'reads' | 'on-conditions' | 'missing' | 'closed';

export interface ParityOfPair {
  readonly owner: string;
  readonly requester: string;
  readonly outcome: PairOutcome;
  /** What the requester's law lacks, in the order of the vocabulary. */
  readonly missing: readonly Reason[];
  /** The least that the request has to enclose, where nothing is missing. */
  readonly encloses?: Enclosed;
}

/** The rule of an agency under the law of `profile`, in a federation that has all of `profiles`. */
export function ruleUnder(profile: Profile, profiles: Iterable<Profile>, now: number): Rule {
  const jurisdictions = new Map([...profiles].map(({ id }) => [id, legalOrderId(id)]));
  const owner = `${legalOrderId(profile.id)}/owner`;
  const effectiveFrom = new Date(now).toISOString();
  return parseRule(startingRule({ profile, owner, version: 1, effectiveFrom, jurisdictions }));
}

/** Whether an agency under the law of one profile may read from one under the law of another: decided as in an exchange. */
export function parityOfPair(owner: Profile, requester: Profile, rule: Rule, now: number): ParityOfPair {
  const vocabulary = vocabularyByDigest(rule.vocabulary);
  if (!vocabulary) throw new Error('a rule that was parsed has a known vocabulary');
  const parties = {
    owner: agencyUnder(owner, vocabulary, 'owner'),
    requester: agencyUnder(requester, vocabulary, 'requester'),
  };
  const pair = { owner: owner.id, requester: requester.id };
  const reasonsWith = (enclosed: Enclosed): readonly Reason[] => {
    const facts = standardFacts(vocabulary, parties, now, enclosed);
    return reasonsOf(decide(facts, { rule, side: 'release' }, now));
  };
  const best = reasonsWith({ process: 'warrant', declared: true });
  if (best.length > 0) {
    const missing = best.filter((reason) => vocabulary.protections.has(protectionOf(reason)));
    return { ...pair, outcome: missing.length < best.length ? 'closed' : 'missing', missing };
  }
  const least = waysToAsk(vocabulary).find((enclosed) => reasonsWith(enclosed).length === 0);
  if (!least) throw new Error('the best request was permitted');
  const ordinary = least.process === ORDINARY && !least.declared;
  return { ...pair, outcome: ordinary ? 'reads' : 'on-conditions', missing: [], encloses: least };
}

const ORDINARY = 'documented-purpose';

/** From the ordinary request to the one that leaves nothing out. */
function waysToAsk(vocabulary: Vocabulary): readonly Enclosed[] {
  const processes = [...vocabulary.legalProcess.keys()];
  return processes
    .slice(processes.indexOf(ORDINARY))
    .flatMap((process) => [false, true].map((declared): Enclosed => ({ process, declared })));
}

function reasonsOf(decision: Decision): readonly Reason[] {
  if (decision.outcome === 'undetermined') throw new Error('nothing is sealed in a table');
  return decision.outcome === 'permit' ? [] : decision.reasons;
}

/** `requester.<protection>`: a question of law, and not of this request. */
export function protectionOf({ requirement }: Reason): string {
  return requirement.replace(/^requester\./, '');
}
