import { Rejected } from '../rejection.js';

/** Why `work` was rejected, or `accepted`; anything but a rejection is thrown on. */
export function refusalReason(work: () => unknown): string {
  try {
    work();
    return 'accepted';
  } catch (error) {
    if (error instanceof Rejected) return error.reason;
    throw error;
  }
}
