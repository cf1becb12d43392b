import {
  ExchangeError,
  openSealedPart,
  verifiedDeclarations,
  type OpenedRequest,
  type PartyView,
  type VerifiedRequest,
} from '#exchange';
import type { SignedDeclaration } from '#policy';
import { ProtocolError, type ReasonClaims } from '#protocol';
import { ReadsError, type ReadsQuery } from '#reads';
import { inSpan } from '#tracing/io';
import type { AgencyNode } from './agency-node.js';
import { queryFactsOf, searchableQuery } from './asked-query.js';
import { keyForSealed } from './keys/key-for-sealed.js';
import { readContinuation, type Continuation } from './paging/page-cursor.js';
import { reasonOf } from './reasons-of-sealed.js';
import { OfficerTokenError } from './session/index.js';
import { verifyPersons, type Persons } from './verify-persons.js';

/** What was inside the sealed part, opened and verified once: it does not change between decision and release. */
export interface OpenedHere {
  readonly opened: OpenedRequest;
  readonly persons: Persons | OfficerTokenError;
  readonly query: ReadsQuery | undefined;
  readonly continues: Continuation | ReasonClaims | undefined;
  readonly declarations: readonly SignedDeclaration[];
}

/** Opens the sealed part; where it does not belong to this request, the reason to refuse it. */
export async function openHere(
  request: VerifiedRequest,
  requester: PartyView,
  node: AgencyNode,
): Promise<OpenedHere | ReasonClaims> {
  return inSpan('open_request', { attributes: {} }, async () => {
    const opened = await openBelonging(request, requester, node);
    if (opened instanceof Error) return reasonOf(opened);
    const declarations = await verifiedDeclarations({
      tokens: opened.sealed.declarations ?? [],
      issuer: requester.chain.entityId,
      keys: requester.chain.federationKeys,
      now: node.clock.now(),
    });
    const persons = await verifyPersons(request, requester, opened, node);
    const { cursor, ask } = opened.sealed;
    const continues =
      cursor === undefined || persons instanceof OfficerTokenError
        ? undefined
        : await readContinuation(cursor, request, persons.tags.officer, node);
    return { opened, persons, query: searchableQuery(ask.query), continues, declarations };
  });
}

async function openBelonging(
  request: VerifiedRequest,
  requester: PartyView,
  node: AgencyNode,
): Promise<OpenedRequest | ExchangeError | ProtocolError | ReadsError> {
  try {
    return await openSealedPart(request, {
      owner: node.entityId,
      key: keyForSealed(request.claims.sealed, node),
      requesterKeys: requester.chain.protocolKeys.signing,
      queryFactsOf,
      now: node.clock.now(),
    });
  } catch (error) {
    if (error instanceof ExchangeError || error instanceof ProtocolError || error instanceof ReadsError) return error;
    throw error;
  }
}
