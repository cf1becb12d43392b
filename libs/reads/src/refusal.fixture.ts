import { ReadsError } from './reads-error.js';

/** The code by which `work` was refused, or `accepted`; anything but a refusal of this library is thrown on. */
export function refusalOf(work: () => unknown): string {
  try {
    work();
    return 'accepted';
  } catch (error) {
    if (error instanceof ReadsError) return error.code;
    throw error;
  }
}
