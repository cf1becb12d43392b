import { answerKeyThumbprint, clearFactsDigest, commitToOwners, encryptionKeyOf, nodeMetadataOf } from '#exchange';
import { PeerRefusal, callPeer, isTemporary, lifetime, partyView } from '#exchange/io';
import {
  BrokerOutcomeBody,
  ProtocolError,
  SEALED_ANSWER_MAX,
  importDecryptionKey,
  messageDigest,
  seal,
  signToken,
  type AnswerKey,
  type JsonObject,
} from '#protocol';
import { generatePrivateJwk } from '#protocol/io';
import { currentTraceparent, inSpan } from '#tracing/io';
import type { AgencyNode } from './agency-node.js';
import { clearFactsOfStored } from './approve-ask.js';
import type { StoredAsk } from './asks.store.js';
import type { OutgoingRequest } from './outgoing-requests.store.js';
import { PartyUnverifiable } from './party-unverifiable.js';
import { brokerOf, distrustOf, ownRequest, requireNoRelease } from './prove-outcome.js';
import { endHere, receiveOutcome } from './receive-outcome.js';
import { usesBefore } from './legal-process/own-process.js';
import { showNothing, showOutcome } from './show-outcome.js';

const REQUEST_SECONDS = 120;
const BROKER_TIMEOUT_MS = 25_000;
/** After `respond_by` the broker is given this long to state the end; then this node states it. */
const GRACE_MS = 60_000;
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5_000;

/**
 * One request to one holding agency, from its approval to what the officer sees. Every step is durable before the next
 * begins, so that this function can be called again after a crash at any point: the same message is sent, the same outcome
 * comes back, and nothing is asked twice.
 */
export async function askFederation(due: OutgoingRequest, node: AgencyNode): Promise<void> {
  const ask = await node.asks.find(due.txn);
  if (ask === undefined || (ask.approval === undefined && !ask.approveAfterwards)) return;
  await node.ledger.integrated(`asked/${ask.txn}`);
  if (!ask.approveAfterwards) await node.ledger.integrated(`approved/${ask.txn}`);
  await inSpan('ask_federation', { parent: ask.traceparent, attributes: {} }, async () => {
    try {
      if (due.request === undefined && ask.disapproved !== undefined) {
        return await showOutcome(await endHere(due, ask, 'disapproved', node), ask, node);
      }
      const signed = due.request === undefined ? await signRequest(due, ask, node) : due;
      const delivered = signed.state === undefined ? await askBroker(signed, ask, node) : signed;
      if (delivered !== undefined) await showOutcome(delivered, ask, node);
    } catch (error) {
      if (!(error instanceof PartyUnverifiable) || !(await isOverdue(due, ask, node))) throw error;
      await endUnverifiable(due, ask, error.code, node);
    }
  });
}

/** A request that was never signed has had its time, too: as long as the officer wanted to wait, from the approval on. */
async function isOverdue(due: OutgoingRequest, ask: StoredAsk, node: AgencyNode): Promise<boolean> {
  const stored = await node.outgoing.reread(due);
  const fromApproval = (ask.approval?.approvedAtMs ?? ask.createdAtMs) + ask.respondWithinSeconds * 1000;
  return node.clock.now() > (stored?.respondByMs ?? fromApproval) + GRACE_MS;
}

/** What cannot be verified is not believed, and not waited for without end: it is over, by name. */
async function endUnverifiable(
  due: OutgoingRequest,
  ask: StoredAsk,
  name: PartyUnverifiable['code'],
  node: AgencyNode,
): Promise<void> {
  const stored = await node.outgoing.reread(due);
  if (stored === undefined) return;
  if (stored.state === undefined) await showOutcome(await endHere(stored, ask, name, node), ask, node);
  else await showNothing(stored, name, node);
}

/** Signs and stores the request. The answer key is fresh: a key that leaks later opens no other answer. */
async function signRequest(due: OutgoingRequest, ask: StoredAsk, node: AgencyNode): Promise<OutgoingRequest> {
  const owner = await partyView(node.directory, due.owner);
  if (owner === undefined) throw new PartyUnverifiable('owner_unverifiable');
  const answerJwk = await generatePrivateJwk('enc');
  const { x } = (await importDecryptionKey(answerJwk)).publicJwk;
  if (typeof x !== 'string') throw new TypeError('a new key has a public half');
  const answerKey: AnswerKey = { kty: 'OKP', crv: 'X25519', x };
  const sealed = await seal(
    'sealed-part',
    JSON.stringify({
      ...sealedPart(due, ask, answerKey, node),
      declarations: await node.declarations.good(),
      legal_process_uses: await usesBefore(ask, node),
    }),
    encryptionKeyOf(owner.chain),
  );
  const times = lifetime(node.clock, REQUEST_SECONDS);
  const respondBy = times.iat + ask.respondWithinSeconds;
  const request = await signToken({
    kind: 'request',
    key: node.signingKey,
    trustChain: node.own.ownChain(),
    claims: {
      iss: node.entityId,
      aud: due.broker,
      jti: due.jti,
      ...times,
      txn: due.txn,
      owner: due.owner,
      via: [due.broker],
      ask_digest: ask.askDigest,
      fan_out: ask.ask.owners.count,
      respond_by: respondBy,
      answer_key: { ...answerKey },
      clear: clearFactsOfStored(ask) as unknown as JsonObject,
      sealed,
      traceparent: currentTraceparent() ?? ask.traceparent,
      owner_log_size: await node.follower.rememberedSize(nodeMetadataOf(owner.chain).ledger.origin),
    },
  });
  return node.outgoing.storeSigned(due, {
    request,
    digest: messageDigest(request),
    answerKey: answerJwk,
    respondByMs: respondBy * 1000,
  });
}

function sealedPart(due: OutgoingRequest, ask: StoredAsk, answerKey: AnswerKey, node: AgencyNode): object {
  const { owners } = ask;
  // What went out without an approval stays without one, whenever it is signed.
  const approval = ask.approveAfterwards ? undefined : ask.approval;
  return {
    iss: node.entityId,
    jti: due.jti,
    txn: due.txn,
    owner: due.owner,
    answer_key_thumbprint: answerKeyThumbprint(answerKey),
    clear_digest: clearFactsDigest(clearFactsOfStored(ask), due.jti),
    ask: ask.ask,
    ask_salt: ask.askSalt,
    legal_process_salt: ask.legalProcessSalt,
    owner_opening: commitToOwners(owners).openings.get(due.owner),
    officer_id_token: ask.officer.idToken,
    ...(approval === undefined ? {} : { approval: approval.token, supervisor_id_token: approval.idToken }),
    ...(ask.documents.length === 0 ? {} : { legal_process_documents: ask.documents }),
    ...(due.cursor === undefined ? {} : { cursor: due.cursor }),
  };
}

/** `undefined` where nothing is known yet: the request is sent again later. */
async function askBroker(
  request: OutgoingRequest,
  ask: StoredAsk,
  node: AgencyNode,
): Promise<OutgoingRequest | undefined> {
  try {
    const broker = brokerOf(request.broker, node);
    const { endpoint, ledger } = nodeMetadataOf(broker);
    const outcome = await callPeer(
      node.network,
      {
        url: `${endpoint}/requests`,
        body: { request: request.request ?? '', log_size: await node.follower.rememberedSize(ledger.origin) },
        timeoutMs: BROKER_TIMEOUT_MS,
        maxBytes: 2 * SEALED_ANSWER_MAX,
      },
      BrokerOutcomeBody,
    );
    return await receiveOutcome(request, ask, outcome, node);
  } catch (error) {
    const overdue = node.clock.now() > (request.respondByMs ?? 0) + GRACE_MS;
    if (isTemporary(error) && !overdue) {
      await node.outgoing.retryAt(request, nextAttempt(request, node.clock.now()));
      return undefined;
    }
    if (isTemporary(error)) return endUnanswered(request, ask, 'broker_unreachable', node);
    if (error instanceof PeerRefusal) return endUnanswered(request, ask, error.code, node);
    // What came is no outcome at all: asking the same again brings the same.
    if (error instanceof ProtocolError) return endHere(request, ask, error.code, node);
    throw error;
  }
}

/** A broker that refuses, or is gone, hides nothing: where the owner's ledger tells of an answer, that is the name. */
async function endUnanswered(
  request: OutgoingRequest,
  ask: StoredAsk,
  name: string,
  node: AgencyNode,
): Promise<OutgoingRequest> {
  const contradiction = await requireNoRelease(await ownRequest(request, node), node).catch((error: unknown) => {
    const code = distrustOf(error);
    if (code === undefined) throw error;
    return code;
  });
  return endHere(request, ask, contradiction ?? name, node);
}

/** Less and less often; and once just after `respond_by`, when the broker states the end (F09). */
function nextAttempt({ attempts, respondByMs = 0 }: OutgoingRequest, now: number): number {
  const next = now + Math.min(FIRST_RETRY_MS * 2 ** Math.min(attempts, 10), LAST_RETRY_MS);
  return now < respondByMs && next > respondByMs ? respondByMs + FIRST_RETRY_MS : next;
}
