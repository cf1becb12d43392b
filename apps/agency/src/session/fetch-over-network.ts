import type { CustomFetch } from 'openid-client';
import { ProtocolError, type Network } from '#protocol';

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 64 * 1024;

/**
 * openid-client's requests through the network port, so that a test can lie, cut and delay them. Answers of 500 and above
 * mean that the provider is away, not that the person is refused.
 */
export function fetchOverNetwork(network: Network): CustomFetch {
  return async (url, options) => {
    const { method } = options;
    if (method !== 'GET' && method !== 'POST') throw new TypeError('a provider is only asked by GET and POST');
    const answer = await network.request({
      method,
      url,
      headers: options.headers,
      ...bodyOf(options.body),
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
    });
    if (answer.status >= 500) throw new ProtocolError('network_failed', 'the provider failed');
    return new Response(answer.body, { status: answer.status, headers: answer.headers });
  };
}

function bodyOf(body: Parameters<CustomFetch>[1]['body']): { body?: string } {
  if (body === undefined || body === null) return {};
  if (typeof body === 'string' || body instanceof URLSearchParams) return { body: body.toString() };
  throw new TypeError('only text bodies are sent to a provider');
}

/** Whether `error` or one of its causes is a failure of the network. */
export function isNetworkFailure(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ProtocolError && cause.code === 'network_failed') return true;
  }
  return false;
}
