import { Controller, Get, Header, Inject, Param, Req, UseFilters } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { pathsOf } from './authority-paths.js';
import { AUTHORITY_NODE, authorityAt, type AuthorityNode } from './authority-node.js';
import { FederationErrorFilter } from './federation-error.filter.js';
import { QueryParameters } from './query-parameters.js';

/** OpenID Federation 1.0, "Resolve Entity". */
@Controller()
@UseFilters(FederationErrorFilter)
export class ResolveController {
  constructor(@Inject(AUTHORITY_NODE) private readonly node: AuthorityNode) {}

  @Get(pathsOf('federation/resolve'))
  @Header('content-type', 'application/resolve-response+jwt')
  @Header('cache-control', 'no-store')
  resolve(@Req() request: FastifyRequest, @Param('jurisdiction') id?: string): Promise<string> {
    const parameters = QueryParameters.of(request, {
      required: ['sub', 'trust_anchor'],
      repeated: ['trust_anchor', 'entity_type'],
    });
    return this.node.resolver.resolve({
      resolver: authorityAt(this.node, id),
      subject: parameters.entityId('sub'),
      trustAnchors: parameters.texts('trust_anchor'),
      entityTypes: parameters.texts('entity_type'),
    });
  }
}
