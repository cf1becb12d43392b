import { coarser, denyUndetermined, decide, type Decision, type Facts, type Permit, type Rule } from '#policy';

/** A rule as the owner published it. `publishedAt` in milliseconds: when its receipt was durable. */
export interface PublishedRule {
  readonly rule: Rule;
  readonly publishedAt: number;
}

/**
 * The versions that a request signed at `signedAt` has to satisfy, all of them: the one in force now, and every one that
 * was in force since the notice period before the request was signed. So narrowing binds at once, also a request under
 * way, and widening helps only requests that were signed after it was public for the notice period. Nobody needs to
 * judge which of two versions is the wider one.
 */
export function rulesToSatisfy(
  published: readonly PublishedRule[],
  signedAt: number,
  noticeMs: number,
): readonly PublishedRule[] {
  const inOrder = published.toSorted((a, b) => a.publishedAt - b.publishedAt);
  const sinceNotice = signedAt - noticeMs;
  const start = inOrder.findLastIndex(({ publishedAt }) => publishedAt <= sinceNotice);
  // Before a first rule nothing was permitted: that rule too is a widening, and has to have been public long enough.
  return start < 0 ? [] : inOrder.slice(start);
}

/** The decision under all of `rules`: the first that denies, else the newest. No rule at all denies. */
export function decideByAll(facts: Facts, rules: readonly PublishedRule[], now: number): Decision {
  const decisions = rules.map(({ rule }) => decide(facts, { rule, side: 'release' }, now));
  const denied = decisions.find(({ outcome }) => outcome === 'deny');
  const undetermined = decisions.find(({ outcome }) => outcome === 'undetermined');
  return denied ?? undetermined ?? allPermitted(decisions) ?? decide(facts, { rule: undefined, side: 'release' }, now);
}

/** A wider rule gives no more fields, no exacter places and no longer keeping either, before its notice has passed. */
function allPermitted(decisions: readonly Decision[]): Permit | undefined {
  const permits = decisions.filter((decision) => decision.outcome === 'permit');
  const newest = permits.at(-1);
  return newest && permits.reduce((narrowest, each) => narrower(narrowest, each), newest);
}

function narrower(newest: Permit, other: Permit): Permit {
  const { fields, coarsening, obligations } = newest;
  return {
    ...newest,
    fields: fields.filter((field) => other.fields.includes(field)),
    coarsening: coarser(coarsening, other.coarsening),
    obligations: sooner(obligations, other.obligations),
  };
}

function sooner(a: Permit['obligations'], b: Permit['obligations']): Permit['obligations'] {
  if (a === null || b === null) return a ?? b;
  return Date.parse(b.expires_at) < Date.parse(a.expires_at) ? b : a;
}

/** As `decideByAll`, for an owner: what is still undetermined there denies. */
export function decideFinally(facts: Facts, rules: readonly PublishedRule[], now: number): Decision {
  return denyUndetermined(decideByAll(facts, rules, now));
}
