import { FastifyOtelInstrumentation } from '@fastify/otel';
import type { TextMapPropagator } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { allowListExporter } from './allow-list-exporter.js';
import { ownSampler } from './own-sampler.js';

const EXPORT_TIMEOUT_MS = 3_000;

/**
 * Reads and writes no header. Anybody can send a `traceparent`, so the server's span is always the root of a trace of
 * its own, and baggage of any size is left alone; the trace goes from party to party inside the signed messages
 * (protocol.md 9, attack W13).
 */
const noHeaders: TextMapPropagator = {
  inject: () => undefined,
  extract: (context) => context,
  fields: () => [],
};

export function startSdk(options: { serviceName: string; otlpUrl: string; sampled: number }): {
  shutdown(): Promise<void>;
} {
  const url = `${options.otlpUrl.replace(/\/+$/, '')}/v1/traces`;
  const sdk = new NodeSDK({
    serviceName: options.serviceName,
    // Detected resources name the machine, its user and the command line.
    autoDetectResources: false,
    textMapPropagator: noHeaders,
    sampler: ownSampler(options.sampled),
    traceExporter: allowListExporter(new OTLPTraceExporter({ url, timeoutMillis: EXPORT_TIMEOUT_MS })),
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [
      new FastifyOtelInstrumentation({
        registerOnInitialization: true,
        instrumentHooks: false,
        recordExceptions: false,
      }),
      new UndiciInstrumentation({ requireParentforSpans: true }),
      new PgInstrumentation({ requireParentSpan: true, enhancedDatabaseReporting: false }),
    ],
  });
  sdk.start();
  return sdk;
}
