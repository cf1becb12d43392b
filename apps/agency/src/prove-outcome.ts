import {
  ExchangeError,
  nodeMetadataOf,
  openLedgerCheckpoint,
  readRequest,
  verifyDenial,
  verifyEndState,
  verifyEvidence,
  verifyLateRequest,
  verifyReceiptProof,
  type PartyView,
  type VerifiedReceipt,
  type VerifiedRequest,
} from '#exchange';
import { PeerRefusal, isTemporary, partyView } from '#exchange/io';
import { LedgerError } from '#ledger';
import {
  ProtocolError,
  digestOfText,
  publicKeyFrom,
  type BrokerOutcomeBody,
  type JsonObject,
  type ReasonClaims,
} from '#protocol';
import type { VerifiedChain } from '#trust';
import type { AgencyNode } from './agency-node.js';
import { askTrace } from './ask-trace.js';
import type { OutgoingRequest } from './outgoing-requests.store.js';
import { PartyUnverifiable } from './party-unverifiable.js';

/** The name under which an outcome is not believed; `undefined` for what is no matter of belief (a database away). */
export function distrustOf(error: unknown): string | undefined {
  if (error instanceof ExchangeError || error instanceof LedgerError) return error.code;
  if (error instanceof ProtocolError && error.code !== 'network_failed') return error.code;
  return undefined;
}

export async function ownRequest(request: OutgoingRequest, node: AgencyNode): Promise<VerifiedRequest> {
  const key = await publicKeyFrom(node.signingKey.publicJwk);
  return verifyLateRequest(readRequest(request.request ?? ''), {
    keys: new Map([[key.kid, key]]),
    requester: node.entityId,
    audience: request.broker,
  });
}

export interface Proven {
  readonly reasons: readonly ReasonClaims[];
  readonly answer: string | undefined;
  readonly release: string | undefined;
}

/** Signature, binding, receipts and proofs: everything but the inside of the sealed answer. */
export async function verifyOutcome(
  outcome: BrokerOutcomeBody,
  sent: VerifiedRequest,
  node: AgencyNode,
): Promise<Proven> {
  const broker = brokerOf(sent.claims.aud, node);
  const brokerSender = { entityId: broker.entityId, keys: broker.protocolKeys.signing };
  const of = { txn: sent.claims.txn, request: sent.digest, requester: sent.claims.iss, owner: sent.claims.owner };
  switch (outcome.state) {
    case 'broker_denied':
    case 'expired':
    case 'failed': {
      const kind = outcome.state === 'broker_denied' ? 'refused' : outcome.state;
      await provenByBroker(outcome, [{ kind, fields: of }], node, sent);
      const statement = await verifyEndState(outcome.end_state ?? '', sent, brokerSender, node.clock.now());
      if (statement.state !== outcome.state) {
        throw new ExchangeError('end_state_differs', 'the broker states another end', broker.entityId);
      }
      await requireNoRelease(sent, node);
      return { reasons: statement.reasons, answer: undefined, release: undefined };
    }
    case 'denied': {
      await provenByBroker(outcome, [{ kind: 'granted', fields: of }], node, sent);
      const owner = await ownerOf(sent, node);
      await provenByOwner(outcome, { kind: 'refused', fields: of }, owner, node);
      const denial = await verifyDenial(outcome.denial ?? '', sent, senderOf(owner), node.clock.now());
      return { reasons: denial.reasons, answer: undefined, release: undefined };
    }
    case 'replied': {
      const owner = await ownerOf(sent, node);
      const ciphertext = digestOfText(outcome.answer ?? '');
      const release = await provenByOwner(outcome, { kind: 'release', fields: { ...of, ciphertext } }, owner, node);
      const logged = { ...of, ciphertext, release: release.digest };
      const [granted] = await provenByBroker(
        outcome,
        [
          { kind: 'granted', fields: of },
          { kind: 'release_logged', fields: logged },
        ],
        node,
        sent,
      );
      if (release.opened['granted'] !== granted?.digest) {
        throw new ExchangeError('evidence_differs', 'the release cites another grant', owner.chain.entityId);
      }
      return { reasons: [], answer: outcome.answer, release: release.digest };
    }
  }
}

/**
 * A broker that ends a request without an answer is held against the owner's own ledger: where that holds a release of it,
 * the broker hides an answer (B08). An owner that cannot be asked contradicts nobody; a trace shows it later.
 *
 * @throws ExchangeError `end_state_differs`
 */
export async function requireNoRelease(sent: VerifiedRequest, node: AgencyNode): Promise<void> {
  const owner = await partyView(node.directory, sent.claims.owner);
  if (owner === undefined) return;
  const evidence = await askTrace(owner.chain, sent.claims.txn, node).catch((error: unknown) => {
    if (error instanceof PeerRefusal || isTemporary(error)) return undefined;
    throw error;
  });
  if (evidence === undefined) return;
  const { ledger } = nodeMetadataOf(owner.chain);
  const checkpoint = openLedgerCheckpoint(evidence.checkpoint, ledger);
  const receipts = await Promise.all(evidence.receipts.map((proof) => verifyReceiptProof(proof, checkpoint, ledger)));
  const about = receipts.filter(({ opened }) => opened['request'] === sent.digest);
  const told = new Set(about.map(({ kind }) => kind));
  // A release that was withdrawn before it was sent is no answer.
  if (told.has('sent') || (told.has('release') && !told.has('refused'))) {
    throw new ExchangeError('end_state_differs', 'the owner’s ledger holds a release of it', sent.claims.aud);
  }
}

async function provenByBroker(
  outcome: BrokerOutcomeBody,
  expected: readonly { kind: string; fields: JsonObject }[],
  node: AgencyNode,
  sent: VerifiedRequest,
): Promise<VerifiedReceipt[]> {
  const { ledger, endpoint } = nodeMetadataOf(brokerOf(sent.claims.aud, node));
  const { receipts } = await verifyEvidence(outcome.broker_evidence, ledger, expected);
  await node.follower.follow({ ledger, endpoint }, outcome.broker_evidence);
  return receipts;
}

async function provenByOwner(
  outcome: BrokerOutcomeBody,
  expected: { kind: string; fields: JsonObject },
  owner: PartyView,
  node: AgencyNode,
): Promise<VerifiedReceipt> {
  const { ledger, endpoint } = nodeMetadataOf(owner.chain);
  const evidence = outcome.owner_evidence;
  if (evidence === undefined) throw missingEvidence(owner);
  const { receipts } = await verifyEvidence(evidence, ledger, [expected]);
  await node.follower.follow({ ledger, endpoint }, evidence);
  const [receipt] = receipts;
  if (receipt === undefined) throw missingEvidence(owner);
  return receipt;
}

function missingEvidence(owner: PartyView): ExchangeError {
  return new ExchangeError('log_proof_invalid', 'the owner proves nothing', owner.chain.entityId);
}

export async function ownerOf(sent: VerifiedRequest, node: AgencyNode): Promise<PartyView> {
  const owner = await partyView(node.directory, sent.claims.owner);
  if (owner === undefined) throw new PartyUnverifiable('owner_unverifiable');
  return owner;
}

/** The broker as this node's own anchor vouches for it now. @throws PartyUnverifiable */
export function brokerOf(entityId: string, node: AgencyNode): VerifiedChain {
  const broker = node.directory.brokers().find((chain) => chain.entityId === entityId);
  if (broker === undefined) throw new PartyUnverifiable('broker_unverifiable');
  return broker;
}

export function senderOf(owner: PartyView) {
  return { entityId: owner.chain.entityId, keys: owner.chain.protocolKeys.signing };
}
