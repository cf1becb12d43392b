import type { TraceCheck, TraceCheckCode, TraceCheckState } from './trace-check.js';
import type { ProvenHop } from './trace-hop.js';

/** How a request ended by what the ledgers prove, whatever anybody says. */
export type RequestEnd = 'released' | 'refused_by_owner' | 'refused_by_broker' | 'expired' | 'failed' | 'open';

/** The receipts about one request message; an agency's refusal of its own ask is about no request. */
export interface RequestGroup {
  readonly request: string;
  readonly hops: readonly ProvenHop[];
}

/** The receipts of one request by what they state and who states it. At most one each, else `once` says so. */
export interface Told {
  readonly granted: ProvenHop | undefined;
  readonly refusedByBroker: ProvenHop | undefined;
  readonly expired: ProvenHop | undefined;
  readonly failed: ProvenHop | undefined;
  readonly released: ProvenHop | undefined;
  readonly refusedByOwner: ProvenHop | undefined;
  readonly logged: ProvenHop | undefined;
  readonly sent: ProvenHop | undefined;
  readonly delivered: ProvenHop | undefined;
}

export interface RequestParties {
  readonly requester: string;
  readonly owner: string;
  readonly broker: string | undefined;
}

/** Notes a check of one request. */
export type Note = (
  code: TraceCheckCode,
  state: TraceCheckState,
  party: string | undefined,
  text: string,
) => TraceCheck;

export function toldBy(hops: readonly ProvenHop[]): Told {
  const first = (kind: string, byBroker: boolean) =>
    hops.find((hop) => hop.receipt.kind === kind && hop.byBroker === byBroker);
  return {
    granted: first('granted', true),
    refusedByBroker: first('refused', true),
    expired: first('expired', true),
    failed: first('failed', true),
    released: first('release', false),
    refusedByOwner: first('refused', false),
    logged: first('release_logged', true),
    sent: first('sent', false),
    delivered: first('delivered', false),
  };
}

/** A release that was never sent and is followed by a refusal was withdrawn, and does not count. */
export function isWithdrawn({ released, refusedByOwner, sent }: Told): boolean {
  if (released === undefined || refusedByOwner === undefined || sent !== undefined) return false;
  return refusedByOwner.receipt.index > released.receipt.index;
}

export function endOf(told: Told): RequestEnd {
  if (told.refusedByBroker !== undefined) return 'refused_by_broker';
  if (told.expired !== undefined) return 'expired';
  if (told.refusedByOwner !== undefined && told.sent === undefined) return 'refused_by_owner';
  if (told.released !== undefined) return 'released';
  return told.failed === undefined ? 'open' : 'failed';
}
