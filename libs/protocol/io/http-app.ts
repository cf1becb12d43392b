import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { ProtocolError, parseStrictJson } from '../src/index.js';
import { answerBrokenClient, answerUnroutable, refuseAmbiguous } from './edge-failures.js';
import { MessagePipe } from './message-pipe.js';
import { ProblemFilter } from './problem-filter.js';
import type { ProblemOf } from './problem-of-failure.js';

export interface HttpAppOptions {
  /** Largest body in bytes; 64 KiB unless a route has to take more. */
  readonly bodyLimit?: number;
  /** Maps this app's own errors to problems; `undefined` leaves the error to the table of #protocol. */
  readonly problemOf: ProblemOf;
  /** Query parameters that a standard lets come several times; every other one comes once. */
  readonly repeatableParameters?: readonly string[];
  /** A handler is cut after this long; a broker waits for its owners, so its limit is larger. */
  readonly handlerTimeoutMs?: number;
}

/**
 * A Nest application on Fastify with every limit set (Fastify's own defaults are 0, which is none): slow headers, slow
 * bodies and idle sockets are closed, only JSON is parsed and only by the strict reader, no `X-Forwarded-*` is believed,
 * and every failure leaves as a problem document.
 */
export async function createHttpApp(module: Type | object, options: HttpAppOptions): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: options.bodyLimit ?? 64 * 1024,
    requestTimeout: 10_000,
    // Node swaps the two limits where that of the header is the larger one, and looks every 30 s only (W01).
    http: { headersTimeout: 5_000, connectionsCheckingInterval: 1_000 },
    connectionTimeout: 60_000,
    handlerTimeout: options.handlerTimeoutMs ?? 15_000,
    keepAliveTimeout: 15_000,
    requestIdHeader: false,
    trustProxy: false,
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    return503OnClosing: true,
    frameworkErrors: answerUnroutable,
    clientErrorHandler: answerBrokenClient,
  });
  parseStrictJsonOnly(adapter);
  adapter.getInstance().addHook('onRequest', (request, _reply, done) => {
    refuseAmbiguous(request, options.repeatableParameters ?? []);
    done();
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    bodyParser: false,
    logger: ['error', 'warn'],
    forceCloseConnections: true,
  });
  app.useGlobalPipes(new MessagePipe());
  app.useGlobalFilters(new ProblemFilter(options.problemOf));
  return app;
}

function parseStrictJsonOnly(adapter: FastifyAdapter): void {
  const fastify = adapter.getInstance();
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      // The size was limited while it was read; the strict reader limits depth and everything else.
      done(null, parseStrictJson(body, { maxBytes: Number.MAX_SAFE_INTEGER }));
    } catch (error) {
      done(error instanceof Error ? error : new ProtocolError('malformed_json', 'the body could not be read'));
    }
  });
}
