import { lookup } from 'node:dns';
import { Agent, request } from 'undici';
import { addressIn, egressRule, EgressRefused, guardedLookup, type Egress, type ResolveName } from './egress.js';
import { ProtocolError, type HttpRequest, type HttpResponse, type Network } from '../src/index.js';

export interface ClosableNetwork extends Network {
  close(): Promise<void>;
}

export interface UndiciNetworkOptions {
  /** Which addresses may be connected to: other people's texts name the hosts. */
  readonly egress: Egress;
  readonly connectionsPerPeer?: number;
  /** Stands in for DNS; the system's own resolver when absent. */
  readonly resolve?: ResolveName;
}

/**
 * HTTP between nodes: pooled connections to allowed addresses only, no redirects, no answer larger than asked for, no
 * waiting beyond the time limit, and nothing of the other side's text in the error.
 */
export function undiciNetwork(options: UndiciNetworkOptions): ClosableNetwork {
  const allows = egressRule(options.egress);
  const dispatcher = new Agent({
    connections: options.connectionsPerPeer ?? 32,
    pipelining: 1,
    connect: { timeout: 5_000, lookup: guardedLookup(allows, options.resolve ?? lookup) },
    keepAliveTimeout: 10_000,
  });
  return {
    request: (input) => send(input, dispatcher, allows),
    close: () => dispatcher.close(),
  };
}

async function send(
  input: HttpRequest,
  dispatcher: Agent,
  allows: (address: string) => boolean,
): Promise<HttpResponse> {
  try {
    const address = addressIn(input.url);
    if (address !== undefined && !allows(address)) throw new EgressRefused('an address that is not reached from here');
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
