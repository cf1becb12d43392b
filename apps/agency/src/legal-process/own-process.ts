import type { EntityManager } from 'typeorm';
import { readProcess, type PartyView } from '#exchange';
import { ProblemError, problem, type JsonObject, type LegalProcess } from '#protocol';
import { TrustError, boundsClaims, type ProcessBounds } from '#trust';
import type { AgencyNode } from '../agency-node.js';
import type { StoredAsk } from '../asks.store.js';
import { documentOf, processFacts, type FoundProcess } from './process-facts.js';
import { lockDocument } from './warrant-uses.store.js';

/** Legal process as an officer encloses it: the ask is committed to one document by its digest. */
export interface OwnProcess {
  readonly process: LegalProcess;
  readonly documents: readonly string[];
  readonly countedBy: string | undefined;
}

/**
 * Reads what an officer encloses. Where the ask does not say which of the documents it rests on, it is the first.
 *
 * @throws ProblemError 422 `legal_process_malformed`, by the place of the document and never by its content
 */
export function enclosedProcess(stated: LegalProcess, documents: readonly string[]): OwnProcess {
  const read = documents.map((token, place) => {
    try {
      return readProcess(token);
    } catch (error) {
      if (!(error instanceof TrustError)) throw error;
      throw refused(`legal_process_documents[${place}] is no order or warrant: ${error.code}`);
    }
  });
  const document = stated.document ?? read[0]?.digest;
  const committed = read.find(({ digest }) => digest === document);
  if (document !== undefined && committed === undefined) {
    throw refused('`legal_process.document` is none of the enclosed documents');
  }
  const process: LegalProcess = { ...stated, ...(document === undefined ? {} : { document }) };
  return { process, documents, countedBy: committed?.countedBy };
}

function refused(detail: string): ProblemError {
  return new ProblemError(problem(422, 'legal_process_malformed', 'the legal process cannot be enclosed', { detail }));
}

/** The agency holds its own officers to the same bounds that an owner will, before anything leaves it. */
export function processInAsk(
  of: { readonly process: LegalProcess; readonly documents: readonly string[] },
  shownBy: PartyView,
  node: AgencyNode,
): Promise<FoundProcess> {
  const usesSpent = ({ countedBy }: { countedBy: string }) => node.asks.usesOf(node.dataSource.manager, countedBy, {});
  return processFacts({ ...of, shownBy, usesSpent }, node);
}

/**
 * In the transaction that approves: of two asks that are approved at once the second sees the first.
 *
 * @throws ProblemError 409 `warrant_used_up`
 */
export async function requireUnused(manager: EntityManager, ask: StoredAsk, node: AgencyNode): Promise<void> {
  const { countedBy, documents } = ask;
  const token = documentOf(ask.ask.legal_process, documents);
  if (countedBy === undefined || token === undefined) return;
  const { uses } = readProcess(token).bounds;
  await lockDocument(manager, { requester: node.entityId, countedBy });
  if (uses === 'any' || (await node.asks.usesOf(manager, countedBy, {})) < uses) return;
  throw new ProblemError(
    problem(409, 'warrant_used_up', 'the order or warrant has been used as often as it allows', {
      detail: 'obtain a new one, and ask anew',
    }),
  );
}

/** How often the document was used before this ask, for the owners, who know of their own requests alone. */
export async function usesBefore(ask: StoredAsk, node: AgencyNode): Promise<number | undefined> {
  const { countedBy, approval } = ask;
  if (countedBy === undefined || approval === undefined) return undefined;
  return node.asks.usesOf(node.dataSource.manager, countedBy, { beforeMs: approval.approvedAtMs });
}

/** As a supervisor has to see it before approving: what the document itself says, and who answers for it. */
export function shownDocument(token: string): JsonObject {
  const read = readProcess(token);
  return {
    signed_by: read.kind === 'warrant' ? 'court' : 'agency',
    issuer: read.issuer,
    ...(read.kind === 'warrant' ? {} : { court: read.court }),
    digest: read.digest,
    ...shownBounds(read.bounds),
  };
}

function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** As it was signed, with instants as persons read them. */
function shownBounds(bounds: ProcessBounds): JsonObject {
  const { window } = bounds;
  return {
    ...boundsClaims(bounds),
    valid_from: instant(bounds.validFrom),
    valid_until: instant(bounds.validUntil),
    window: window === 'any' ? window : { from: instant(window.from), until: instant(window.until) },
  };
}
