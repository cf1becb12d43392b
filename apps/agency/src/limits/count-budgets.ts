import type { CountedFacts, PublishedRule, VerifiedRequest } from '#exchange';
import { isQueryKind, known, type BudgetCondition, type Rule } from '#policy';
import { platesOf, type Ask, type ReasonClaims } from '#protocol';
import type { AgencyNode } from '../agency-node.js';
import { DISAPPROVED_MS } from '../duties/duties.store.js';
import type { OpenedHere } from '../open-here.js';
import type { Continuation } from '../paging/page-cursor.js';
import { OfficerTokenError } from '../session/index.js';
import type { BudgetSide, CountedRequest } from './budget-uses.store.js';

/**
 * Counts a request before it is decided, whatever becomes of it. By the owner's own tags, so that a case, a plate or an
 * officer stays the same over kinds of query, brokers and (a plate) over all who ask.
 */
export async function countRequest(
  request: VerifiedRequest,
  inside: OpenedHere | ReasonClaims,
  node: AgencyNode,
): Promise<void> {
  const { plate_count: plates = 0, exception } = request.claims.clear;
  // A further page belongs to the request that has its place already.
  if ('opened' in inside && isContinuation(inside.continues)) return;
  const now = node.clock.now();
  await node.budgets.takePlace(countedRequest(request, inside, node), { plates, exception: exception !== 'none', now });
}

const isContinuation = (continues: OpenedHere['continues']): continues is Continuation =>
  continues !== undefined && 'first' in continues;

/** Under whom and what a request is counted; of one that could not be opened the agency alone is known. */
function countedRequest(
  { claims, digest }: VerifiedRequest,
  inside: OpenedHere | ReasonClaims,
  node: AgencyNode,
): CountedRequest {
  const agency = [claims.iss];
  if (!('opened' in inside)) return { side: 'release', digest, tags: { agency, officer: [], case: [], plate: [] } };
  const { persons, opened, continues } = inside;
  const { case_number: caseNumber, query } = opened.sealed.ask;
  return {
    side: 'release',
    digest: isContinuation(continues) ? continues.first : digest,
    tags: {
      agency,
      officer: persons instanceof OfficerTokenError ? [] : [persons.tags.officer],
      case: [node.tags.case(claims.iss, caseNumber)],
      plate: [...new Set(platesOf(query).map(({ text }) => node.tags.plate(text)))],
    },
  };
}

/** What these rules count of such a query, each once. */
function budgetConditions(rules: readonly Rule[], side: BudgetSide, kind: string): BudgetCondition[] {
  if (!isQueryKind(kind)) return [];
  const all = rules.flatMap((rule) => rule[side]?.[kind]?.budgets ?? []);
  return [...new Map(all.map((each) => [`${each.per} ${each.counted} ${each.hours}`, each])).values()];
}

/** What the rules are applied to: what was asked before this request, as this owner has counted it. */
export async function countedFacts(
  request: VerifiedRequest,
  inside: OpenedHere,
  rules: readonly PublishedRule[],
  node: AgencyNode,
): Promise<CountedFacts> {
  const { kind } = request.claims.clear;
  const conditions = budgetConditions(
    rules.map(({ rule }) => rule),
    'release',
    kind,
  );
  const now = node.clock.now();
  return {
    budgets: known(await node.budgets.before(countedRequest(request, inside, node), conditions, now)),
    overdueDuties: known(await node.duties.overdueOf(request.claims.iss, now)),
  };
}

/** An ask of the agency's own officer, counted for its own rule over them. */
export interface CountedAsk {
  readonly ask: Ask;
  readonly askDigest: string;
  /** The officer's pseudonym, which is a tag under the agency's own key. */
  readonly pseudonym: string;
}

export async function countAsk(counted: CountedAsk, node: AgencyNode): Promise<void> {
  const { query, exception } = counted.ask;
  const asked = { plates: platesOf(query).length, exception: exception !== 'none', now: node.clock.now() };
  await node.budgets.takePlace(countedAsk(counted, node), asked);
}

/** What the agency's own rule is applied to: what its officers asked before this. */
export async function countedFactsOfAsk(
  counted: CountedAsk,
  rule: Rule | undefined,
  node: AgencyNode,
): Promise<CountedFacts> {
  const conditions = budgetConditions(rule === undefined ? [] : [rule], 'ask', counted.ask.query.kind);
  const now = node.clock.now();
  return {
    budgets: known(await node.budgets.before(countedAsk(counted, node), conditions, now)),
    overdueDuties: known(
      (await node.duties.overdueByUs(now)) + (await node.asks.disapprovedSince(now - DISAPPROVED_MS)),
    ),
  };
}

function countedAsk({ ask, askDigest, pseudonym }: CountedAsk, node: AgencyNode): CountedRequest {
  return {
    side: 'ask',
    digest: askDigest,
    tags: {
      agency: [node.entityId],
      officer: [pseudonym],
      case: [node.tags.case(node.entityId, ask.case_number)],
      plate: [...new Set(platesOf(ask.query).map(({ text }) => node.tags.plate(text)))],
    },
  };
}
