import { Ask, CLOCK_TOLERANCE_SECONDS, ProtocolError, digestOf, parseMessage, type JsonValue } from '#protocol';
import { TrustError, verifyTrustChain, type PinnedAnchor } from '#trust';
import { askDigest } from '../ask.js';
import { ExchangeError } from '../exchange-error.js';
import { readRequest, verifyLateRequest } from '../verify-request.js';
import {
  verifyTrace,
  verifyTracedChain,
  type TraceAnchors,
  type TraceReport,
  type UnverifiedTraceLedger,
} from '../trace/verify-trace.js';
import { nothingWhere, told, type At, type Chains, type EvidenceCheck } from './evidence-check.js';
import type { EvidenceDocuments } from './evidence-documents.js';
import { anchorsAt, historyChecks } from './former-anchors.js';
import { witnessChecks } from './witness-checks.js';

export interface EvidenceReport {
  readonly txn: string;
  readonly level: EvidenceDocuments['level'];
  readonly exportedAt: number;
  /** `verified` only where nothing is missing, pending or broken. */
  readonly verdict: 'verified' | 'incomplete' | 'broken';
  readonly trace: TraceReport;
  readonly checks: readonly EvidenceCheck[];
}

/**
 * Verifies what a bundle says from pinned anchors alone: no network, no clock but `now` (milliseconds), no trust in whoever
 * exported it. Chains are judged at the instant of the export, because statements live for hours and evidence for years;
 * an instant that the exporter invented finds no chain in force.
 */
export async function verifyEvidenceDocuments(
  documents: EvidenceDocuments,
  input: { anchors: readonly PinnedAnchor[]; now: number },
): Promise<EvidenceReport> {
  const { txn, level, exportedAt, trace } = documents;
  const anchors = await anchorsAt(input.anchors, documents.histories, { at: exportedAt, now: input.now });
  const at = { anchors, now: exportedAt };
  const ofThen = (then: number) => anchorsAt(input.anchors, documents.histories, { at: then, now: input.now });
  const traced = { anchors: ofThen, now: exportedAt };
  const report = await verifyTrace(trace, traced);
  const chains = await chainsOf(trace.ledgers, traced);
  const checks = [
    exportInstant(exportedAt, input.now, trace.txn === txn),
    ...(await requestChecks(documents, report, chains)),
    ...askCheck(documents, report),
    ...ruleChecks(documents, report),
    ...(await Promise.all(documents.jurisdictions.map((shown) => jurisdictionCheck(shown, at)))),
    ...(await witnessChecks(documents, chains, at)),
    ...(await historyChecks(input.anchors, documents.histories, input.now)),
  ];
  return { txn, level, exportedAt, trace: report, checks, verdict: verdictOf(report, checks, level) };
}

/** Of the checks of the trace those that a public bundle cannot meet, because it names no person. */
export function isUndisclosed(code: string, state: string, level: EvidenceDocuments['level']): boolean {
  return level === 'public' && code === 'two_persons' && state === 'missing';
}

function verdictOf(
  trace: TraceReport,
  checks: readonly EvidenceCheck[],
  level: EvidenceDocuments['level'],
): EvidenceReport['verdict'] {
  const traced = trace.checks.filter(({ code, state }) => !isUndisclosed(code, state, level));
  const states = [...traced, ...checks].map(({ state }) => state);
  if (states.includes('broken')) return 'broken';
  const isWhole = traced.length > 0 && states.every((state) => state === 'holds' || state === 'undisclosed');
  return isWhole ? 'verified' : 'incomplete';
}

function exportInstant(exportedAt: number, now: number, sameTransaction: boolean): EvidenceCheck {
  if (!sameTransaction) return told('exported_at', 'broken', undefined, 'the trace is that of another transaction');
  return exportedAt > now + CLOCK_TOLERANCE_SECONDS * 1_000
    ? told('exported_at', 'broken', undefined, 'it is dated in the future')
    : told('exported_at', 'holds', undefined, 'it was exported in the past');
}

async function chainsOf(ledgers: readonly UnverifiedTraceLedger[], at: TraceAnchors): Promise<Chains> {
  const chains = await Promise.all(
    ledgers.map((ledger) =>
      verifyTracedChain(ledger, at).catch((error: unknown) => {
        if (error instanceof TrustError || error instanceof ExchangeError) return undefined;
        throw error;
      }),
    ),
  );
  return new Map(chains.flatMap((chain) => (chain === undefined ? [] : [[chain.entityId, chain] as const])));
}

/** Each request of the trace by the message that its requester signed. */
async function requestChecks(
  documents: EvidenceDocuments,
  report: TraceReport,
  chains: Chains,
): Promise<EvidenceCheck[]> {
  const shown = await Promise.all(
    documents.requests.map(async ({ owner, request }) => {
      if (request === undefined) return { owner, digest: undefined, given: false };
      return { owner, digest: await digestOfRequest(request, owner, documents.txn, chains), given: true };
    }),
  );
  const forged = shown.filter(({ given, digest }) => given && digest === undefined);
  const digests = new Set(shown.flatMap(({ digest }) => digest ?? []));
  const ends = new Map(report.requests.map(({ owner, delivered }) => [owner, delivered]));
  const otherwise = documents.requests.filter(({ owner, state }) => state !== undefined && state !== ends.get(owner));
  return [
    ...otherwise.map(({ owner }) => told('request', 'broken', owner, 'its end is not the one that was delivered')),
    ...forged.map(({ owner }) => told('request', 'broken', owner, 'a request is not signed by its requester')),
    ...report.requests.map(({ request, owner }) => {
      if (digests.has(request)) return told('request', 'holds', owner, 'the request is the one that the ledgers name');
      return documents.level === 'public'
        ? told('request', 'undisclosed', owner, 'the request itself is not shown at this level')
        : told('request', 'missing', owner, 'the request that the ledgers name is not in the bundle');
    }),
  ];
}

async function digestOfRequest(token: string, owner: string, txn: string, chains: Chains): Promise<string | undefined> {
  try {
    const arrived = readRequest(token);
    const { iss, aud } = arrived.claims;
    const keys = chains.get(iss)?.protocolKeys.signing;
    if (keys === undefined) return undefined;
    const { digest, claims } = await verifyLateRequest(arrived, { keys, requester: iss, audience: aud });
    return claims.owner === owner && claims.txn === txn ? digest : undefined;
  } catch (error) {
    if (error instanceof ProtocolError || error instanceof ExchangeError) return undefined;
    throw error;
  }
}

/** What was asked: the very document to which the officer's and the supervisor's receipts commit. */
function askCheck({ ask, level }: EvidenceDocuments, report: TraceReport): EvidenceCheck[] {
  const asked = report.hops.find(({ receipt }) => receipt?.kind === 'asked')?.receipt;
  if (ask === undefined) {
    return level === 'full'
      ? [told('ask', 'missing', undefined, 'what was asked is not in the bundle')]
      : [told('ask', 'undisclosed', undefined, 'what was asked is not shown at this level')];
  }
  return asked !== undefined && asked.opened['ask'] === digestOfAsk(ask.document, ask.salt)
    ? [told('ask', 'holds', undefined, 'what was asked is what was approved and logged')]
    : [told('ask', 'broken', undefined, 'what is said to have been asked is not what was approved and logged')];
}

function digestOfAsk(document: JsonValue, salt: string): string | undefined {
  try {
    return askDigest(parseMessage(Ask, document), salt);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

/** The text of each rule that a hop decided by: receipts commit to its digest, and their owner signed them. */
function ruleChecks({ rules }: EvidenceDocuments, report: TraceReport): EvidenceCheck[] {
  const held = new Map(rules.map(({ owner, rule }) => [`${owner} ${digestOf(rule)}`, owner]));
  const cited = report.hops.flatMap(({ receipt }) => {
    const { owner, rule } = receipt?.opened ?? {};
    const isRule = typeof owner === 'string' && typeof rule === 'string' && rule.length === 43;
    return isRule ? [{ owner, rule }] : [];
  });
  const wanted = new Map(cited.map(({ owner, rule }) => [`${owner} ${rule}`, { owner, rule }]));
  return [...wanted].map(([key, { owner }]) =>
    held.has(key)
      ? told('rule', 'holds', owner, 'the rule that was decided by is the one that the receipts name')
      : told('rule', 'missing', owner, 'the text of a rule that the receipts name is not in the bundle'),
  );
}

async function jurisdictionCheck(
  { entityId, chain }: EvidenceDocuments['jurisdictions'][number],
  at: At,
): Promise<EvidenceCheck> {
  const verified = await verifyTrustChain({ chain, ...at }).catch(nothingWhere(TrustError));
  return verified?.entityId === entityId
    ? told('jurisdiction', 'holds', entityId, 'its attestations are in a configuration that the anchor vouches for')
    : told('jurisdiction', 'broken', entityId, 'its configuration does not lead to a pinned anchor');
}
