import {
  context,
  isSpanContextValid,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Link,
  type Span,
} from '@opentelemetry/api';
import type { Randomness } from '#protocol';
import { allowedAttributes, errorCode, type BusinessAttributes } from '../src/allowed-attributes.js';
import type { BusinessEvent } from '../src/business-event.js';
import { formatTraceparent, parseTraceparent } from '../src/traceparent.js';

export interface SpanOptions {
  /**
   * The traceparent inside a *verified* message. The step continues that trace; the span that was active (the server's
   * own, which has a trace of its own) is linked. A text that is no traceparent starts a new trace (attack W13).
   */
  readonly parent?: string | undefined;
  /** Further traceparents to link. */
  readonly links?: readonly string[];
  readonly attributes?: BusinessAttributes;
}

/** What a step may tell its span while it runs. */
export interface BusinessSpan {
  set(attributes: BusinessAttributes): void;
}

const tracer = () => trace.getTracer('comity');

/**
 * Runs one step of an exchange in a span named after it. What the step calls, database and peers included, becomes
 * part of it. An error is recorded by its code alone and thrown on. Without a running SDK it only runs the step.
 */
export async function inSpan<T>(
  event: BusinessEvent,
  options: SpanOptions,
  step: (span: BusinessSpan) => Promise<T> | T,
): Promise<T> {
  const active = trace.getActiveSpan();
  const parent = options.parent === undefined ? undefined : contextOf(options.parent);
  const around = parent === undefined ? context.active() : trace.setSpanContext(context.active(), parent);
  const links = (options.links ?? []).flatMap((text): Link[] => linkTo(contextOf(text)));
  if (options.parent !== undefined) links.push(...linkTo(active?.spanContext()));
  const span = tracer().startSpan(
    event,
    {
      links,
      attributes: allowedAttributes({ ...options.attributes }),
      root: options.parent !== undefined && parent === undefined,
    },
    around,
  );
  return context.with(trace.setSpan(around, span), () => settle(span, step));
}

async function settle<T>(span: Span, step: (span: BusinessSpan) => Promise<T> | T): Promise<T> {
  try {
    return await step({ set: (attributes) => void span.setAttributes(allowedAttributes({ ...attributes })) });
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    span.setAttribute('comity.code', errorCode(error));
    throw error;
  } finally {
    span.end();
  }
}

/** The place of the running step in its trace, to go into signed messages and receipts; undefined outside any trace. */
export function currentTraceparent(): string | undefined {
  const place = trace.getActiveSpan()?.spanContext();
  if (place === undefined || !isSpanContextValid(place)) return undefined;
  const sampled = (place.traceFlags & TraceFlags.SAMPLED) !== 0;
  return formatTraceparent({ traceId: place.traceId, spanId: place.spanId, sampled });
}

/** A trace context of its own for messages made while no SDK runs: receipts always carry one (protocol.md 9). */
export function newTraceparent(randomness: Randomness): string {
  return formatTraceparent({ traceId: randomHex(randomness, 16), spanId: randomHex(randomness, 8), sampled: false });
}

function randomHex(randomness: Randomness, length: number): string {
  const hex = Buffer.from(randomness.bytes(length)).toString('hex');
  // The recommendation forbids zero, which a broken source of randomness would give.
  return /^0+$/.test(hex) ? `${hex.slice(1)}1` : hex;
}

function contextOf(text: string) {
  const place = parseTraceparent(text);
  if (place === undefined) return undefined;
  const traceFlags = place.sampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return { traceId: place.traceId, spanId: place.spanId, traceFlags, isRemote: true };
}

function linkTo(place: ReturnType<Span['spanContext']> | undefined): Link[] {
  return place !== undefined && isSpanContextValid(place) ? [{ context: place }] : [];
}
