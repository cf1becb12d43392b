import type { Clock } from '#protocol';
import type { ReceiptProof } from './receipt-proof.js';

/** Some 10 KB each. */
const MAX_PROOFS = 256;
/** An exchange asks for the same few receipts again within seconds. */
const KEPT_MS = 30_000;

/**
 * Proofs that were given a moment ago. What is durable stays so, and is not looked for again. They hold what opens a receipt:
 * so they are forgotten with whatever is erased, and soon in any case, because another process may have erased it.
 */
export class RecentProofs {
  readonly #proofs = new Map<string, { readonly proof: ReceiptProof; readonly untilMs: number }>();

  constructor(private readonly clock: Clock) {}

  get(receiptId: string): ReceiptProof | undefined {
    const known = this.#proofs.get(receiptId);
    return known !== undefined && known.untilMs > this.clock.now() ? known.proof : undefined;
  }

  keep(proof: ReceiptProof): ReceiptProof {
    this.#proofs.delete(proof.receiptId);
    this.#proofs.set(proof.receiptId, { proof, untilMs: this.clock.now() + KEPT_MS });
    const [oldest] = this.#proofs.keys();
    if (this.#proofs.size > MAX_PROOFS && oldest !== undefined) this.#proofs.delete(oldest);
    return proof;
  }

  forget(): void {
    this.#proofs.clear();
  }
}
