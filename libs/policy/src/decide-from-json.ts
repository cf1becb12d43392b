import { parseStrictJson } from '#protocol';
import { decide, type Decision } from './decide.js';
import { parseInstant } from './instant.js';
import { parseFacts } from './parse-facts.js';
import { parseRuleFile } from './parse-rule.js';
import { PolicyError } from './policy-error.js';
import type { RuleSide } from './rule.js';

export interface DecideFromJsonInput {
  /** JSON text. */
  readonly facts: string | Uint8Array;
  /** JSON or YAML text. */
  readonly rule: string;
  /** Instant with offset, `2026-11-22T08:00:00-08:00`. */
  readonly now: string;
  readonly side: RuleSide;
}

const MAX_FACTS_BYTES = 512 * 1024;

/**
 * `comity decide`: the same decision as in an exchange, from files, offline. What cannot be read is an error with all its
 * problems and no decision.
 *
 * @throws PolicyError `rule_malformed`, `facts_malformed` or `instant_malformed`
 */
export function decideFromJson({ facts, rule, now, side }: DecideFromJsonInput): Decision {
  return decide(parseFactsText(facts), { rule: parseRuleFile(rule), side }, parseInstant(now));
}

function parseFactsText(text: string | Uint8Array): ReturnType<typeof parseFacts> {
  try {
    return parseFacts(parseStrictJson(text, { maxBytes: MAX_FACTS_BYTES }));
  } catch (cause) {
    if (cause instanceof PolicyError) throw cause;
    throw new PolicyError('facts_malformed', [{ path: 'document', message: 'not acceptable JSON' }], { cause });
  }
}
