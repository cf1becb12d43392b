import { Controller, Get, Header, Inject, Param, Req, Res, UseFilters } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { jsonBytes, pathsOf } from './authority-paths.js';
import { AUTHORITY_NODE, authorityAt, type AuthorityNode } from './authority-node.js';
import { FederationErrorFilter } from './federation-error.filter.js';
import { FederationError } from './federation-error.js';
import { QueryParameters } from './query-parameters.js';
import type { SubordinateFilter } from './register.store.js';

const STATEMENT = 'application/entity-statement+jwt';
/** More than a state has agencies; a longer list is read in pages. */
const MAX_LISTED = 20_000;
const PAGE = { min: 1, max: 1_000 } as const;
const DEFAULT_PAGE = 500;
const FILTERS = ['trust_marked', 'trust_mark_type', 'intermediate'] as const;

/** Configuration, statements and lists of the anchor and each jurisdiction. Everything here is public. */
@Controller()
@UseFilters(FederationErrorFilter)
export class FederationController {
  constructor(@Inject(AUTHORITY_NODE) private readonly node: AuthorityNode) {}

  @Get(pathsOf('.well-known/openid-federation'))
  @Header('content-type', STATEMENT)
  @Header('cache-control', 'no-store')
  configuration(@Param('jurisdiction') id?: string): Promise<string> {
    return this.node.desk.configuration(authorityAt(this.node, id));
  }

  @Get(pathsOf('federation/fetch'))
  @Header('content-type', STATEMENT)
  @Header('cache-control', 'no-store')
  async fetch(@Req() request: FastifyRequest, @Param('jurisdiction') id?: string): Promise<string> {
    const authority = authorityAt(this.node, id);
    // Drafts of the standard had `iss` here, and clients that were written for one still send it.
    const parameters = QueryParameters.of(request, { required: ['sub'], optional: ['iss'] });
    const subject = parameters.entityId('sub');
    if ((parameters.text('iss') ?? authority.entityId) !== authority.entityId) {
      throw new FederationError('invalid_issuer', 'statements of another issuer');
    }
    if (subject === authority.entityId) {
      throw new FederationError('invalid_request', 'an authority makes no subordinate statement about itself');
    }
    const statement = await this.node.desk.subordinateStatement(authority, subject);
    if (statement === undefined) throw new FederationError('not_found', 'no such subordinate');
    return statement;
  }

  /** Whole, as the standard has it; `temporarily_unavailable` for one that is too long to be handed out at once. */
  @Get(pathsOf('federation/list'))
  @Header('content-type', 'application/json')
  @Header('cache-control', 'no-store')
  async list(@Req() request: FastifyRequest, @Param('jurisdiction') id?: string): Promise<Buffer> {
    const parameters = QueryParameters.of(request, { optional: FILTERS, repeated: ['entity_type'] });
    const filter = this.#filter(authorityAt(this.node, id).entityId, parameters);
    const listed = await this.node.store.subordinates({ ...filter, from: undefined, limit: MAX_LISTED + 1 });
    if (listed.length > MAX_LISTED) {
      throw new FederationError(
        'invalid_request',
        'the list is too long: read `federation_extended_list_endpoint`',
        413,
      );
    }
    return jsonBytes(listed.map(({ entityId }) => entityId));
  }

  /**
   * A page of the list: OpenID Federation Extended Subordinate Listing 1.0, without its `claims`. All pages of one list bear
   * one entity tag, and whoever holds that list is answered 304 (RFC 9110 §13.1.2).
   */
  @Get(pathsOf('federation/extended-list'))
  @Header('content-type', 'application/json')
  @Header('cache-control', 'no-cache')
  async extendedList(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('jurisdiction') id?: string,
  ): Promise<Buffer> {
    const optional = [...FILTERS, 'from_entity_id', 'limit'];
    const parameters = QueryParameters.of(request, { optional, repeated: ['entity_type'] });
    const from = parameters.text('from_entity_id') === undefined ? undefined : parameters.entityId('from_entity_id');
    const limit = parameters.count('limit', PAGE) ?? DEFAULT_PAGE;
    const filter = this.#filter(authorityAt(this.node, id).entityId, parameters);
    // A mark can expire without an event, so that a list by marks has no tag.
    if (!filter.trustMarked && filter.trustMarkType === undefined) {
      const tag = await this.node.store.lists.tagOf(filter.superior, filter.at);
      void reply.header('etag', tag);
      if (request.headers['if-none-match'] === tag) {
        void reply.code(304);
        return jsonBytes({});
      }
    }
    const listed = await this.node.store.subordinates({ ...filter, from, limit: limit + 1 });
    const next = listed[limit]?.entityId;
    return jsonBytes({
      immediate_subordinate_entities: listed.slice(0, limit).map(({ entityId, enrolledAt }) => ({
        id: entityId,
        registered: Math.floor(enrolledAt / 1_000),
      })),
      ...(next !== undefined && { next_entity_id: next }),
    });
  }

  #filter(superior: string, parameters: QueryParameters): Omit<SubordinateFilter, 'from' | 'limit'> {
    return {
      superior,
      entityTypes: parameters.texts('entity_type'),
      trustMarked: parameters.flag('trust_marked') ?? false,
      trustMarkType: parameters.text('trust_mark_type'),
      intermediate: parameters.flag('intermediate'),
      at: this.node.clock.now(),
    };
  }
}
