import { preparsePolicySet, statefulIsAuthorized, type Context } from '@cedar-policy/cedar-wasm/nodejs';
import type { Facts, Rule } from '#policy';
import { cedarContext } from './cedar-context.js';
import { compileRule } from './compile-rule.js';

const PRINCIPAL = { type: 'Agency', id: 'requester' };
const ACTION = { type: 'Action', id: 'release' };
const RESOURCE = { type: 'Reads', id: 'owner' };

/** The second engine: a rule, compiled once, that says yes or no. An error in a policy or in a request is a no. */
export class CedarRule {
  readonly #policySet: string;

  /** @param name of the policy set; one of the same name is replaced */
  constructor(
    private readonly rule: Rule,
    name: string,
  ) {
    this.#policySet = name;
    const answer = preparsePolicySet(name, { staticPolicies: compileRule(rule) });
    if (answer.type === 'failure') throw new Error(answer.errors.map(({ message }) => message).join('; '));
  }

  /** @param now milliseconds */
  permits(facts: Facts, now: number): boolean {
    return this.decide(cedarContext(facts, this.rule, now) as Context).permits;
  }

  /** Also which policies decided and which could not be evaluated. */
  decide(context: Context): { permits: boolean; by: readonly string[]; errors: readonly string[] } {
    const answer = statefulIsAuthorized({
      principal: PRINCIPAL,
      action: ACTION,
      resource: RESOURCE,
      context,
      preparsedPolicySetId: this.#policySet,
      entities: [],
    });
    if (answer.type === 'failure') {
      return { permits: false, by: [], errors: answer.errors.map(({ message }) => message) };
    }
    const { decision, diagnostics } = answer.response;
    const errors = diagnostics.errors.map(({ policyId, error }) => `${policyId}: ${error.message}`);
    // A forbid that could not be evaluated forbids nothing in Cedar: then nothing is permitted here.
    return { permits: decision === 'allow' && errors.length === 0, by: diagnostics.reason, errors };
  }
}
