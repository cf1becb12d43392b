import { Controller, Get, Header, Inject, Param, Req, UseFilters } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { jsonBytes, pathsOf } from './authority-paths.js';
import { AUTHORITY_NODE, authorityAt, type AuthorityNode } from './authority-node.js';
import { FederationErrorFilter } from './federation-error.filter.js';
import { historicalKeys } from './historical-keys.js';
import { QueryParameters } from './query-parameters.js';

/** What holds now, what changed, and what used to be: status list, events, historical keys. */
@Controller()
@UseFilters(FederationErrorFilter)
export class StatusController {
  constructor(@Inject(AUTHORITY_NODE) private readonly node: AuthorityNode) {}

  /** Token Status List, over everything the authority issued. */
  @Get(pathsOf('federation/status-list'))
  @Header('content-type', 'application/statuslist+jwt')
  @Header('cache-control', 'no-store')
  statusList(@Req() request: FastifyRequest, @Param('jurisdiction') id?: string): Promise<string> {
    QueryParameters.of(request, {});
    return this.node.statusDesk.list(authorityAt(this.node, id));
  }

  /** `{ events: [comity-event+jwt …] }`, oldest first, at most a hundred at once. */
  @Get(pathsOf('federation/events'))
  @Header('content-type', 'application/json')
  @Header('cache-control', 'no-store')
  async events(@Req() request: FastifyRequest, @Param('jurisdiction') id?: string): Promise<Buffer> {
    const parameters = QueryParameters.of(request, { optional: ['after'] });
    const after = parameters.count('after', { min: 0, max: Number.MAX_SAFE_INTEGER }) ?? 0;
    return jsonBytes({ events: await this.node.feed.after(authorityAt(this.node, id).entityId, after) });
  }

  /** Keys that the authority used to sign with; with `sub`, what it knows of a subordinate's. */
  @Get(pathsOf('federation/historical-keys'))
  @Header('content-type', 'application/jwk-set+jwt')
  @Header('cache-control', 'no-store')
  historicalKeys(@Req() request: FastifyRequest, @Param('jurisdiction') id?: string): Promise<string> {
    const parameters = QueryParameters.of(request, { optional: ['sub'] });
    const authority = authorityAt(this.node, id);
    const subject = parameters.text('sub') === undefined ? authority.entityId : parameters.entityId('sub');
    return historicalKeys(this.node, authority, subject);
  }
}
