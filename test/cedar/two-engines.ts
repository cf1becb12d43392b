import * as fc from 'fast-check';
import type { Context } from '@cedar-policy/cedar-wasm/nodejs';
import { decide, type Facts, type Rule } from '#policy';
import { NOW, facts } from '../../libs/policy/test/generated-facts.js';
import { rules } from '../../libs/policy/test/generated-rules.js';
import { cedarContext } from './cedar-context.js';
import { CedarRule } from './cedar-engine.js';

export interface Comparison {
  readonly cases: number;
  readonly rules: number;
  readonly permitted: number;
  readonly denied: number;
  readonly disagreements: readonly Disagreement[];
}

export interface Disagreement {
  readonly rule: Rule;
  readonly facts: Facts;
  readonly decide: string;
  readonly cedar: string;
}

const FACTS_FOR_EACH_RULE = 25;

/** Decides generated cases by both engines. The same seed gives the same cases. */
export function compareEngines(
  cases: number,
  seed: number,
  onProgress: (done: number) => void = () => undefined,
): Comparison {
  const count = Math.ceil(cases / FACTS_FOR_EACH_RULE);
  const some = fc.sample(fc.tuple(rules, fc.array(facts, exactly(FACTS_FOR_EACH_RULE))), { numRuns: count, seed });
  const disagreements: Disagreement[] = [];
  let permitted = 0;
  let done = 0;
  for (const [rule, list] of some) {
    const cedar = new CedarRule(rule, 'generated');
    for (const each of list) {
      const ours = decide(each, { rule, side: 'release' }, NOW);
      const theirs = cedar.decide(cedarContext(each, rule, NOW) as Context);
      const permits = ours.outcome === 'permit';
      if (permits) permitted += 1;
      // A policy that errs denies in both, and is a mistake of the compiler all the same.
      if (permits !== theirs.permits || theirs.errors.length > 0) {
        const why =
          ours.outcome === 'deny' ? ours.reasons.map(({ requirement, code }) => `${requirement} ${code}`) : [];
        const decided = `${ours.outcome} ${why.join(', ')}`;
        const said = `${theirs.permits ? 'permit' : 'deny'} ${[...theirs.by, ...theirs.errors].join(', ')}`;
        disagreements.push({ rule, facts: each, decide: decided, cedar: said });
      }
      done += 1;
      if (done % 1000 === 0) onProgress(done);
    }
  }
  return { cases: done, rules: count, permitted, denied: done - permitted, disagreements };
}

function exactly(length: number) {
  return { minLength: length, maxLength: length };
}
