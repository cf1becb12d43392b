import type { Requirement } from '../conditions.js';
import { lawInForce } from '../law-in-force.js';
import type { LawStatement, Profile } from '../profile.js';
import type { Rule } from '../rule.js';
import { levelRank, retentionSeconds, type Vocabulary } from '../vocabulary.js';
import { finding, type LintFinding } from './lint-finding.js';
import { sectionsOf, type Section } from './section.js';

/**
 * What the rule demands of others, beside what the owner's own law demands of the owner. Milliseconds for `now`.
 */
export function againstOwnLaw(rule: Rule, own: Profile, vocabulary: Vocabulary, now: number): readonly LintFinding[] {
  const law = lawInForce(own, now);
  return sectionsOf(rule).flatMap((section) => [
    ...(section.release?.require ?? []).flatMap((requirement, place) =>
      requirementFinding(requirement, `${section.path}.require[${place}]`, law, vocabulary, own),
    ),
    ...kept(section, law, vocabulary),
  ]);
}

function requirementFinding(
  requirement: Requirement,
  path: string,
  law: readonly LawStatement[],
  vocabulary: Vocabulary,
  own: Profile,
): LintFinding[] {
  const { protection } = requirement;
  const statements = law.filter((statement) => statement.protection === protection);
  if ('as_strict_as_mine' in requirement) {
    // A fact about the agency is attested by its superior, not by its law.
    if (statements.length > 0 || vocabulary.protections.get(protection)?.subject === 'agency') return [];
    const message = `nothing is known of what the law of ${own.name} says to \`${protection}\`: the rule would deny everybody`;
    return [finding('error', 'own_level_unknown', path, message, 'name a level with `at_least`, or take it out')];
  }
  const rank = (level: string) => levelRank(vocabulary, protection, level) ?? -1;
  const stricter = statements.find(({ level }) => rank(level) > rank(requirement.at_least));
  if (stricter !== undefined) {
    const message = `\`${requirement.at_least}\` is required of others, and the own law has \`${stricter.level}\``;
    const remedy = `say \`at_least: ${stricter.level}\`, or \`as_strict_as_mine: true\``;
    return [finding('error', 'weaker_than_own_law', path, message, remedy, `${own.id} ${stricter.citation}`)];
  }
  if (rank(requirement.at_least) > 0) return [];
  const message = `\`${requirement.at_least}\` is the weakest level: every attestation meets it`;
  return [finding('warning', 'requirement_of_nothing', path, message, 'name a stricter level, or take it out')];
}

function kept({ path, release }: Section, law: readonly LawStatement[], vocabulary: Vocabulary): LintFinding[] {
  if (release === undefined) return [];
  const limits = law.flatMap((statement) => {
    const seconds = statement.protection === 'retention' ? retentionSeconds(vocabulary, statement.level) : undefined;
    // A law that deletes at once speaks of reads that matched nothing, not of the answer to a question.
    return seconds === undefined || seconds === 0 ? [] : [{ seconds, statement }];
  });
  const [limit] = limits.sort((a, b) => a.seconds - b.seconds);
  if (limit === undefined || release.obligations.retention_seconds <= limit.seconds) return [];
  const { seconds, statement } = limit;
  const message = `receivers may keep reads longer than the owner itself may: ${release.obligations.retention_seconds} seconds`;
  return [
    finding(
      'error',
      'weaker_than_own_law',
      `${path}.obligations.retention_seconds`,
      message,
      `set it to ${seconds} or less`,
      statement.citation,
    ),
  ];
}
