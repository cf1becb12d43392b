import type { Decision } from '#policy';
import type { ReasonClaims } from '#protocol';

type Denial = Extract<Decision, { outcome: 'deny' }>;

/** The unmet requirements as they are told to the requester: all of them, and never the owner's whole rule. */
export function reasonClaims(denial: Denial): ReasonClaims[] {
  return denial.reasons.map((reason) => ({
    code: reason.code,
    requirement: clip(reason.requirement, 200),
    required: clip(reason.required, 500),
    found: clip(reason.found, 500),
    remedy: clip(reason.remedy, 1000),
    ...(reason.source === undefined ? {} : { source: clip(reason.source, 500) }),
  }));
}

/** A reason that no rule gave: a check of the protocol itself, or a state of the exchange. */
export function protocolReason(code: string, required: string, found: string, remedy: string): ReasonClaims {
  return { code, requirement: 'protocol', required, found, remedy };
}

function clip(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
