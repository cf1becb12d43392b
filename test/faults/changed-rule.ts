import { isJsonObject, type JsonObject } from '#protocol';
import type { TestFederation } from '../federation/start-federation.js';

/** The rule document that an agency has published at the start. */
export function ruleOf({ laidOut }: TestFederation, agency: string): JsonObject {
  const rule = laidOut.agencies.find(({ plan }) => plan.id === agency)?.rule;
  if (rule === undefined) throw new Error(`no rule of ${agency}`);
  return rule;
}

/** The next version, which releases nothing for the offence that the tests name. */
export function narrower(rule: JsonObject): JsonObject {
  const offences = { allow: ['09A'], source: 'a test' };
  return { ...changedRelease(rule, { offences }), version: Number(rule['version']) + 1 };
}

/** With other conditions on the release of a plate's history. */
export function changedRelease(rule: JsonObject, change: JsonObject): JsonObject {
  const { release } = rule;
  const history = isJsonObject(release) ? release['plate_history'] : undefined;
  if (!isJsonObject(history)) throw new TypeError('a rule that releases is expected');
  return { ...rule, release: { plate_history: { ...history, ...change } } };
}
