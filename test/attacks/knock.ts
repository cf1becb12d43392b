import {
  isJsonObject,
  parseStrictJson,
  type HttpResponse,
  type JsonObject,
  type JsonValue,
  type Network,
} from '#protocol';

export interface DoorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly document: JsonObject;
}

/** Knocks at a node's door as anybody can who reaches it. */
export async function post(federation: { readonly network: Network }, url: string, body: object): Promise<DoorAnswer> {
  return read(
    await federation.network.request({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      timeoutMs: 30_000,
      maxBytes: 4 * 1024 * 1024,
    }),
  );
}

export function read({ status, headers, body }: HttpResponse): DoorAnswer {
  return { status, headers, text: body, document: objectOf(body) };
}

export function objectOf(text: string): JsonObject {
  const document: JsonValue = parseStrictJson(text, { maxBytes: 4 * 1024 * 1024 });
  if (!isJsonObject(document)) throw new TypeError('an object is expected');
  return document;
}
