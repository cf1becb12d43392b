/**
 * What the outside world is to Comity: time, randomness and the network. Every flow takes them as arguments, so that a
 * test can set the time, repeat a run from a seed, and lie, delay or cut a connection, without a switch in shipped code.
 */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

export interface Randomness {
  /** `length` bytes fit for keys and salts. */
  bytes(length: number): Uint8Array;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  /** An answer larger than this is refused, not cut. */
  readonly maxBytes: number;
  /** The answer is no text: its body comes as one character for each byte (`Buffer.from(body, 'latin1')`). */
  readonly binary?: boolean;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Follows no redirect. Rejects with `ProtocolError` code `network_failed` where no complete answer came. */
export interface Network {
  request(request: HttpRequest): Promise<HttpResponse>;
}
