import {
  protocolReason,
  readProcess,
  verifiedProcess,
  warrantFact,
  type PartyView,
  type ProcessFacts,
  type ReadProcess,
  type VerifiedRequest,
} from '#exchange';
import { ABSENT, known } from '#policy';
import type { LegalProcess, ReasonClaims } from '#protocol';
import { TrustError } from '#trust';
import type { AgencyNode } from '../agency-node.js';
import type { OpenedHere } from '../open-here.js';

/** What the rules are applied to, and why an enclosed document is not believed, for who is refused without it. */
export interface FoundProcess {
  readonly facts: ProcessFacts;
  readonly reasons: readonly ReasonClaims[];
}

export interface EnclosedProcess {
  readonly process: LegalProcess;
  readonly documents: readonly string[];
  readonly shownBy: PartyView;
  /** How often the document was used before, by what it is counted. */
  readonly usesSpent: (document: ReadProcess) => Promise<number>;
}

/**
 * The order or warrant that an ask rests on, verified from this node's own anchor at this moment: at the decision, and
 * again at release (law 6). One that is not believed is as if it were not there.
 */
export async function processFacts(enclosed: EnclosedProcess, node: AgencyNode): Promise<FoundProcess> {
  const { process, documents, shownBy, usesSpent } = enclosed;
  const inWords = { class: process.class, hasReference: process.reference !== undefined };
  const token = documentOf(process, documents);
  if (token === undefined) return { facts: { warrant: ABSENT, legalProcessContent: known(inWords) }, reasons: [] };
  try {
    const { statuses } = node.directory;
    const { entityId, protocolKeys } = shownBy.chain;
    const believed = await verifiedProcess({
      token,
      shownBy: { entityId, jurisdictions: shownBy.jurisdictions, signing: protocolKeys.signing },
      courts: node.directory.courts(),
      requireStatus: (status, place) => statuses.require(status, place),
      now: node.clock.now(),
    });
    const warrant = warrantFact(believed, process.document ?? '', await usesSpent(readProcess(token)));
    const content = { class: believed.bounds.class, hasReference: believed.digest === process.document };
    return { facts: { warrant: known(warrant), legalProcessContent: known(content) }, reasons: [] };
  } catch (error) {
    if (!(error instanceof TrustError)) throw error;
    const facts = { warrant: ABSENT, legalProcessContent: known(inWords) };
    return { facts, reasons: [notBelieved(error)] };
  }
}

/** The document that the ask is committed to; where none of them is it, the first, to be refused as another one. */
export function documentOf({ document }: LegalProcess, documents: readonly string[]): string | undefined {
  if (document === undefined) return undefined;
  const committed = documents.find((token) => digestOrNone(token) === document);
  return committed ?? documents[0];
}

function digestOrNone(token: string): string | undefined {
  try {
    return readProcess(token).digest;
  } catch (error) {
    if (error instanceof TrustError) return undefined;
    throw error;
  }
}

function notBelieved({ code }: TrustError): ReasonClaims {
  return protocolReason(
    'legal_process_not_believed',
    'an order or warrant that an enrolled court signed for this agency, or that the agency attests today',
    code,
    'enclose one that holds now; ask whoever issued it where its status is not known',
  );
}

/** Takes one use of the document at this owner, before the decision; of what cannot be read there is none to take. */
export async function takeUse(
  request: VerifiedRequest,
  inside: OpenedHere | ReasonClaims,
  node: AgencyNode,
): Promise<void> {
  if (!('opened' in inside)) return;
  // A further page belongs to the use that was taken for the first.
  if (useOf(request, inside) !== request.digest) return;
  const document = enclosedDocument(inside);
  if (document === undefined) return;
  const { iss: requester } = request.claims;
  await node.warrantUses.take({ requester, countedBy: document.countedBy }, request.digest, node.clock.now());
}

/** As an owner finds it in the sealed part. */
export function processInRequest(
  request: VerifiedRequest,
  requester: PartyView,
  inside: OpenedHere,
  node: AgencyNode,
): Promise<FoundProcess> {
  const { opened } = inside;
  const { ask, legal_process_documents: documents = [], legal_process_uses: stated } = opened.sealed;
  return processFacts(
    {
      process: ask.legal_process,
      documents,
      shownBy: requester,
      // What other owners were asked this one cannot know: the agency says it, and here is what it asked here.
      usesSpent: async ({ countedBy }) =>
        Math.max(
          stated ?? Number.POSITIVE_INFINITY,
          await node.warrantUses.before({ requester: request.claims.iss, countedBy }, useOf(request, inside)),
        ),
    },
    node,
  );
}

/** Digest of the request that has its place among the uses. */
function useOf(request: VerifiedRequest, { continues }: OpenedHere): string {
  return continues !== undefined && 'first' in continues ? continues.first : request.digest;
}

function enclosedDocument({ opened }: OpenedHere): ReadProcess | undefined {
  const { ask, legal_process_documents: documents = [] } = opened.sealed;
  const token = documentOf(ask.legal_process, documents);
  try {
    return token === undefined ? undefined : readProcess(token);
  } catch (error) {
    if (error instanceof TrustError) return undefined;
    throw error;
  }
}
