import { isJsonObject, type JsonObject } from '#protocol';
import type { AgencyPlan, FederationPlan } from '../../../apps/sandbox/src/plan.js';

const HOLDS = 'juniper-bend';
export const ASKS = 'salish-point';

/** Short name of the `nth` light owner, from 1 on. */
export function lightOwnerId(nth: number): string {
  return `light-owner-${nth}`;
}

/**
 * The demonstration with one agency that asks, and `count` invented agencies under the law and the rule of the one that holds,
 * all of which may be asked at once. `portOf` says where the `nth` of them listens.
 */
export function withLightOwners(plan: FederationPlan, count: number, portOf: (nth: number) => number): FederationPlan {
  const [asks, holds] = [ASKS, HOLDS].map((id) => plan.agencies.find((agency) => agency.id === id));
  if (asks === undefined || holds === undefined) throw new TypeError('the demonstration has both agencies');
  const owners = Array.from({ length: count }, (_, index): AgencyPlan => {
    const nth = index + 1;
    return {
      ...holds,
      id: lightOwnerId(nth),
      name: `Light Owner ${nth}`,
      ori: `OR${String(1_000_000 + nth).slice(-7)}`,
      port: portOf(nth),
      attests: [],
      rule: fannedOut(holds.rule, count),
    };
  });
  return { ...plan, agencies: [{ ...asks, rule: fannedOut(asks.rule, count) }, ...owners] };
}

/** The same rule for requests that ask `count` agencies at once. */
function fannedOut(rule: JsonObject, count: number): JsonObject {
  const limited = (side: JsonObject[string] | undefined): JsonObject =>
    Object.fromEntries(
      Object.entries(isJsonObject(side) ? side : {}).map(([kind, section]) => {
        if (!isJsonObject(section) || !isJsonObject(section['scope'])) return [kind, section];
        return [kind, { ...section, scope: { ...section['scope'], max_fan_out: count } }];
      }),
    );
  const sides = ['release', 'ask'].filter((side) => rule[side] !== undefined);
  return { ...rule, ...Object.fromEntries(sides.map((side) => [side, limited(rule[side])])) };
}
