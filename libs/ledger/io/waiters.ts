import { LedgerError } from '../src/index.js';

interface Waiter<Result> {
  readonly deadlineMs: number;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/** Who waits for which receipt to be durable, until when. */
export class Waiters<Result> {
  readonly #waiting = new Map<string, Set<Waiter<Result>>>();

  wait(receiptId: string, deadlineMs: number): Promise<Result> {
    return new Promise((resolve, reject) => {
      const waiters = this.#waiting.get(receiptId) ?? new Set();
      this.#waiting.set(receiptId, waiters.add({ deadlineMs, resolve, reject }));
    });
  }

  has(receiptId: string): boolean {
    return this.#waiting.has(receiptId);
  }

  receiptIds(): string[] {
    return [...this.#waiting.keys()];
  }

  settle(receiptId: string, result: Result): void {
    for (const waiter of this.#waiting.get(receiptId) ?? []) waiter.resolve(result);
    this.#waiting.delete(receiptId);
  }

  fail(receiptId: string, error: LedgerError): void {
    for (const waiter of this.#waiting.get(receiptId) ?? []) waiter.reject(error);
    this.#waiting.delete(receiptId);
  }

  failAll(error: LedgerError): void {
    for (const waiters of this.#waiting.values()) for (const waiter of waiters) waiter.reject(error);
    this.#waiting.clear();
  }

  /** Ends the waits whose time has come; `cause` is why the ledger made no progress, where it knows. @returns whom nobody awaits any more */
  expire(nowMs: number, cause: unknown): string[] {
    const ended: string[] = [];
    for (const [receiptId, waiters] of this.#waiting) {
      for (const waiter of waiters) {
        if (waiter.deadlineMs > nowMs) continue;
        waiters.delete(waiter);
        waiter.reject(
          new LedgerError(
            'not_durable_in_time',
            `receipt \`${receiptId}\` is not durable yet`,
            { receiptId },
            { cause },
          ),
        );
      }
      if (waiters.size > 0) continue;
      this.#waiting.delete(receiptId);
      ended.push(receiptId);
    }
    return ended;
  }
}
