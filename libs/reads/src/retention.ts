import { ReadsError } from './reads-error.js';

/**
 * When what is released now must be gone at the receiver: the owner's retention from the release, and never beyond the
 * first end of a law that the decision relied on (protocol.md, "Law that changes after release").
 * @param reliedOnUntil `effective_until` of every attestation relied on, milliseconds
 * @returns milliseconds since the epoch
 * @throws ReadsError `retention_invalid`
 */
export function obligationExpiry(input: {
  readonly releasedAt: number;
  readonly retentionMs: number;
  readonly reliedOnUntil: readonly number[];
}): number {
  return earliest([after(input.releasedAt, input.retentionMs), ...input.reliedOnUntil]);
}

/**
 * When received reads must be gone: the earlier of what the owner obliges and what the receiver's own law allows (D3).
 * @returns milliseconds since the epoch
 * @throws ReadsError `retention_invalid`
 */
export function receivedExpiry(input: {
  readonly receivedAt: number;
  readonly obligationExpiresAt: number;
  readonly ownRetentionMs: number;
}): number {
  return earliest([input.obligationExpiresAt, after(input.receivedAt, input.ownRetentionMs)]);
}

/** At the very instant of its expiry a thing is expired: its life is half-open. */
export function isExpired(expiresAt: number, now: number): boolean {
  return !(now < expiresAt);
}

/**
 * The latest `seenAt` that is past the retention: reads seen at or before it may neither be found nor kept (P11).
 * @throws ReadsError `retention_invalid`
 */
export function retentionCutoff(now: number, retentionMs: number): number {
  // No read is older than the epoch, and a longer retention has no date to subtract.
  return Math.max(now - duration(retentionMs), -1);
}

function after(start: number, milliseconds: number): number {
  return start + duration(milliseconds);
}

function duration(milliseconds: number): number {
  if (!Number.isSafeInteger(milliseconds) || milliseconds < 0) {
    throw new ReadsError('retention_invalid', 'a retention is a whole number of milliseconds from 0');
  }
  return milliseconds;
}

/** A missing or broken limit must not read as "for ever", which `Math.min` with NaN or Infinity would let pass. */
function earliest(instants: readonly number[]): number {
  if (!instants.every(Number.isSafeInteger)) {
    throw new ReadsError('retention_invalid', 'every limit of a retention is an instant in whole milliseconds');
  }
  return Math.min(...instants);
}
