import {
  decideByAll,
  decideFinally,
  factsAtBroker,
  factsAtOwner,
  narrowedDecision,
  reasonClaims,
  rulesToSatisfy,
  withKindOffered,
  type CountedFacts,
  type OpenedRequest,
  type Parties,
  type PartyView,
  type PublishedRule,
  type VerifiedRequest,
} from '#exchange';
import { partiesView, partyView } from '#exchange/io';
import { AS_SEEN, known, type Coarsening, type Cut, type Duty, type Obligations } from '#policy';
import type { ReasonClaims } from '#protocol';
import { CAMERA_OWNER_CLASSES, type CameraOwnerClass, type ReadsQuery } from '#reads';
import type { Attestation } from '#trust';
import { inSpan } from '#tracing/io';
import type { AgencyNode } from './agency-node.js';
import { searchableQuery } from './asked-query.js';
import { digestOfRules } from './digest-of-rules.js';
import { unapprovedReasons } from './duties/unapproved.js';
import { narrowQuery } from './legal-process/narrow-query.js';
import { processInRequest, type FoundProcess } from './legal-process/process-facts.js';
import { countedFacts } from './limits/count-budgets.js';
import { citedRelease, type CitedRelease } from './onward/cited-release.js';
import type { OpenedHere } from './open-here.js';
import type { Persons } from './verify-persons.js';
import { ruleChanged, type Continuation } from './paging/page-cursor.js';
import { personsReason } from './reasons-of-sealed.js';
import { OfficerTokenError } from './session/index.js';

/** Refused on what everybody may know: answered in the open, signed, with every reason. */
export interface DeniedHere {
  readonly kind: 'denied';
  readonly rule: string;
  readonly reasons: readonly ReasonClaims[];
}

/** Decided on what only the owner knows; from outside a refusal here looks like an answer. */
export interface DecidedHere {
  readonly kind: 'sealed';
  readonly rule: string;
  /** Empty where the rule permits. */
  readonly reasons: readonly ReasonClaims[];
  readonly opened: OpenedRequest;
  readonly query: ReadsQuery | undefined;
  readonly fields: readonly string[];
  readonly coarsening: Coarsening;
  /** Whose cameras' reads the rule lets through; those of others are as if they had not been made. */
  readonly cameraOwnerClasses: readonly CameraOwnerClass[];
  /** What an earlier page left off; `undefined` for the first. */
  readonly continues: Continuation | undefined;
  /** What another agency received, of which alone the answer may tell; `undefined` where the request cites no release. */
  readonly cited: CitedRelease | undefined;
  /** The rule once more, now that it is known whose cameras made the reads that would be released. */
  readonly withCameras: (classes: readonly string[]) => readonly ReasonClaims[];
  readonly obligations: Obligations | null;
  /** What is attested for the receivers now: where one of these ends early, the release is called back. */
  readonly basis: readonly Attestation[];
  readonly persons: Persons['tags'] | undefined;
  /** What was cut off a query that is wider than its warrant, where the rule lets it be cut. */
  readonly cuts: readonly Cut[];
  /** What is owed afterwards for the exception that was claimed. */
  readonly duties: readonly Duty[];
}

/** What of a release is known when it is decided. */
export interface KnownOfRelease {
  /** How many can be asked, or at the release have cosigned. */
  readonly witnesses: number;
  /** Whose cameras made the reads that were prepared; none before the search. */
  readonly cameras: readonly string[];
  /** Under which digest its place among the counted is; that of the request, except for an alert. */
  readonly countedAs?: string;
}

/** What of this owner's own records bears on it. */
interface FoundHere {
  readonly counted: CountedFacts;
  readonly process: FoundProcess;
  readonly cited: CitedRelease | ReasonClaims | undefined;
  readonly unapproved: readonly ReasonClaims[];
}

/**
 * The owner's own decision, by its own rule as of now and every version that the request has to satisfy.
 */
export async function decideHere(
  request: VerifiedRequest,
  requester: PartyView,
  inside: OpenedHere | ReasonClaims,
  ofRelease: KnownOfRelease,
  node: AgencyNode,
): Promise<DeniedHere | DecidedHere> {
  return inSpan('decide', { attributes: {} }, async () => {
    const { clear, fan_out: fanOut, iat } = request.claims;
    const rules = rulesToSatisfy(await node.rules.published(), iat * 1000, node.settings.ruleNoticeMs);
    const rule = digestOfRules(rules);
    const parties = await partiesOf(request, requester, node);
    const inTheOpen = decideByAll(factsAtBroker(parties, clear, fanOut), rules, node.clock.now());
    const open = withKindOffered(clear.kind, inTheOpen.outcome === 'deny' ? reasonClaims(inTheOpen) : []);
    if (open.length > 0) return { kind: 'denied', rule, reasons: open };
    if (!('opened' in inside)) return { kind: 'denied', rule, reasons: [inside] };
    const place = { ...request, digest: ofRelease.countedAs ?? request.digest };
    const counted = await countedFacts(place, inside, rules, node);
    const process = await processInRequest(request, requester, inside, node);
    const cited = await citedRelease(request, inside, node);
    const unapproved = await unapprovedReasons(request, inside, node);
    const found = { counted, process, cited, unapproved, ...ofRelease };
    return decideSealed(request, parties, rules, inside, found, node);
  });
}

async function partiesOf(request: VerifiedRequest, requester: PartyView, node: AgencyNode): Promise<Parties> {
  const owner = await partyView(node.directory, node.entityId);
  return partiesView(node.directory, { requester, beneficiary: request.claims.clear.beneficiary, owner });
}

function decideSealed(
  request: VerifiedRequest,
  parties: Parties,
  rules: readonly PublishedRule[],
  { opened, persons, query, continues, declarations }: OpenedHere,
  { counted, process, cited, unapproved, cameras, witnesses }: KnownOfRelease & FoundHere,
  node: AgencyNode,
): DecidedHere {
  const rule = digestOfRules(rules);
  const refused = (reasons: readonly ReasonClaims[]): DecidedHere => ({
    kind: 'sealed',
    rule,
    reasons,
    opened,
    query: undefined,
    fields: [],
    coarsening: AS_SEEN,
    cameraOwnerClasses: [],
    continues: undefined,
    cited: undefined,
    withCameras: () => reasons,
    obligations: null,
    basis: [],
    cuts: [],
    duties: [],
    persons: undefined,
  });
  if (persons instanceof OfficerTokenError) return refused([personsReason(persons.code)]);
  if (continues !== undefined && 'code' in continues) return refused([continues]);
  const changed = ruleChanged(continues, rule);
  if (changed.length > 0) return refused(changed);
  const now = node.clock.now();
  const { ask } = opened.sealed;
  const stated = { ask, persons: persons.facts, declarations, counted, process: process.facts };
  const decideWith = (cameraOwnerClasses: readonly string[]) => {
    const found = { ...stated, cameraOwnerClasses, witnesses: known(witnesses) };
    const facts = factsAtOwner(parties, request.claims.clear, found);
    const whole = decideFinally(facts, rules, now);
    const narrowed = whole.outcome === 'deny' ? narrowedDecision(facts, rules, now) : undefined;
    return { facts, narrowed, decision: narrowed?.decision ?? whole };
  };
  const { facts, narrowed, decision } = decideWith(cameras);
  const besides = [...unapproved, ...(cited !== undefined && 'code' in cited ? [cited] : [])];
  if (decision.outcome === 'deny') return refused([...reasonClaims(decision), ...process.reasons, ...besides]);
  if (besides.length > 0 || (cited !== undefined && 'code' in cited)) return refused(besides);
  const { fields, coarsening, obligations } = decision;
  return {
    kind: 'sealed',
    rule,
    reasons: [],
    opened,
    query: narrowed === undefined ? query : searchableQuery(narrowQuery(ask.query, facts, narrowed)),
    fields,
    coarsening,
    // Judged one by one, so that a read which may not be given is not told of by a refusal either.
    cameraOwnerClasses: CAMERA_OWNER_CLASSES.filter((each) => decideWith([each]).decision.outcome === 'permit'),
    continues,
    cited,
    withCameras: (classes) => {
      const { decision: again } = decideWith(classes);
      return again.outcome === 'deny' ? reasonClaims(again) : [];
    },
    obligations,
    basis: basisOf(parties),
    cuts: narrowed?.cuts ?? [],
    // An approval that came before the request is owed no more.
    duties: decision.duties.filter(({ duty }) => duty !== 'approve' || opened.approval === undefined),
    persons: persons.tags,
  };
}

/** Of everybody who will have the data. */
function basisOf({ requester, beneficiary, withAccess }: Parties): Attestation[] {
  const views = [requester, ...(beneficiary.kind === 'enrolled' ? [beneficiary.view] : []), ...withAccess];
  return views.flatMap(({ attestations }) => attestations);
}
