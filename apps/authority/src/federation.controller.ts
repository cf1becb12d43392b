import { Controller, Get, Header, Inject, Param, Req, UseFilters } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { parseEntityId, TrustError } from '#trust';
import { AUTHORITY_NODE, type AuthorityNode } from './authority-node.js';
import { FederationErrorFilter } from './federation-error.filter.js';
import { FederationError } from './federation-error.js';
import type { Authority } from './statement-desk.js';

const STATEMENT = 'application/entity-statement+jwt';
const MARK = 'application/trust-mark+jwt';
const MAX_PARAMETER = 1_024;

/** The anchor's path, and the same below each jurisdiction. */
function paths(path: string): string[] {
  return [path, `jurisdictions/:jurisdiction/${path}`];
}

/** The endpoints of OpenID Federation 1.0 for the anchor and each jurisdiction. Everything here is public. */
@Controller()
@UseFilters(FederationErrorFilter)
export class FederationController {
  constructor(@Inject(AUTHORITY_NODE) private readonly node: AuthorityNode) {}

  @Get(paths('.well-known/openid-federation'))
  @Header('content-type', STATEMENT)
  @Header('cache-control', 'no-store')
  configuration(@Param('jurisdiction') id?: string): Promise<string> {
    return this.node.desk.configuration(this.#authority(id));
  }

  @Get(paths('federation/fetch'))
  @Header('content-type', STATEMENT)
  @Header('cache-control', 'no-store')
  async fetch(@Req() request: FastifyRequest, @Param('jurisdiction') id?: string): Promise<string> {
    const authority = this.#authority(id);
    const { sub } = parameters(request, ['sub']);
    const subject = entityId(sub);
    if (subject === authority.entityId) {
      throw new FederationError('invalid_request', 'an authority makes no subordinate statement about itself');
    }
    const statement = await this.node.desk.subordinateStatement(authority, subject);
    return statement ?? notFound('no such subordinate');
  }

  @Get(paths('federation/list'))
  @Header('content-type', 'application/json')
  @Header('cache-control', 'no-store')
  async list(@Req() request: FastifyRequest, @Param('jurisdiction') id?: string): Promise<Buffer> {
    const authority = this.#authority(id);
    const { entity_type: type } = parameters(request, [], ['entity_type']);
    const subordinates = await this.node.store.subordinates(authority.entityId);
    const listed = subordinates.filter(({ entityType }) => type === undefined || entityType === type);
    // Bytes, because a text would leave with a charset added to its media type.
    return Buffer.from(JSON.stringify(listed.map(({ entityId }) => entityId)));
  }

  @Get(paths('federation/trust-mark'))
  @Header('content-type', MARK)
  @Header('cache-control', 'no-store')
  async trustMark(@Req() request: FastifyRequest, @Param('jurisdiction') id?: string): Promise<string> {
    const authority = this.#authority(id);
    const { trust_mark_type: type, sub } = parameters(request, ['trust_mark_type', 'sub']);
    const mark = await this.node.desk.trustMark(authority, type ?? '', entityId(sub));
    return mark ?? notFound('no such trust mark');
  }

  #authority(id: string | undefined): Authority {
    const authority = id === undefined ? this.node.anchor : this.node.jurisdictions.get(id);
    return authority ?? notFound('no such jurisdiction');
  }
}

function notFound(message: string): never {
  throw new FederationError('not_found', message);
}

/** Each parameter once, as text; one that is not known might have meant something that is not done here. */
function parameters(
  request: FastifyRequest,
  required: readonly string[],
  optional: readonly string[] = [],
): Readonly<Record<string, string | undefined>> {
  const query = Object.entries(request.query as Record<string, unknown>);
  const known = [...required, ...optional];
  if (query.some(([name]) => !known.includes(name))) {
    throw new FederationError('unsupported_parameter', 'a parameter is not supported here');
  }
  const values = new Map(query);
  for (const name of required) {
    if (!values.has(name)) throw new FederationError('invalid_request', `the parameter \`${name}\` is missing`);
  }
  if (query.some(([, value]) => typeof value !== 'string' || value === '' || value.length > MAX_PARAMETER)) {
    throw new FederationError('invalid_request', 'a parameter is empty, repeated or too long');
  }
  return Object.fromEntries(values) as Record<string, string>;
}

function entityId(value: string | undefined): string {
  try {
    return parseEntityId(value ?? '').id;
  } catch (error) {
    if (error instanceof TrustError) throw new FederationError('invalid_subject', '`sub` is not an entity id');
    throw error;
  }
}
