import { Agent, request } from 'undici';
import { ProtocolError, type HttpRequest, type HttpResponse, type Network } from '../src/index.js';

export interface ClosableNetwork extends Network {
  close(): Promise<void>;
}

/**
 * HTTP between nodes: pooled connections, no redirects, no answer larger than asked for, no waiting beyond the time
 * limit, and nothing of the other side's text in the error.
 */
export function undiciNetwork(options: { connectionsPerPeer?: number } = {}): ClosableNetwork {
  const dispatcher = new Agent({
    connections: options.connectionsPerPeer ?? 32,
    pipelining: 1,
    connect: { timeout: 5_000 },
    keepAliveTimeout: 10_000,
  });
  return {
    request: (input) => send(input, dispatcher),
    close: () => dispatcher.close(),
  };
}

async function send(input: HttpRequest, dispatcher: Agent): Promise<HttpResponse> {
  try {
    const answer = await request(input.url, {
      method: input.method,
      headers: { accept: 'application/json', ...input.headers },
      body: input.body ?? null,
      dispatcher,
      signal: AbortSignal.timeout(input.timeoutMs),
    });
    const bytes = await readAtMost(answer.body, input.maxBytes);
    const body = input.binary === true ? bytes.toString('latin1') : textOf(bytes);
    return { status: answer.statusCode, headers: firstValues(answer.headers), body };
  } catch (cause) {
    if (cause instanceof ProtocolError) throw cause;
    throw new ProtocolError('network_failed', 'the other side could not be reached', undefined, { cause });
  }
}

async function readAtMost(stream: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new ProtocolError('network_failed', `the answer is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

function firstValues(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const first: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const text = Array.isArray(value) ? value[0] : value;
    if (text !== undefined) first[name] = text;
  }
  return first;
}
