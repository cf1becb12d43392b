import { Controller, Get, Header, HttpCode, Inject, Post, Req } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { ProblemError, problem } from '#protocol';
import type { OwnConfiguration } from '#trust/io';
import type { ExchangeNode } from './exchange-node.js';
import { NODE } from './health.controller.js';
import { unavailable } from './peer.js';

/** Token under which an app provides its `OwnConfiguration` to this controller. */
export const OWN_CONFIGURATION = Symbol('own configuration');

const EVENT = 'application/comity-event+jwt';
const EVENT_BYTES = 64 * 1024;

/** An event is a compact token and no JSON: its bytes are what was signed. To be called before the app listens. */
export function readEventsAsText(app: NestFastifyApplication): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addContentTypeParser(EVENT, { parseAs: 'string', bodyLimit: EVENT_BYTES }, (_request, body, done) =>
      done(null, body),
    );
}

/** A node is a leaf of the federation: it publishes its configuration, and neither fetch nor list. */
@Controller()
export class FederationController {
  constructor(
    @Inject(OWN_CONFIGURATION) private readonly own: OwnConfiguration,
    @Inject(NODE) private readonly node: Pick<ExchangeNode, 'directory'>,
  ) {}

  @Get('.well-known/openid-federation')
  @Header('content-type', 'application/entity-statement+jwt')
  @Header('cache-control', 'no-store')
  async configuration(): Promise<string> {
    const token = await this.own.published();
    if (token === undefined) throw unavailable('the marks of this node are not known yet');
    return token;
  }

  /**
   * An authority tells that something changed. Only an event that it signed and that is new has an effect: this node looks
   * at the authority's status list before it answers, so that a suspension bites from here on.
   */
  @Post('federation/events')
  @HttpCode(204)
  async event(@Req() request: FastifyRequest): Promise<void> {
    if (typeof request.body !== 'string') {
      throw new ProblemError(problem(415, 'unsupported_media_type', `an event is sent as ${EVENT}`));
    }
    await this.node.directory.takeEvent(request.body);
  }
}
