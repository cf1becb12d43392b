import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DataSource } from 'typeorm';
import { ProtocolError, type HttpRequest, type HttpResponse, type JsonObject, type Network } from '#protocol';
import { systemRandomness } from '#protocol/io';
import { createTestDatabase } from '../../../test/support/database.js';
import { fakeClock, type FakeClock } from '../../../test/support/fakes.js';
import { createAuthorityApp } from '../src/app.js';
import { AUTHORITY_NODE, type AuthorityNode } from '../src/authority-node.js';
import { readAuthorityConfig } from '../src/config.js';
import { AUTHORITY_ENTITIES } from '../src/register.store.js';
import { ANCHOR, exampleAuthority, type ExampleAuthority } from './example-authority.js';

export const NOW = Date.parse('2026-11-22T12:00:00Z');

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** An authority over a database of its own, without a socket. */
export interface RunningAuthority {
  readonly example: ExampleAuthority;
  readonly clock: FakeClock;
  readonly dataSource: DataSource;
  readonly app: NestFastifyApplication;
  readonly node: AuthorityNode;
  /** Configurations that nodes of the test publish, by origin; and what was sent anywhere else. */
  readonly published: Map<string, () => Promise<string>>;
  readonly sent: HttpRequest[];
  get(path: string): Promise<Answer>;
  post(path: string, body: string, type: string): Promise<Answer>;
  /** Starts the same authority anew over the same database. */
  again(env?: Record<string, string>): Promise<NestFastifyApplication>;
  close(): Promise<void>;
}

export async function runningAuthority(given?: ExampleAuthority): Promise<RunningAuthority> {
  const example = given ?? (await exampleAuthority());
  const clock = fakeClock(NOW);
  const { dataSource } = await createTestDatabase('authority', { entities: AUTHORITY_ENTITIES });
  const published = new Map<string, () => Promise<string>>();
  const sent: HttpRequest[] = [];
  const network: Network = { request: (request) => answerOf(request, { published, sent }) };
  const ports = { clock, randomness: systemRandomness, network, dataSource };
  const start = async (env: Record<string, string>) => {
    const app = await createAuthorityApp(await readAuthorityConfig(env), ports);
    await app.init();
    return app;
  };
  const app = await start(example.env);
  const inject = async (input: { method: 'GET' | 'POST'; url: string; payload?: string; type?: string }) => {
    const { type, ...request } = input;
    const answer = await app.inject({ ...request, ...(type !== undefined && { headers: { 'content-type': type } }) });
    return { status: answer.statusCode, type: String(answer.headers['content-type']), body: answer.body };
  };
  return {
    example,
    clock,
    dataSource,
    app,
    node: app.get<AuthorityNode>(AUTHORITY_NODE),
    published,
    sent,
    get: (url) => inject({ method: 'GET', url }),
    post: (url, payload, type) => inject({ method: 'POST', url, payload, type }),
    again: (env = example.env) => start(env),
    close: async () => {
      await app.close();
      await dataSource.destroy();
    },
  };
}

async function answerOf(
  request: HttpRequest,
  { published, sent }: { published: ReadonlyMap<string, () => Promise<string>>; sent: HttpRequest[] },
): Promise<HttpResponse> {
  sent.push(request);
  const { origin, pathname } = new URL(request.url);
  const configuration = published.get(origin);
  if (!configuration || pathname !== '/.well-known/openid-federation') {
    throw new ProtocolError('network_failed', 'no such host');
  }
  return { status: 200, headers: { 'content-type': 'application/entity-statement+jwt' }, body: await configuration() };
}

/** Query of a federation endpoint. */
export function query(parameters: Readonly<Record<string, string>>): string {
  return `?${new URLSearchParams(parameters).toString()}`;
}

export function parsed(body: string): JsonObject {
  return JSON.parse(body) as JsonObject;
}

/** A member that has to be a text. */
export function textIn(value: JsonObject, member: string): string {
  const text = value[member];
  if (typeof text !== 'string') throw new TypeError(`\`${member}\` is no text`);
  return text;
}

export { ANCHOR };
