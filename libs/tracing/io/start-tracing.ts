export interface TracingOptions {
  /** Name of this party's service in the traces. */
  readonly serviceName: string;
  /** Base address of an OTLP collector over HTTP, such as `http://127.0.0.1:4318`; nothing is traced without one. */
  readonly otlpUrl: string | undefined;
  /** Share of traces to keep, 0 to 1; all when absent. */
  readonly sampled?: number;
}

let running: { shutdown(): Promise<void> } | undefined;

/**
 * Starts OpenTelemetry. It must run before fastify, undici and pg are loaded: `node --import .../register.js`.
 * The SDK is loaded only if it is wanted, since it costs half a second.
 */
export async function startTracing(options: TracingOptions): Promise<void> {
  if (options.otlpUrl === undefined || options.otlpUrl === '' || running !== undefined) return;
  const { startSdk } = await import('./sdk.js');
  running = startSdk({ serviceName: options.serviceName, otlpUrl: options.otlpUrl, sampled: options.sampled ?? 1 });
}

/** Sends what is still held and ends tracing; to be called last at shutdown. A collector that is away is no error. */
export async function flushTracing(): Promise<void> {
  const sdk = running;
  running = undefined;
  await sdk?.shutdown().catch(() => undefined);
}
