import {
  countedWitnesses,
  independentWitnesses,
  nodeMetadataOf,
  rulesToSatisfy,
  witnessedFields,
  type KnownWitness,
  type VerifiedRequest,
} from '#exchange';
import { controllersOf, type GatheredCosignature } from '#exchange/io';
import { ProblemError, problem, type LedgerEvidenceBody, type ReasonClaims } from '#protocol';
import type { VerifiedChain } from '#trust';
import { inSpan } from '#tracing/io';
import type { AgencyNode } from './agency-node.js';
import type { DecidedHere, DeniedHere } from './decide-here.js';
import type { IncomingRequest } from './incoming-requests.store.js';

/** So long before the requester's time is over too few witnesses are no reason to wait any more. */
const LAST_MOMENT_MS = 10_000;

/** Who could vouch for the broker's ledger to this owner: neither of the two, nobody whom one of them controls, each once. */
export function releaseWitnesses(broker: VerifiedChain, node: AgencyNode): KnownWitness[] {
  const dependent = {
    controllers: [...controllersOf(broker), ...controllersOf(node.directory.chainFor(node.entityId))],
    vkeys: [nodeMetadataOf(broker).ledger.vkey, node.witnessKey.vkey, node.ledger.vkey],
  };
  return independentWitnesses(node.witnesses(), dependent, node.witnessPolicy);
}

/** Cosignatures over a checkpoint that holds the release, and how many of them count. */
export interface WitnessedRelease {
  readonly count: number;
  readonly cosigned: readonly GatheredCosignature[];
}

/**
 * Where a rule that this request has to satisfy asks for witnesses, they are asked to cosign the broker's checkpoint under which
 * the release is logged, before anything leaves: whatever is in the answer, so that nobody learns it from the time it takes.
 */
export async function witnessRelease(
  logged: LedgerEvidenceBody,
  request: VerifiedRequest,
  broker: VerifiedChain,
  node: AgencyNode,
): Promise<WitnessedRelease> {
  if (!(await anyRuleAsks(request, node))) return { count: 0, cosigned: [] };
  return inSpan('witness_release', { attributes: {} }, async () => {
    const { ledger, endpoint } = nodeMetadataOf(broker);
    const witnesses = releaseWitnesses(broker, node);
    const cosigned = await node.gatherer.gather({ ledger, endpoint }, logged.checkpoint, witnesses);
    return { count: countedWitnesses(cosigned, node.witnessKey.vkey, node.witnessPolicy), cosigned };
  });
}

async function anyRuleAsks({ claims }: VerifiedRequest, node: AgencyNode): Promise<boolean> {
  const rules = rulesToSatisfy(await node.rules.published(), claims.iat * 1000, node.settings.ruleNoticeMs);
  return rules.some(({ rule }) => {
    return Object.values(rule.release ?? {}).some((conditions) =>
      [conditions, ...(conditions.tiers ?? [])].some(({ witnesses }) => witnesses !== undefined),
    );
  });
}

/** What the witnesses said is on record, and durable, before the answer leaves. */
export async function recordWitnessed(
  { cosigned }: WitnessedRelease,
  request: VerifiedRequest,
  release: string,
  node: AgencyNode,
): Promise<void> {
  if (cosigned.length === 0) return;
  const { claims, digest } = request;
  const receiptId = `witnessed/${digest}`;
  // A retry gathers anew, at another time: what was recorded first stands.
  const recorded = await node.ledger.receipts({ txn: claims.txn });
  if (recorded.some((receipt) => receipt.receiptId === receiptId)) return;
  await node.ledger.append(node.dataSource.manager, {
    receiptId,
    kind: 'witnessed',
    txn: claims.txn,
    fields: witnessedFields({
      txn: claims.txn,
      trace: claims.traceparent,
      request: digest,
      requester: claims.iss,
      owner: node.entityId,
      release,
      witnesses: cosigned.map(({ id }) => id),
      notes: cosigned.map(({ note }) => note),
    }),
  });
  await node.ledger.integrated(receiptId);
}

/**
 * What stops a release that was prepared: a refusal, or that too few witnesses have cosigned. Witnesses may be back in a moment,
 * so as long as the requester waits the release is held, and only then it is refused. What the owner refuses on facts that
 * only it knows is told without them: the refusal goes through the broker's hands.
 *
 * @throws ProblemError 503 `witnesses_insufficient`: held
 */
export function stopOf(
  again: DeniedHere | DecidedHere,
  prepared: IncomingRequest,
  request: VerifiedRequest,
  node: AgencyNode,
): DeniedHere | undefined {
  if (again.kind === 'denied') return again;
  // A sealed refusal was prepared: it hands nothing over, and leaves as every answer does.
  if (again.reasons.length === 0 || prepared.reasons.length > 0) return undefined;
  const unwitnessed = again.reasons.filter(({ code }) => code === 'witnesses_insufficient');
  const others = again.reasons.length - unwitnessed.length;
  if (others === 0 && node.clock.now() < request.claims.respond_by * 1000 - LAST_MOMENT_MS) {
    throw new ProblemError(
      problem(503, 'witnesses_insufficient', 'too few witnesses have cosigned the log', { retryAfterSeconds: 2 }),
    );
  }
  return { kind: 'denied', rule: again.rule, reasons: others === 0 ? unwitnessed : [...unwitnessed, NO_LONGER] };
}

const NO_LONGER: ReasonClaims = {
  code: 'no_longer_permitted',
  requirement: 'protocol',
  required: 'a rule that permits the request at the moment of release too',
  found: 'refused at release',
  remedy: 'ask again; the answer names every reason',
};
