import { Controller, Get, Header, Inject, Param, Query } from '@nestjs/common';
import { ProblemError, problem, type JsonObject } from '#protocol';
import { importRows, listImports } from './agreements/agreement-imports.store.js';
import { AUTHORITY_NODE, authorityAt, type AuthorityNode } from './authority-node.js';
import { pathsOf } from './authority-paths.js';
import type { EnrolmentRequest, Vetting } from './enrolment/enrolment.store.js';

const MAX_LISTED = 200;
const STATES = ['waiting', 'enrolled', 'refused'] as const;

/** What led to the register as it is: requests with what two persons found, imports with every line. Public. */
@Controller()
export class RegisterController {
  constructor(@Inject(AUTHORITY_NODE) private readonly node: AuthorityNode) {}

  @Get(pathsOf('federation/enrolment'))
  @Header('cache-control', 'no-store')
  async requests(@Query('state') state: unknown, @Param('jurisdiction') id?: string): Promise<JsonObject> {
    const known = STATES.find((each) => each === state);
    if (state !== undefined && known === undefined)
      throw new ProblemError(problem(400, 'malformed_request', 'no such state'));
    const { entityId } = authorityAt(this.node, id);
    const requests = await this.node.enrolmentStore.list(entityId, known, MAX_LISTED);
    const documents = requests.map(async (request) =>
      requestDocument(request, await this.node.enrolmentStore.vettings(request.id)),
    );
    return { requests: await Promise.all(documents) };
  }

  @Get('authority/agreement-imports')
  @Header('cache-control', 'no-store')
  async imports(): Promise<JsonObject> {
    const imports = await listImports(this.node.dataSource);
    return {
      imports: imports.map(({ digest, fileDigest, issuer, asOf, act, at }) => ({
        digest,
        list: fileDigest,
        issuer,
        as_of: asOf,
        act,
        at: new Date(at).toISOString(),
      })),
    };
  }

  /** Every line of the list, those that nobody could be found for among them. */
  @Get('authority/agreement-imports/:digest')
  @Header('cache-control', 'no-store')
  async importRows(@Param('digest') digest: string): Promise<JsonObject> {
    const rows = await importRows(this.node.dataSource, digest);
    if (rows.length === 0) throw new ProblemError(problem(404, 'not_found', 'no such import'));
    return { digest, rows: rows.map((row) => ({ ...row })) };
  }
}

function requestDocument(request: EnrolmentRequest, vettings: readonly Vetting[]): JsonObject {
  const { id, entityId, entityType, requested, jwks, proofs, receivedAt, state } = request;
  return {
    request: id,
    entity_id: entityId,
    entity_type: entityType,
    requested,
    jwks,
    proofs: [...proofs],
    received_at: new Date(receivedAt).toISOString(),
    state,
    vettings: vettings.map((vetting) => ({ ...vetting })),
  };
}
