import {
  declarationFact,
  MAX_RESPOND_SECONDS,
  askDigest,
  askedFields,
  clearFactsOf,
  commitToOwners,
  factsAtRequester,
  provenanceField,
  reasonClaims,
  refusedFields,
  withKindOffered,
} from '#exchange';
import { partiesView } from '#exchange/io';
import { ABSENT, decide, denyUndetermined } from '#policy';
import {
  Ask,
  newSalt,
  newIdentifier,
  newTransactionId,
  parseMessage,
  platesOf,
  type AskStatement,
  type ClearFacts,
  type JsonObject,
  type LegalProcess,
  type ReasonClaims,
} from '#protocol';
import { currentTraceparent, inSpan, newTraceparent } from '#tracing/io';
import { parseDeclaration } from '#trust';
import type { AgencyNode } from './agency-node.js';
import { standingQuery } from './alerts/standing-query.js';
import { normalisedQuery, queryFactsOf } from './asked-query.js';
import type { NewAsk, StoredAsk } from './asks.store.js';
import { distinctOwners, requireForNow, requireOnePassing } from './check-statement.js';
import { countAsk, countedFactsOfAsk, type CountedAsk } from './limits/count-budgets.js';
import { enclosedProcess, processInAsk } from './legal-process/own-process.js';
import type { OfficerSession } from './session/index.js';

/** What an officer states, with the owners by name; everything else becomes the ask that a supervisor approves. */
export interface StatedAsk extends AskStatement {
  readonly query: JsonObject;
  readonly owners: readonly string[];
  readonly legal_process_documents?: readonly string[];
  /** The approval follows: for an exception whose rule lets it. */
  readonly approve_afterwards?: boolean;
  readonly respond_within_seconds?: number;
}

/**
 * An officer asks. The agency's own rule is applied first: what it refuses goes nowhere, and the officer sees every reason
 * at once. Otherwise the ask waits for a supervisor.
 */
export async function openAsk(statement: StatedAsk, session: OfficerSession, node: AgencyNode): Promise<StoredAsk> {
  node.witnessWatch.require();
  return inSpan('officer_ask', { attributes: {} }, async () => {
    const named = distinctOwners(statement.owners, node);
    requireOnePassing(statement.provenance, named, node);
    const owners = named.map((owner) => ({ owner, salt: newSalt(node.randomness) }));
    const query = await standingQuery(statement.query, node);
    const approveAfterwards = statement.approve_afterwards === true;
    if (approveAfterwards) await requireForNow(statement, session, node);
    const enclosed = enclosedProcess(statement.legal_process, statement.legal_process_documents ?? []);
    const ask = askOf({ ...statement, query }, enclosed.process, owners);
    const askSalt = newSalt(node.randomness);
    const legalProcessSalt = newSalt(node.randomness);
    const officer = officerOf(session);
    const clear = clearFactsOf(ask, queryFactsOf(ask.query), legalProcessSalt, {
      officer: { pseudonym: officer.pseudonym, role: officer.role, acr: officer.acr },
      approved: !approveAfterwards,
    });
    const { documents, countedBy } = enclosed;
    const counted = { ask, askDigest: askDigest(ask, askSalt), pseudonym: officer.pseudonym };
    await countAsk(counted, node);
    const reasons = await refusedHere(counted, documents, clear, node);
    const stored = {
      txn: newTransactionId(node.randomness),
      createdAtMs: node.clock.now(),
      officer,
      ask,
      askSalt,
      askDigest: counted.askDigest,
      legalProcessSalt,
      owners,
      respondWithinSeconds: Math.min(statement.respond_within_seconds ?? MAX_RESPOND_SECONDS, MAX_RESPOND_SECONDS),
      traceparent: currentTraceparent() ?? newTraceparent(node.randomness),
      state: stateOf(reasons, approveAfterwards),
      approveAfterwards,
      reasons,
      documents,
      countedBy,
    };
    await node.dataSource.transaction(async (manager) => {
      await node.asks.insert(manager, stored);
      await appendAsked(manager, stored, node);
      if (reasons.length > 0) await appendRefusedHere(manager, stored, reasons, node);
      else if (approveAfterwards) await insertRequests(manager, stored, node);
    });
    await node.ledger.integrated(`asked/${stored.txn}`);
    if (approveAfterwards) node.outgoing.announceDue();
    return { ...stored, approval: undefined, disapproved: undefined };
  });
}

/** One request for each owner, to be signed and sent by `AskingJob`. */
export async function insertRequests(
  manager: Parameters<AgencyNode['ledger']['append']>[0],
  { txn, owners }: NewAsk,
  node: AgencyNode,
): Promise<void> {
  for (const { owner } of owners) {
    const jti = newIdentifier(node.randomness);
    await node.outgoing.insert(manager, { txn, owner, broker: node.settings.broker, jti, now: node.clock.now() });
  }
}

function stateOf(reasons: readonly ReasonClaims[], approveAfterwards: boolean) {
  if (reasons.length > 0) return 'refused_here' as const;
  return approveAfterwards ? ('asking' as const) : ('awaiting_approval' as const);
}

/** The agency's own rule over its own officers. Empty where nothing is unmet. */
export async function refusedHere(
  counted: CountedAsk,
  documents: readonly string[],
  clear: ClearFacts,
  node: AgencyNode,
): Promise<ReasonClaims[]> {
  const { ask } = counted;
  const requester = await node.directory.agencyView(node.own.ownChain());
  const parties = await partiesView(node.directory, { requester, beneficiary: ask.beneficiary, owner: undefined });
  const persons = {
    officer: { acr: clear.officer.acr, role: clear.officer.role },
    ...(clear.approved ? { distinct: true, approverRole: 'supervisor' } : {}),
  };
  const declarations = (await node.declarations.good()).map((token) => declarationFact(parseDeclaration(token)));
  const rule = (await node.rules.current())?.rule;
  const process = await processInAsk({ process: ask.legal_process, documents }, requester, node);
  const found = { counted: await countedFactsOfAsk(counted, rule, node), process: process.facts };
  const opened = { ask, persons, declarations, ...found, witnesses: ABSENT };
  const facts = factsAtRequester(parties, clear, opened);
  const decision = denyUndetermined(decide(facts, { rule, side: 'ask' }, node.clock.now()));
  const denied = decision.outcome === 'deny' ? [...reasonClaims(decision), ...process.reasons] : [];
  return withKindOffered(clear.kind, denied);
}

export async function appendRefusedHere(
  manager: Parameters<AgencyNode['ledger']['append']>[0],
  ask: NewAsk,
  reasons: readonly ReasonClaims[],
  node: AgencyNode,
): Promise<void> {
  await node.ledger.append(manager, {
    receiptId: `refused_here/${ask.txn}`,
    kind: 'refused',
    txn: ask.txn,
    fields: refusedFields({
      txn: ask.txn,
      trace: ask.traceparent,
      request: ask.askDigest,
      requester: node.entityId,
      owner: node.entityId,
      rule: 'ask',
      reasons: reasons.map(({ code }) => code),
    }),
  });
}

async function appendAsked(
  manager: Parameters<AgencyNode['ledger']['append']>[0],
  stored: NewAsk,
  node: AgencyNode,
): Promise<void> {
  const { ask } = stored;
  await node.ledger.append(manager, {
    receiptId: `asked/${stored.txn}`,
    kind: 'asked',
    txn: stored.txn,
    fields: askedFields(
      {
        txn: stored.txn,
        trace: stored.traceparent,
        requester: node.entityId,
        ask: stored.askDigest,
        officer: stored.officer.pseudonym,
        purpose: ask.purpose,
        offence: ask.offence,
        beneficiary: ask.beneficiary,
        fan_out: ask.owners.count,
        ...(stored.approveAfterwards ? { approval: 'afterwards' as const } : {}),
      },
      {
        case_tag: node.tags.case(node.entityId, ask.case_number),
        plate_tags: platesOf(ask.query).map(({ text }) => node.tags.plate(text)),
        ...provenanceField(ask),
      },
    ),
  });
}

function askOf(statement: StatedAsk, process: LegalProcess, owners: readonly { owner: string; salt: string }[]): Ask {
  const { owners: _named, respond_within_seconds: _within, legal_process_documents: _sealed, ...rest } = statement;
  const { provenance, approve_afterwards: _afterwards, ...stated } = rest;
  const query = normalisedQuery(statement.query);
  return parseMessage(Ask, {
    v: 1,
    ...stated,
    ...(provenance === undefined ? {} : { provenance: { ...provenance } }),
    legal_process: { ...process },
    query,
    owners: { ...commitToOwners(owners).commitment },
  });
}

function officerOf(session: OfficerSession): StoredAsk['officer'] {
  const { sub, pseudonym, acr, idToken } = session;
  return { sub, pseudonym, acr, idToken, role: 'officer' };
}
