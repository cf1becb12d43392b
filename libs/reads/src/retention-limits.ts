import { ReadsError } from './reads-error.js';

/** How long an agency keeps its own reads. Milliseconds; `undefined` only where neither it nor a law sets a limit. */
export interface RetentionLimits {
  /** Reads that met no hot list, and what was received from others. */
  readonly readsMs: number | undefined;
  /** Reads that met one; `undefined` where they are kept no longer than any other. */
  readonly hitsMs: number | undefined;
}

/**
 * The agency's own limits under its law: the stricter of both holds for every read that belongs to no case. A hit may be kept
 * longer where the agency says so; the laws that are attested speak of reads that nothing came of.
 *
 * @param configured what the agency set
 * @param lawMs every limit that is attested for it
 * @throws ReadsError `retention_invalid`
 */
export function retentionUnderLaw(
  configured: { readonly readsMs: number | undefined; readonly hitsMs: number | undefined },
  lawMs: readonly number[],
): RetentionLimits {
  const limits = [...(configured.readsMs === undefined ? [] : [configured.readsMs]), ...lawMs];
  for (const limit of [...limits, ...(configured.hitsMs === undefined ? [] : [configured.hitsMs])]) {
    if (!Number.isSafeInteger(limit) || limit < 0) {
      throw new ReadsError('retention_invalid', 'a retention is a whole number of milliseconds from 0');
    }
  }
  const readsMs = limits.length === 0 ? undefined : Math.min(...limits);
  const { hitsMs } = configured;
  const isLonger = hitsMs !== undefined && readsMs !== undefined && hitsMs > readsMs;
  return { readsMs, hitsMs: isLonger ? hitsMs : undefined };
}
