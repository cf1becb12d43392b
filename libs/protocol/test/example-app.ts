import { connect, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Body, Controller, Get, HttpException, Module, Param, Post, Query, Req } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Matches } from 'class-validator';
import type { FastifyRequest, InjectOptions } from 'fastify';
import { expect } from 'vitest';
import { PlateTarget, ProblemError, ProtocolError, SubmitRequestBody, problem, readToken } from '#protocol';
import { createHttpApp, type HttpAppOptions } from '#protocol/io';

export class PlateSearch {
  @Matches(/^[A-Z0-9]{1,10}$/)
  plate: string;
}

/** A class that nobody decorated: nothing would read it. */
export class Undecorated {
  text: string;
}

/** An error of the app's own, with a text that must not leave. */
export class RuleError extends Error {}

/** Bodies that reached a handler, and what the handlers throw. */
export const reached: unknown[] = [];
export const failures: (() => unknown)[] = [];

@Controller()
export class ExampleController {
  @Post('plates')
  plate(@Body() body: PlateTarget): { plate: string; read: boolean } {
    reached.push(body);
    return { plate: body.text, read: body instanceof PlateTarget };
  }

  @Post('requests')
  request(@Body() body: SubmitRequestBody): { digest: string } {
    const { digest } = readToken('request', body.request);
    reached.push(body);
    return { digest };
  }

  @Post('list')
  list(@Body() body: PlateTarget[]): void {
    reached.push(body);
  }

  @Post('interface')
  interface(@Body() body: { text: string }): void {
    reached.push(body);
  }

  @Post('undecorated')
  undecorated(@Body() body: Undecorated): void {
    reached.push(body);
  }

  @Post('member')
  member(@Body('text') text: string): void {
    reached.push(text);
  }

  @Post('part')
  part(@Body('plate') plate: PlateTarget): void {
    reached.push(plate);
  }

  @Post('nothing')
  nothing(): { ok: boolean } {
    return { ok: true };
  }

  @Get('search')
  search(@Query() query: PlateSearch): { plate: string } {
    return { plate: query.plate };
  }

  @Get('items/:id')
  item(@Param('id') id: string, @Query('part') part?: string): { id: string; part?: string | undefined } {
    return { id, part };
  }

  @Get('peer')
  peer(@Req() request: FastifyRequest): { ip: string; host: string; protocol: string } {
    return { ip: request.ip, host: request.host, protocol: request.protocol };
  }

  @Get('slow')
  async slow(): Promise<{ ok: boolean }> {
    await sleep(600);
    return { ok: true };
  }

  @Get('fail')
  fail(): unknown {
    return failures.shift()?.();
  }
}

@Module({ controllers: [ExampleController] })
class ExampleModule {}

export interface ExampleApp {
  readonly app: NestFastifyApplication;
  readonly port: number;
  /** Everything that was logged, a line an event. */
  readonly log: string[];
}

export async function startExampleApp(options: Partial<HttpAppOptions> = {}): Promise<ExampleApp> {
  const app = await createHttpApp(ExampleModule, {
    problemOf: (error) => (error instanceof RuleError ? problem(403, 'rule', 'the rule says no') : undefined),
    ...options,
  });
  const log: string[] = [];
  const keep = (...parts: unknown[]) => void log.push(parts.map(String).join(' '));
  app.useLogger({ log: () => undefined, error: keep, warn: keep, fatal: keep });
  await app.listen(0, '127.0.0.1');
  return { app, port: (app.getHttpServer().address() as AddressInfo).port, log };
}

/** What every handler of the example may throw, by name. */
export const THROWN = {
  protocol: (code: ConstructorParameters<typeof ProtocolError>[0]) => () => {
    throw new ProtocolError(code, 'public words', 'private ZZZ999X');
  },
  problem: (status: number) => () => {
    throw new ProblemError(
      problem(status, 'decided', 'decided no', { txn: 'txn-1', reasons: [{ code: 'r' }], retryAfterSeconds: 7 }),
    );
  },
  http: (status: number) => () => {
    throw new HttpException('text with ZZZ999X', status);
  },
  value: (value: unknown) => () => {
    throw value;
  },
} as const;

export interface Answer {
  readonly status: number;
  readonly type: string | undefined;
  readonly retryAfter: string | undefined;
  readonly cacheControl: string | undefined;
  readonly body: Record<string, unknown>;
}

/** What the app answers; whatever that is, it holds no stack, no library, no path and no canary of the sender. */
export async function answerTo({ app }: ExampleApp, options: InjectOptions): Promise<Answer> {
  const response = await app.inject(options);
  expect(response.body).not.toMatch(/ZZZ999X|node_modules|\.ts:\d|\n\s+at |Error:|FST_/);
  return {
    status: response.statusCode,
    type: response.headers['content-type']?.toString(),
    retryAfter: response.headers['retry-after']?.toString(),
    cacheControl: response.headers['cache-control']?.toString(),
    body: JSON.parse(response.body) as Record<string, unknown>,
  };
}

/** What `answerTo` gives for a problem document with these members. */
export const problemDocument = (status: number, code: string, more: object = {}) => ({
  status,
  type: expect.stringMatching(/^application\/problem\+json/) as string,
  cacheControl: 'no-store',
  body: { type: `urn:comity:problem:${code}`, title: expect.any(String) as string, status, code, ...more },
});

/** Sends bytes as they are, and returns what came back until the other side closed, or `waitMs` passed. */
export function sendRaw(port: number, pieces: readonly (string | Buffer)[], waitMs = 1000): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const received: Buffer[] = [];
    const done = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(Buffer.concat(received).toString());
    };
    const timer = setTimeout(done, waitMs);
    socket.on('data', (data) => received.push(data));
    socket.on('error', () => undefined);
    socket.on('close', done);
    for (const piece of pieces) socket.write(piece);
  });
}

/** Sends `first`, then `drip` twice a second; how many milliseconds the other side kept the connection open. */
export function openFor(port: number, first: string, drip: string): Promise<number> {
  return new Promise((resolve) => {
    const started = performance.now();
    const socket = connect(port, '127.0.0.1');
    const dripping = setInterval(() => socket.write(drip), 500);
    socket.on('data', () => undefined);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(dripping);
      resolve(performance.now() - started);
    });
    if (first !== '') socket.write(first);
  });
}
