import {
  openLedgerCheckpoint,
  nodeMetadataOf,
  verifyDenial,
  verifyEvidence,
  type PartyView,
  type VerifiedRequest,
} from '#exchange';
import { PeerRefusal, callPeer, isTemporary, ledgerEvidence, lifetime, partyView, unavailable } from '#exchange/io';
import { LedgerError } from '#ledger';
import {
  OwnerOutcomeBody,
  SEALED_ANSWER_MAX,
  digestOfText,
  messageDigest,
  newIdentifier,
  signToken,
  type JsonValue,
} from '#protocol';
import { currentTraceparent } from '#tracing/io';
import type { BrokerNode } from './broker-node.js';
import type { SpentRequest } from './broker-requests.store.js';

const GRANT_SECONDS = 120;
const OWNER_TIMEOUT_MS = 20_000;
/** A larger list is fetched from its authority; the grant has to stay small. */
const STAPLED_BYTES = 8 * 1024;

/**
 * Sends a logged request on to its owner and stores what comes back. An owner that is away ends nothing before `respond_by`:
 * until then the requester comes again, and the owner hands out the same stored outcome however often it is asked.
 *
 * @returns false where the time was over before the owner had answered (F09: nobody is waited for beyond it)
 * @throws ProblemError 503 where the owner did not answer and there is time left
 */
export async function forwardGrant(spent: SpentRequest, request: VerifiedRequest, node: BrokerNode): Promise<boolean> {
  const owner = await partyView(node.directory, spent.owner);
  if (owner === undefined) throw unavailable('the holding agency cannot be verified at the moment');
  const outcome = await callOwner(spent, request, owner, node).catch((error: unknown) => {
    if (!isTemporary(error)) throw error;
    if (node.clock.now() < spent.respondByMs) throw unavailable('the holding agency cannot be reached', error);
    return undefined;
  });
  if (outcome === undefined) return false;
  await checkOutcome(outcome, spent, request, owner, node);
  await storeOutcome(outcome, spent, node);
  return true;
}

async function callOwner(
  spent: SpentRequest,
  request: VerifiedRequest,
  owner: PartyView,
  node: BrokerNode,
): Promise<OwnerOutcomeBody> {
  const { endpoint } = nodeMetadataOf(owner.chain);
  const fromSize = node.followedSizes.get(spent.owner) ?? 0;
  const evidence = await ledgerEvidence(node.ledger, [spent.decisionReceipt], fromSize);
  const body = {
    request: spent.request,
    grant: await signGrant(spent, request, evidence, node),
    evidence,
    status_lists: stapled(request, owner, node),
  };
  const outcome = await callPeer(
    node.network,
    {
      url: `${endpoint}/grants`,
      body: body as unknown as JsonValue,
      timeoutMs: Math.max(1, Math.min(OWNER_TIMEOUT_MS, spent.respondByMs - node.clock.now())),
      maxBytes: 2 * SEALED_ANSWER_MAX,
    },
    OwnerOutcomeBody,
  );
  const { size } = openLedgerCheckpoint(evidence.checkpoint, ownLedger(node));
  node.followedSizes.set(spent.owner, Math.max(size, fromSize));
  if (outcome.cosignature !== undefined) await keepCosignature(size, outcome.cosignature, owner, node);
  return outcome;
}

/**
 * What the owner has to know of the requester's standing at this moment, signed by the authorities themselves: an owner that
 * is cut off from them decides all the same, and a broker that leaves one out gains nothing.
 */
function stapled(request: VerifiedRequest, owner: PartyView, node: BrokerNode): string[] {
  const { statuses } = node.directory;
  const chains = [request.claims.iss, request.claims.aud, owner.chain.entityId].flatMap((id) => {
    try {
      return [node.directory.chainFor(id)];
    } catch {
      // Not held here: then there is no list of it to give along.
      return [];
    }
  });
  return statuses.stapledFor(chains).filter((list) => list.length <= STAPLED_BYTES);
}

/** The owner is a witness of this ledger. A line that does not verify is no evidence, and no reason to lose an answer. */
async function keepCosignature(size: number, line: string, owner: PartyView, node: BrokerNode): Promise<void> {
  const { witnessVkey } = nodeMetadataOf(owner.chain);
  if (witnessVkey === undefined) return;
  await node.ledger.addCosignature({ size, line, witnessVkeys: [witnessVkey] }).catch((error: unknown) => {
    if (!(error instanceof LedgerError)) throw error;
  });
}

function ownLedger(node: BrokerNode) {
  return { keeper: node.entityId, origin: node.ledger.origin, vkey: node.ledger.vkey, receiptKeys: new Map() };
}

async function signGrant(
  spent: SpentRequest,
  request: VerifiedRequest,
  evidence: { receipts: readonly { entry: string; index: number }[] },
  node: BrokerNode,
): Promise<string> {
  const [receipt] = evidence.receipts;
  if (receipt === undefined) throw new TypeError('a grant needs a logged decision');
  return signToken({
    kind: 'grant',
    key: node.signingKey,
    claims: {
      iss: node.entityId,
      aud: spent.owner,
      jti: newIdentifier(node.randomness),
      ...lifetime(node.clock, GRANT_SECONDS),
      txn: spent.txn,
      traceparent: currentTraceparent() ?? request.claims.traceparent,
      requester: spent.iss,
      request: spent.digest,
      leaf_index: receipt.index,
      receipt: messageDigest(receipt.entry),
      rule: spent.decision.rule,
      undetermined: [...spent.decision.undetermined],
    },
  });
}

/** An outcome that the requester would have to refuse is not stored: the broker could be blamed for it. */
async function checkOutcome(
  outcome: OwnerOutcomeBody,
  spent: SpentRequest,
  request: VerifiedRequest,
  owner: PartyView,
  node: BrokerNode,
): Promise<void> {
  const { ledger } = nodeMetadataOf(owner.chain);
  if (outcome.state === 'denied') {
    const sender = { entityId: owner.chain.entityId, keys: owner.chain.protocolKeys.signing };
    await verifyDenial(outcome.denial ?? '', request, sender, node.clock.now());
    await verifyEvidence(outcome.evidence, ledger, [{ kind: 'refused', fields: { request: spent.digest } }]);
    return;
  }
  const logged = await node.requests.find(spent.iss, spent.jti);
  if (outcome.answer === undefined || digestOfText(outcome.answer) !== logged?.ciphertext) {
    throw new PeerRefusal(502, 'release_not_logged', undefined);
  }
}

async function storeOutcome(outcome: OwnerOutcomeBody, spent: SpentRequest, node: BrokerNode): Promise<void> {
  const { state, answer, denial, evidence } = outcome;
  await node.requests.end(
    node.dataSource.manager,
    spent,
    state,
    {
      ...(answer === undefined ? {} : { answer }),
      ...(denial === undefined ? {} : { denial }),
      owner_evidence: evidence,
    },
    node.clock.now(),
  );
}
