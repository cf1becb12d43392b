import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post } from '@nestjs/common';
import type { JsonObject } from '#protocol';
import { AUTHORITY_NODE, authorityAt, type AuthorityNode } from '../authority-node.js';
import { pathsOf } from '../authority-paths.js';
import { EnrolmentRequestBody, KeyRolloverBody } from './enrolment-shapes.js';

/** For whoever wants to be enrolled, or has a new key. What was asked for is public, as is what became of it. */
@Controller()
export class EnrolmentController {
  constructor(@Inject(AUTHORITY_NODE) private readonly node: AuthorityNode) {}

  /** What a proof of possession has to name; good for a quarter of an hour. */
  @Get(pathsOf('federation/challenge'))
  @Header('cache-control', 'no-store')
  challenge(@Param('jurisdiction') id?: string): JsonObject {
    const { entityId } = authorityAt(this.node, id);
    return { authority: entityId, nonce: this.node.enrolments.challenge() };
  }

  @Post(pathsOf('federation/enrolment'))
  @HttpCode(202)
  @Header('cache-control', 'no-store')
  async enrol(@Body() body: EnrolmentRequestBody, @Param('jurisdiction') id?: string): Promise<JsonObject> {
    const request = await this.node.enrolments.request(authorityAt(this.node, id), body);
    return { request: request.id, state: request.state };
  }

  @Post(pathsOf('federation/key-rollover'))
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async rollOver(@Body() body: KeyRolloverBody, @Param('jurisdiction') id?: string): Promise<JsonObject> {
    const { keys, othersRetireAt } = await this.node.enrolments.rollOver(authorityAt(this.node, id), body);
    return { keys, others_retire_at: Math.floor(othersRetireAt / 1_000) };
  }
}
