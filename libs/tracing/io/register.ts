// node --import ./dist/libs/tracing/io/register.js ./dist/apps/<app>/src/main.js
// Reads OTEL_SERVICE_NAME and OTEL_EXPORTER_OTLP_ENDPOINT; without the second nothing is traced and nothing loaded.
import { startTracing } from './start-tracing.js';

await startTracing({
  serviceName: process.env['OTEL_SERVICE_NAME'] ?? 'comity',
  otlpUrl: process.env['OTEL_EXPORTER_OTLP_ENDPOINT'],
});
