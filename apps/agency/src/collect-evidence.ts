import { nodeMetadataOf, ruleDigestsIn } from '#exchange';
import { callPeerJson } from '#exchange/io';
import { LedgerError, openCheckpoint } from '#ledger';
import { digestOf, isJsonObject, type JsonObject, type JsonValue } from '#protocol';
import type { VerifiedChain } from '#trust';
import type { AgencyNode } from './agency-node.js';
import { WHOLE_TRACE, collectTrace, type TracePart } from './collect-trace.js';
import { memberOf } from './members-of-then.js';

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Everything from which an evidence bundle of a transaction is made: trace, requests as signed, what was asked with its salt,
 * the rules that the receipts name, the jurisdictions' configurations, and of each ledger the newest cosigned checkpoint.
 * What cannot be collected is missing in it, and whoever verifies it says so.
 *
 * @param part which ledgers, and what belongs to them; requests and ask come with the first. `next` in the answer says where the
 * next part begins
 * @throws ProblemError 404 where this agency has no part in it
 */
export async function collectEvidence(
  txn: string,
  node: AgencyNode,
  part: TracePart = WHOLE_TRACE,
): Promise<JsonObject> {
  const { next, ...trace } = await collectTrace(txn, node, part);
  const isFirstPart = part.from === 0;
  const isWhole = isFirstPart && next === undefined;
  const [requests, ask] = isFirstPart
    ? await Promise.all([node.outgoing.forTransaction(txn), node.asks.find(txn)])
    : [[], undefined];
  const parties = trace.ledgers.flatMap(({ entity_id: id }) => (typeof id === 'string' ? [id] : []));
  const members = await Promise.all(parties.map((entityId) => memberOf(entityId, node)));
  const chains = members.flatMap((member) => member?.chain ?? []);
  const wanted = isWhole ? new Set(ruleDigestsIn(trace.ledgers)) : undefined;
  const [rules, witnessed, histories] = await Promise.all([
    Promise.all(chains.map((chain) => rulesOf(chain, wanted, node))),
    Promise.all(trace.ledgers.map((ledger) => witnessedOf(ledger, chains, node))),
    Promise.all(
      chains
        .flatMap(({ anchor }) => anchor)
        .filter(isFirst)
        .map((anchor) => historyOf(anchor, node)),
    ),
  ]);
  return {
    v: 1,
    txn,
    level: 'full',
    exported_at: node.clock.now(),
    trace,
    requests: requests.map(({ owner, request, state, problem }): JsonObject => ({
      owner,
      ...(request === undefined ? {} : { request }),
      ...(state === undefined ? {} : { state: loggedEnd(state, problem) }),
    })),
    ask: ask === undefined ? null : { document: ask.ask as unknown as JsonObject, salt: ask.askSalt },
    rules: rules.flat(),
    jurisdictions: jurisdictionsOf(chains, node),
    witnessed: witnessed.flat(),
    histories: histories.flat(),
    ...(next === undefined ? {} : { next }),
  };
}

/** As the receipt `delivered` states it: where nothing that came back was proven, by what was wrong with it. */
function loggedEnd(state: string, problem: string | undefined): string {
  return state === 'failed' && problem !== undefined ? problem : state;
}

function jurisdictionsOf(chains: readonly VerifiedChain[], node: AgencyNode): JsonObject[] {
  const ids = chains.flatMap(({ jurisdictions }) => jurisdictions).filter(isFirst);
  return ids.flatMap((entityId): JsonObject[] => {
    try {
      return [{ entity_id: entityId, chain: [...node.directory.jurisdiction(entityId).tokens] }];
    } catch {
      return [];
    }
  });
}

/**
 * The texts of an agency's rules, of those whose digests are `wanted`; of a part of the evidence all of them, since what names them
 * may stand in a ledger of another part. Rules are public (law 7).
 */
async function rulesOf(
  chain: VerifiedChain,
  wanted: ReadonlySet<string> | undefined,
  node: AgencyNode,
): Promise<JsonObject[]> {
  if (chain.entityType !== 'comity_agency' || wanted?.size === 0) return [];
  const answer = await get(`${nodeMetadataOf(chain).endpoint}/rules`, node);
  const versions = isJsonObject(answer) ? answer['rules'] : undefined;
  return (Array.isArray(versions) ? versions : []).flatMap((version): JsonObject[] => {
    const rule = isJsonObject(version) ? version['rule'] : undefined;
    if (!isJsonObject(rule) || wanted?.has(digestOf(rule)) === false) return [];
    return [{ owner: chain.entityId, rule }];
  });
}

/** The newest checkpoint of a ledger that somebody cosigned, with the way between it and the one of the trace. */
async function witnessedOf(
  ledger: JsonObject,
  chains: readonly VerifiedChain[],
  node: AgencyNode,
): Promise<JsonObject[]> {
  const { entity_id: entityId, evidence } = ledger;
  const shown = isJsonObject(evidence) ? evidence['checkpoint'] : undefined;
  const chain = chains.find((each) => each.entityId === entityId);
  if (typeof shown !== 'string' || chain === undefined) return [];
  const { endpoint, ledger: identity } = nodeMetadataOf(chain);
  const answer = await get(`${endpoint}/ledger/witnessed-checkpoint`, node);
  const checkpoint = isJsonObject(answer) ? answer['checkpoint'] : undefined;
  if (typeof checkpoint !== 'string') return [];
  const sizes = [shown, checkpoint].map((note) => sizeOf(note, identity.vkey)).toSorted((a, b) => a - b);
  const [from = 0, to = 0] = sizes;
  const proof =
    from === to ? { consistency: [] } : await get(`${endpoint}/ledger/consistency?from=${from}&to=${to}`, node);
  const consistency = isJsonObject(proof) ? proof['consistency'] : undefined;
  return [{ entity_id: chain.entityId, checkpoint, consistency: consistency ?? [] }];
}

function sizeOf(note: string, vkey: string): number {
  try {
    return openCheckpoint(note, vkey, []).size;
  } catch (error) {
    if (error instanceof LedgerError) return 0;
    throw error;
  }
}

async function historyOf(anchor: string, node: AgencyNode): Promise<JsonObject[]> {
  const token = await text(`${anchor}/federation/historical-keys`, node);
  return token === undefined ? [] : [{ entity_id: anchor, token }];
}

async function get(url: string, node: AgencyNode): Promise<JsonValue> {
  try {
    return await callPeerJson(node.network, { url, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES });
  } catch {
    // What a party does not show is missing in the bundle, and the check names it.
    return null;
  }
}

async function text(url: string, node: AgencyNode): Promise<string | undefined> {
  try {
    const answer = await node.network.request({ method: 'GET', url, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES });
    return answer.status === 200 ? answer.body : undefined;
  } catch {
    return undefined;
  }
}

function isFirst<T>(value: T, index: number, all: readonly T[]): boolean {
  return all.indexOf(value) === index;
}
