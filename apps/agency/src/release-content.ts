import { provenanceField, type VerifiedRequest } from '#exchange';
import type { Cut } from '#policy';
import { platesOf, type ReasonClaims } from '#protocol';
import type { AgencyNode } from './agency-node.js';
import type { DecidedHere } from './decide-here.js';

/** Under this owner's own key: repeats of a plate, person or case stay visible here and to its auditors. */
export function releaseContent(
  request: VerifiedRequest,
  decided: DecidedHere,
  reasons: readonly ReasonClaims[],
  readCount: number,
  node: AgencyNode,
) {
  const { ask } = decided.opened.sealed;
  return {
    outcome: reasons.length > 0 ? 'refused' : 'reads',
    read_count: readCount,
    officer_tag: decided.persons?.officer ?? '',
    supervisor_tag: decided.persons?.supervisor ?? '',
    case_tag: node.tags.case(request.claims.iss, ask.case_number),
    plate_tags: platesOf(ask.query).map(({ text }) => node.tags.plate(text)),
    reasons: reasons.map(({ code }) => code),
    ...(decided.continues === undefined ? {} : { page: decided.continues.page }),
    ...provenanceField(ask),
    // What the warrant did not cover and was therefore not searched (P08).
    ...(decided.cuts.length === 0 ? {} : { cut: decided.cuts.map(({ of, found: cut }) => `${of}: ${cut}`) }),
  };
}

export function cutWarning({ found }: Cut): string {
  return `not searched, because the warrant does not cover it: ${found}`;
}
