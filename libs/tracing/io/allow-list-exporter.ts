import { SpanStatusCode } from '@opentelemetry/api';
import type { NodeSDKConfiguration } from '@opentelemetry/sdk-node';
import { allowedAttributes, allowedSpanName } from '../src/allowed-attributes.js';

export type SpanExporter = NodeSDKConfiguration['traceExporter'];
export type ExportedSpan = Parameters<SpanExporter['export']>[0][number];

/**
 * Stands in front of the real exporter and lets through what the allow-list knows. It is the only way out, so it also
 * holds for what instrumentations write: addresses, statements, exception texts and stack traces, function names.
 */
export function allowListExporter(exporter: SpanExporter): SpanExporter {
  return {
    export: (spans, done) => exporter.export(spans.map(allowedSpan), done),
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}

/** The span without its events (exceptions are events), without texts, and with the allowed attributes and names only. */
export function allowedSpan(span: ExportedSpan): ExportedSpan {
  const place = ({ traceId, spanId, traceFlags, isRemote }: ReturnType<ExportedSpan['spanContext']>) => ({
    traceId,
    spanId,
    traceFlags,
    ...(isRemote === undefined ? {} : { isRemote }),
  });
  return {
    name: allowedSpanName(span.name, span.attributes),
    kind: span.kind,
    spanContext: () => place(span.spanContext()),
    ...(span.parentSpanContext === undefined ? {} : { parentSpanContext: place(span.parentSpanContext) }),
    startTime: span.startTime,
    endTime: span.endTime,
    duration: span.duration,
    ended: span.ended,
    status: { code: span.status.code === SpanStatusCode.ERROR ? SpanStatusCode.ERROR : SpanStatusCode.UNSET },
    attributes: allowedAttributes(span.attributes),
    links: span.links.map((link) => ({ context: place(link.context) })),
    events: [],
    resource: span.resource,
    instrumentationScope: span.instrumentationScope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: span.droppedLinksCount,
  };
}
