/** A place in a trace, as W3C Trace Context names it: https://www.w3.org/TR/trace-context/#traceparent-header */
export interface Traceparent {
  /** 32 lower-case hexadecimal digits, not all zero. */
  readonly traceId: string;
  /** 16 lower-case hexadecimal digits, not all zero. */
  readonly spanId: string;
  readonly sampled: boolean;
}

const GRAMMAR = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/**
 * Reads a traceparent; undefined when it is not one. Stricter than the recommendation: version 00 only, nothing behind
 * the flags, since both ends are ours and a future version is a change of the protocol (attack W13).
 */
export function parseTraceparent(text: unknown): Traceparent | undefined {
  const found = typeof text === 'string' ? GRAMMAR.exec(text) : null;
  const [, traceId, spanId, flags] = found ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** Writes it; no flag but `sampled` is carried on. */
export function formatTraceparent(place: Traceparent): string {
  return `00-${place.traceId}-${place.spanId}-${place.sampled ? '01' : '00'}`;
}
