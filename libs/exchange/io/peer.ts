import {
  ProblemError,
  ProtocolError,
  parseMessage,
  parseStrictJson,
  problem,
  type JsonValue,
  type Network,
} from '#protocol';

/** A call to another node: what to send, and how long and how much to wait for. */
export interface PeerCall {
  readonly url: string;
  readonly body?: JsonValue;
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** Another node's refusal: its status and its problem document's code, and nothing else of its text. */
export class PeerRefusal extends Error {
  override readonly name = 'PeerRefusal';

  constructor(
    readonly status: number,
    readonly code: string,
    /** The size a follower remembers, where it refuses a proof that starts elsewhere. */
    readonly logSize: number | undefined,
  ) {
    super(`the other node answered ${status} \`${code}\``);
  }
}

/** Calls another node and reads its answer strictly as `type`. @throws PeerRefusal, ProtocolError */
export async function callPeer<T extends object>(network: Network, call: PeerCall, type: new () => T): Promise<T> {
  return parseMessage(type, await callPeerJson(network, call));
}

export async function callPeerJson(network: Network, call: PeerCall): Promise<JsonValue> {
  const answer = await network.request({
    method: call.body === undefined ? 'GET' : 'POST',
    url: call.url,
    ...(call.body === undefined
      ? {}
      : { body: JSON.stringify(call.body), headers: { 'content-type': 'application/json' } }),
    timeoutMs: call.timeoutMs,
    maxBytes: call.maxBytes,
  });
  if (answer.status !== 200 && answer.status !== 201) throw refusalOf(answer.status, answer.body);
  return parseStrictJson(answer.body, { maxBytes: call.maxBytes });
}

function refusalOf(status: number, body: string): PeerRefusal {
  let document: JsonValue = null;
  try {
    document = parseStrictJson(body, { maxBytes: 16 * 1024 });
  } catch {
    // The refusal itself is what counts; a body that is no problem document adds nothing to it.
  }
  const members = typeof document === 'object' && document !== null && !Array.isArray(document) ? document : {};
  const { code, log_size: logSize } = members;
  return new PeerRefusal(
    status,
    typeof code === 'string' && /^[a-z_]{1,64}$/.test(code) ? code : 'unknown',
    typeof logSize === 'number' && Number.isSafeInteger(logSize) && logSize >= 0 ? logSize : undefined,
  );
}

/** Whether trying again later may help: the other side is away, overloaded, or cannot write its evidence. */
export function isTemporary(error: unknown): boolean {
  if (error instanceof PeerRefusal) return error.status === 503 || error.status === 502 || error.status === 429;
  return error instanceof ProtocolError && error.code === 'network_failed';
}

/** 503 with `Retry-After`: evidence cannot be written or a needed party is away, so nothing is decided or released. */
export function unavailable(detail: string, cause?: unknown): ProblemError {
  return new ProblemError(
    problem(503, 'unavailable', 'not available at the moment', { detail, retryAfterSeconds: 2 }),
    {
      cause,
    },
  );
}
