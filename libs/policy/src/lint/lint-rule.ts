import { parseRule } from '../parse-rule.js';
import type { Profile } from '../profile.js';
import { profiles } from '../profiles.js';
import { startingRule } from '../starting-rule.js';
import type { Rule } from '../rule.js';
import { VOCABULARY, vocabularyByDigest, type Vocabulary } from '../vocabulary.js';
import { contradictions } from './contradictions.js';
import { finding, type LintFinding, type LintSeverity } from './lint-finding.js';
import { againstOwnLaw } from './own-law.js';
import { unreachable } from './unreachable.js';
import { UNNAMED, weakerThanLaw } from './weaker.js';

export interface LintContext {
  /** The law that binds the owner; without it nothing is said of clauses weaker than it. */
  readonly own: Profile | undefined;
  /** Milliseconds: law that is not in force then counts for nothing. */
  readonly now: number;
}

/**
 * Reads a rule as a careful colleague would: clauses that contradict each other, that nothing ever reaches, that give more
 * than the owner's own law lets it. A rule without findings is not therefore a good rule.
 */
export function lintRule(rule: Rule, { own, now }: LintContext): readonly LintFinding[] {
  const vocabulary = vocabularyByDigest(rule.vocabulary);
  if (vocabulary === undefined) return [];
  const found = [
    ...oldVocabulary(vocabulary),
    ...contradictions(rule, vocabulary),
    ...unreachable(rule, vocabulary),
    ...(own === undefined ? [] : againstLaw(rule, own, vocabulary, now)),
  ];
  return found.toSorted((a, b) => RANK[a.severity] - RANK[b.severity] || (a.path < b.path ? -1 : 1));
}

const RANK: Readonly<Record<LintSeverity, number>> = { error: 0, warning: 1, note: 2 };

function againstLaw(rule: Rule, own: Profile, vocabulary: Vocabulary, now: number): LintFinding[] {
  const found = [
    ...againstOwnLaw(rule, own, vocabulary, now),
    ...weakerThanLaw(rule, lawfulFloor(rule, own), vocabulary),
  ];
  // One clause, one finding: what both comparisons see is said once.
  const seen = new Set<string>();
  return found.filter(({ code, path }) => !seen.has(`${code} ${path}`) && seen.add(`${code} ${path}`));
}

/** The rule that the own law demands, in the form of a rule: only clauses of it that cite law are compared. */
function lawfulFloor({ owner, version, effective_from: effectiveFrom }: Rule, own: Profile): Rule {
  const jurisdictions = new Map([...profiles().keys()].map((id) => [id, `${UNNAMED}${id.toLowerCase()}`]));
  return parseRule(startingRule({ profile: own, owner, version, effectiveFrom, jurisdictions }));
}

function oldVocabulary({ version }: Vocabulary): LintFinding[] {
  if (version === VOCABULARY.version) return [];
  const message = `written in version ${version} of the vocabulary; the newest is ${VOCABULARY.version}`;
  return [
    finding('note', 'vocabulary_old', 'vocabulary', message, `pin \`${VOCABULARY.digest}\` after reading what changed`),
  ];
}
