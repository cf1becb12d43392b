import {
  ProtocolError,
  isJsonObject,
  parseStrictJson,
  type HttpResponse,
  type JsonObject,
  type JsonValue,
  type Network,
} from '#protocol';
import { CliError } from './cli-error.js';

const TIMEOUT_MS = 30_000;
/** A trace of a request to a thousand owners takes half of it. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Calls one node and turns what it refuses into what a person can do about it. */
export class AgencyClient {
  constructor(
    private readonly network: Network,
    /** Without a final slash. */
    readonly url: string,
    private readonly sessionToken?: string,
  ) {}

  async get(path: string): Promise<JsonObject> {
    return this.object(await this.call('GET', path));
  }

  /** A document that is no JSON: a signed note. */
  async text(path: string): Promise<string> {
    return (await this.call('GET', path)).body;
  }

  async post(path: string, body?: JsonValue): Promise<JsonObject> {
    return this.object(await this.call('POST', path, body));
  }

  /** For what answers without a document. */
  async postOnly(path: string): Promise<void> {
    await this.call('POST', path);
  }

  private async call(method: 'GET' | 'POST', path: string, body?: JsonValue): Promise<HttpResponse> {
    const answer = await this.network
      .request({
        method,
        url: `${this.url}${path}`,
        headers: {
          ...(this.sessionToken === undefined ? {} : { authorization: `Bearer ${this.sessionToken}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        timeoutMs: TIMEOUT_MS,
        maxBytes: MAX_BYTES,
      })
      .catch((cause: unknown) => {
        throw cause instanceof ProtocolError ? this.unreachable(cause) : cause;
      });
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw this.refusal(answer);
  }

  private object(answer: HttpResponse): JsonObject {
    const document = documentOf(answer);
    if (document !== undefined) return document;
    throw new CliError('refused', `\`${this.url}\` does not answer as a node of Comity does`, {
      remedy: 'check the address',
    });
  }

  private unreachable(cause: ProtocolError): CliError {
    return new CliError(
      'unreachable',
      `the node at \`${this.url}\` cannot be reached`,
      { remedy: 'check the address, and that the node runs' },
      { cause },
    );
  }

  private refusal(answer: HttpResponse): CliError {
    const problem = documentOf(answer) ?? {};
    const [code, title, detail] = ['code', 'title', 'detail'].map((member) => {
      const value = problem[member];
      return typeof value === 'string' ? value : undefined;
    });
    const message = [title ?? `the node answered ${answer.status}`, ...(detail === undefined ? [] : [detail])].join(
      ': ',
    );
    const more = code === undefined ? {} : { problem: code };
    switch (answer.status) {
      case 401:
        return new CliError('not_signed_in', 'you are not signed in there, or your session has ended', {
          ...more,
          remedy: `comity login --agency ${this.url}`,
        });
      case 502:
      case 503:
        return new CliError('unreachable', message, { ...more, remedy: `try again in ${retryAfter(answer)}` });
      case 400:
      case 413:
      case 422:
        return new CliError('usage', message, { ...more, remedy: 'correct what you gave, and try again' });
      case 403:
        return new CliError('refused', message, {
          ...more,
          remedy: code?.startsWith('status_')
            ? 'ask the authority that enrolled it: comity authority status ENTITY says what holds'
            : 'sign in as another person, and choose it with --as',
        });
      default:
        return new CliError('refused', message, more);
    }
  }
}

function retryAfter({ headers }: HttpResponse): string {
  const seconds = headers['retry-after'];
  return seconds !== undefined && /^\d{1,6}$/.test(seconds) ? `${seconds} seconds` : 'a moment';
}

function documentOf({ body }: HttpResponse): JsonObject | undefined {
  try {
    const document = parseStrictJson(body, { maxBytes: MAX_BYTES });
    return isJsonObject(document) ? document : undefined;
  } catch {
    return undefined;
  }
}
