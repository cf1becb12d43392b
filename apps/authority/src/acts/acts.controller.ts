import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { MaxLength } from 'class-validator';
import { ProblemError, problem, type JsonObject } from '#protocol';
import { AUTHORITY_NODE, type AuthorityNode } from '../authority-node.js';
import type { ActRecord } from './acts.store.js';
import { personId } from './authority-act.js';

/** A signed act: the token is all there is, and who sends it does not matter. */
export class ActBody {
  @MaxLength(64 * 1_024)
  act: string;
}

const MAX_LISTED = 200;
const STATES = ['proposed', 'done', 'refused'] as const;

/**
 * Where persons of the authority act, and where everybody sees what they did (law 7). There is no other door: nothing here is
 * done because of an address, a cookie or a password.
 */
@Controller('authority')
export class ActsController {
  constructor(@Inject(AUTHORITY_NODE) private readonly node: AuthorityNode) {}

  @Post('acts')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async act(@Body() { act }: ActBody): Promise<JsonObject> {
    const outcome = await this.node.acts.take(act);
    return { state: outcome.state, act: outcome.act, result: outcome.result };
  }

  /** Newest first; with `state=proposed` those that wait for a second person. */
  @Get('acts')
  @Header('cache-control', 'no-store')
  async list(@Query('state') state: unknown): Promise<JsonObject> {
    const known = STATES.find((each) => each === state);
    if (state !== undefined && known === undefined)
      throw new ProblemError(problem(400, 'malformed_request', 'no such state'));
    const records = await this.node.actsStore.list(known, MAX_LISTED);
    return { acts: records.map((record) => documentOf(record, this.node.anchor.entityId)) };
  }

  @Get('acts/:digest')
  @Header('cache-control', 'no-store')
  async one(@Param('digest') digest: string): Promise<JsonObject> {
    const record = await this.node.actsStore.find(digest);
    if (!record) throw new ProblemError(problem(404, 'not_found', 'no such act'));
    return { ...documentOf(record, this.node.anchor.entityId), token: record.token };
  }

  /** With their public keys, so that anybody can check what they signed. */
  @Get('people')
  @Header('cache-control', 'no-store')
  async people(): Promise<JsonObject> {
    const people = await this.node.actsStore.people();
    const { entityId } = this.node.anchor;
    return { people: people.map(({ name, jwk }) => ({ id: personId(entityId, name), name, jwk })) };
  }
}

function documentOf(record: ActRecord, anchor: string): JsonObject {
  const { digest, person, kind, issuer, subject, state, at, confirmedBy, result } = record;
  return {
    act: digest,
    kind,
    person: personId(anchor, person),
    issuer,
    subject,
    state,
    at: new Date(at).toISOString(),
    ...(confirmedBy !== null && { confirmed_by: personId(anchor, confirmedBy) }),
    ...(result !== null && { result }),
  };
}
