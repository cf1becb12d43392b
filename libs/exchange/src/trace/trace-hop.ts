import type { VerifiedReceipt } from '../verify-evidence.js';

/** A receipt that is proven in the ledger of `keeper`. */
export interface ProvenHop {
  /** Entity id of the ledger's keeper, who signed the receipt. */
  readonly keeper: string;
  readonly byBroker: boolean;
  readonly receipt: VerifiedReceipt;
}

/** A text that was opened; `undefined` where it was erased or is none. */
export function fieldOf({ receipt }: ProvenHop, name: string): string | undefined {
  const value = receipt.opened[name];
  return typeof value === 'string' ? value : undefined;
}

/** Codes of a refusal; none where they were erased. */
export function reasonsOf({ receipt }: ProvenHop): string[] {
  const reasons = receipt.opened['reasons'];
  return Array.isArray(reasons) ? reasons.filter((reason) => typeof reason === 'string') : [];
}

/** An agency's own rule refused its own officer: about no request, because none was made. */
export function isOwnRefusal(hop: ProvenHop): boolean {
  return (
    hop.receipt.kind === 'refused' &&
    fieldOf(hop, 'requester') === hop.keeper &&
    fieldOf(hop, 'owner') === hop.keeper &&
    !hop.byBroker
  );
}

export function byIndex(a: ProvenHop, b: ProvenHop): number {
  return a.receipt.index - b.receipt.index;
}

/** Cause before effect, within one exchange. */
export function rankOf(hop: ProvenHop): number {
  switch (hop.receipt.kind) {
    case 'asked':
      return 0;
    case 'approved':
      return 1;
    case 'granted':
    case 'expired':
      return 2;
    case 'refused':
      return hop.byBroker ? 2 : isOwnRefusal(hop) ? 1 : 3;
    case 'release':
      return 3;
    case 'release_logged':
    case 'witnessed':
      return 4;
    case 'sent':
      return 5;
    case 'failed':
      return 6;
    case 'delivered':
      return 7;
    default:
      return 8;
  }
}
