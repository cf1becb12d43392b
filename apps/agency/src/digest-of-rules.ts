import type { PublishedRule } from '#exchange';
import { ruleDigest } from '#policy';

/** The newest of the rules that were applied; `none` where there is none. */
export function digestOfRules(rules: readonly PublishedRule[]): string {
  const newest = rules.at(-1);
  return newest === undefined ? NO_RULE : ruleDigest(newest.rule);
}

/** In place of a digest: 43 characters, as the message classes want it, and no digest of anything. */
const NO_RULE = '-'.repeat(43);
