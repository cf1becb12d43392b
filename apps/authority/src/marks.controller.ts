import { Controller, Get, Header, HttpCode, Inject, Param, Post, Req, UseFilters } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { jsonBytes, pathsOf } from './authority-paths.js';
import { AUTHORITY_NODE, authorityAt, type AuthorityNode } from './authority-node.js';
import { FederationErrorFilter } from './federation-error.filter.js';
import { FederationError } from './federation-error.js';
import { FORM_MEDIA_TYPE, formFields } from './form-body.js';
import { QueryParameters } from './query-parameters.js';
import { trustMarkStatus } from './trust-mark-status.js';

/** Trust marks: OpenID Federation 1.0, "Trust Mark Endpoint", "Trust Marked Entities Listing", "Trust Mark Status". */
@Controller()
@UseFilters(FederationErrorFilter)
export class MarksController {
  constructor(@Inject(AUTHORITY_NODE) private readonly node: AuthorityNode) {}

  @Get(pathsOf('federation/trust-mark'))
  @Header('content-type', 'application/trust-mark+jwt')
  @Header('cache-control', 'no-store')
  async trustMark(@Req() request: FastifyRequest, @Param('jurisdiction') id?: string): Promise<string> {
    const parameters = QueryParameters.of(request, { required: ['trust_mark_type', 'sub'] });
    const authority = authorityAt(this.node, id);
    const subject = parameters.entityId('sub');
    const mark = await this.node.desk.trustMark(authority, parameters.text('trust_mark_type') ?? '', subject);
    if (mark === undefined) throw new FederationError('not_found', 'no such trust mark');
    return mark;
  }

  @Get(pathsOf('federation/trust-mark-list'))
  @Header('content-type', 'application/json')
  @Header('cache-control', 'no-store')
  async marked(@Req() request: FastifyRequest, @Param('jurisdiction') id?: string): Promise<Buffer> {
    const parameters = QueryParameters.of(request, { required: ['trust_mark_type'], optional: ['sub'] });
    const { entityId: issuer } = authorityAt(this.node, id);
    const subject = parameters.text('sub') === undefined ? undefined : parameters.entityId('sub');
    const type = parameters.text('trust_mark_type') ?? '';
    return jsonBytes(await this.node.store.marked(issuer, type, subject, this.node.clock.now()));
  }

  /** Form-encoded, as the standard has it: a mark is too long for an address, and addresses are logged. */
  @Post(pathsOf('federation/trust-mark-status'))
  @HttpCode(200)
  @Header('content-type', 'application/trust-mark-status-response+jwt')
  @Header('cache-control', 'no-store')
  async status(@Req() request: FastifyRequest, @Param('jurisdiction') id?: string): Promise<string> {
    const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
    if (type !== FORM_MEDIA_TYPE) throw new FederationError('invalid_request', `the body is not ${FORM_MEDIA_TYPE}`);
    const mark = formFields(request.body, ['trust_mark']).get('trust_mark') ?? '';
    const answer = await trustMarkStatus(this.node, authorityAt(this.node, id), mark);
    if (answer === undefined) throw new FederationError('not_found', 'no such trust mark');
    return answer;
  }
}
