import { check, type TraceCheck } from './trace-check.js';
import { fieldOf, isOwnRefusal, type ProvenHop } from './trace-hop.js';

/** That an officer asked, that a second person approved the same, and that no more owners were asked than approved. */
export function askChecks(hops: readonly ProvenHop[], requestCount: number): TraceCheck[] {
  const asked = hops.find(({ receipt }) => receipt.kind === 'asked');
  const requester = asked?.keeper ?? hops.map((hop) => fieldOf(hop, 'requester')).find((party) => party !== undefined);
  if (asked === undefined) return [check('asked', 'missing', requester, 'no ledger holds that anybody asked')];
  return [
    check('asked', 'holds', requester, 'an officer asked'),
    ...approvalChecks(asked, hops, requestCount),
    ...fanOut(asked, requestCount),
  ];
}

function approvalChecks(asked: ProvenHop, hops: readonly ProvenHop[], requestCount: number): TraceCheck[] {
  const { keeper } = asked;
  const approved = hops.find(({ receipt }) => receipt.kind === 'approved');
  const refused = hops.find(isOwnRefusal);
  if (refused !== undefined && requestCount === 0) {
    return [check('own_rule', 'holds', keeper, 'the requesting agency’s own rule refused; nothing left the agency')];
  }
  if (refused !== undefined) return [check('own_rule', 'broken', keeper, 'sent on although its own rule had refused')];
  const disapproved = hops.find(({ receipt }) => receipt.kind === 'disapproved');
  if (disapproved !== undefined) {
    return [check('approved', 'broken', keeper, 'an emergency was claimed, and a second person disapproved of it')];
  }
  if (approved === undefined && requestCount > 0 && isApprovedAfterwards(asked)) {
    return [check('approved', 'pending', keeper, 'an emergency that no second person has approved yet')];
  }
  if (approved === undefined) {
    return [
      requestCount > 0
        ? check('approved', 'missing', keeper, 'requests went out that no ledger shows as approved')
        : check('approved', 'pending', keeper, 'waits for a supervisor'),
    ];
  }
  const same = fieldOf(approved, 'ask') !== undefined && fieldOf(approved, 'ask') === fieldOf(asked, 'ask');
  const after = approved.keeper === keeper && approved.receipt.index > asked.receipt.index;
  const persons = [fieldOf(asked, 'officer'), fieldOf(approved, 'supervisor')];
  const distinct = persons.every((person) => person !== undefined) && persons[0] !== persons[1];
  return [
    same && after
      ? check('approved', 'holds', keeper, 'what was approved is what was asked')
      : check('approved', 'broken', keeper, 'what was approved is not what was asked'),
    personsAreErased(asked, approved)
      ? check('two_persons', 'missing', keeper, 'who asked and who approved is not opened')
      : distinct
        ? check('two_persons', 'holds', keeper, 'asked by one person, approved by another')
        : check('two_persons', 'broken', keeper, 'asked and approved by one person'),
  ];
}

/** The agency said at once that the approval would follow: whether it may, the owner's rule decides. */
export function isApprovedAfterwards(asked: ProvenHop): boolean {
  return fieldOf(asked, 'approval') === 'afterwards';
}

/** Committed to and not opened: neither proven nor contradicted. */
function personsAreErased(asked: ProvenHop, approved: ProvenHop): boolean {
  return asked.receipt.erased.includes('officer') || approved.receipt.erased.includes('supervisor');
}

/** The supervisor approved a number of owners; no more may be asked, and the rest is still to come. */
function fanOut(asked: ProvenHop, requestCount: number): TraceCheck[] {
  const approved = asked.receipt.opened['fan_out'];
  if (typeof approved !== 'number')
    return [check('fan_out', 'broken', asked.keeper, 'the number of owners is not opened')];
  if (requestCount > approved) {
    return [check('fan_out', 'broken', asked.keeper, `${requestCount} owners were asked, and ${approved} approved`)];
  }
  if (requestCount === approved) {
    return [check('fan_out', 'holds', asked.keeper, `${approved} asked, as approved`)];
  }
  return requestCount === 0
    ? []
    : [check('fan_out', 'pending', asked.keeper, `${approved - requestCount} of ${approved} owners not asked yet`)];
}
