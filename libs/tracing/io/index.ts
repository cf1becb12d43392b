export { currentTraceparent, inSpan, newTraceparent, type BusinessSpan, type SpanOptions } from './in-span.js';
export { flushTracing, startTracing, type TracingOptions } from './start-tracing.js';
