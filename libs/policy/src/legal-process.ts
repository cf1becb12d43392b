import type { LegalProcessCondition } from './conditions.js';
import type { Facts, RequestFacts } from './facts.js';
import { judge, met, sealed, unmet, type Finding, type Point } from './finding.js';
import { ownersLevel } from './parity.js';
import { quoted } from './strict-reader.js';
import { legalProcessProtection, type Vocabulary } from './vocabulary.js';
import { outsideWarrant, type WarrantedQuery } from './warrant-scope.js';
import type { Warrant } from './warrant.js';

const HOUR_MS = 60 * 60 * 1000;
/** From this class on a document exists that can be named. */
const FIRST_DOCUMENT = 'sworn-statement';
/** From this class on a court has set bounds, and the query has to lie inside them. */
const FIRST_BOUNDED = 'court-order';

export interface LegalProcessInput {
  readonly vocabulary: Vocabulary;
  readonly facts: Facts;
  readonly now: number;
}

/** How old the oldest read can be that the query reaches, in hours; `NaN` where its window is not known. */
export function dataAgeHours({ window }: RequestFacts, now: number): number {
  return window.state === 'known' ? (now - window.value.fromMs) / HOUR_MS : Number.NaN;
}

/** The class as stated in the clear, the content that only the owner opens, and from a court order on its bounds. */
export function legalProcessFindings(input: LegalProcessInput, condition: LegalProcessCondition): readonly Finding[] {
  const required = requiredClass(input, condition);
  if (typeof required !== 'string') return [required];
  const { vocabulary, facts } = input;
  const { request } = facts;
  const order = [...vocabulary.legalProcess.keys()];
  const stated = statedFinding(vocabulary, order, required, condition.source, request);
  const content = contentFinding(order, condition.source, request);
  const bounded = order.indexOf(required) >= order.indexOf(FIRST_BOUNDED);
  return bounded ? [stated, content, ...warrantFindings(input, condition)] : [stated, content];
}

/** Warrant parity: by the kind of the query and by the age of the data that it reaches. */
function requiredClass(input: LegalProcessInput, condition: LegalProcessCondition): string | Finding {
  if ('at_least' in condition) return condition.at_least;
  const { vocabulary, facts, now } = input;
  const { kind, window } = facts.request;
  const point: Point = {
    requirement: 'legal_process',
    required: "what the owner's own law asks for such a query",
    source: condition.source,
    remedy: 'state kind and window of the query',
  };
  if (kind.state === 'sealed' || window.state === 'sealed') return sealed(point);
  if (kind.state === 'absent') return unmet(point, 'fact_missing', 'not stated');
  const protection = legalProcessProtection(vocabulary, kind.value, dataAgeHours(facts.request, now));
  if (protection === undefined) return unmet(point, 'unknown_value', quoted(kind.value));
  return ownersLevel({ vocabulary, owner: facts.owner, now }, protection, condition.source);
}

function statedFinding(
  vocabulary: Vocabulary,
  order: readonly string[],
  required: string,
  source: string | undefined,
  request: RequestFacts,
): Finding {
  const text = vocabulary.legalProcess.get(required)?.text ?? '';
  const point: Point = {
    requirement: 'legal_process',
    required: `\`${required}\` or more (${text})`,
    source,
    remedy: `obtain \`${required}\` or more and state its class`,
  };
  return judge(request.legalProcess, point, (stated) => {
    if (!order.includes(stated)) return unmet(point, 'unknown_value', quoted(stated));
    const enough = order.includes(required) && order.indexOf(stated) >= order.indexOf(required);
    return enough ? met(point, stated) : unmet(point, 'legal_process_insufficient', quoted(stated));
  });
}

function contentFinding(order: readonly string[], source: string | undefined, request: RequestFacts): Finding {
  const point: Point = {
    requirement: 'legal_process.content',
    required: 'the legal process itself is of the class stated and, from a sworn statement on, names its document',
    source,
    remedy: 'enclose the legal process that the request states',
  };
  return judge(request.legalProcessContent, point, (content) => {
    const { legalProcess } = request;
    if (!order.includes(content.class)) return unmet(point, 'unknown_value', quoted(content.class));
    if (legalProcess.state === 'known' && legalProcess.value !== content.class) {
      const found = `${quoted(content.class)} where ${quoted(legalProcess.value)} is stated`;
      return unmet(point, 'legal_process_mismatch', found);
    }
    const needsDocument = order.indexOf(content.class) >= order.indexOf(FIRST_DOCUMENT);
    return needsDocument && !content.hasReference
      ? unmet(point, 'legal_process_missing', 'no document is named')
      : met(point, content.class);
  });
}

/** Whether the order or warrant covers the query (P08, P09). Every fact that it is compared with has to be there. */
function warrantFindings(input: LegalProcessInput, condition: LegalProcessCondition): readonly Finding[] {
  const { request } = input.facts;
  const point: Point = {
    requirement: 'warrant',
    required: 'an order or warrant that covers this query',
    source: condition.source,
    remedy: 'enclose the order or warrant itself',
  };
  const { warrant, searched, kind, window, offence, caseNumber, legalProcess } = request;
  const needed = [warrant, searched, kind, window, offence, caseNumber, legalProcess];
  if (needed.some(({ state }) => state === 'absent')) return [unmet(point, 'fact_missing', 'not stated')];
  const signed = condition.signed_by === undefined ? [] : [signatureFinding(warrant, condition)];
  if (
    warrant.state !== 'known' ||
    searched.state !== 'known' ||
    kind.state !== 'known' ||
    window.state !== 'known' ||
    offence.state !== 'known' ||
    caseNumber.state !== 'known' ||
    legalProcess.state !== 'known'
  ) {
    return [...signed, sealed(point)];
  }
  const query: WarrantedQuery = {
    ...searched.value,
    kind: kind.value,
    window: window.value,
    offence: offence.value,
    caseNumber: caseNumber.value,
    class: legalProcess.value,
  };
  const problems = outsideWarrant(warrant.value, query, input.now);
  if (problems.length === 0) return [...signed, met(point, 'the query lies inside it')];
  const reasons = problems.map(({ code, of, found, remedy }) =>
    unmet({ ...point, requirement: `warrant.${of}` }, code, found, remedy),
  );
  return [...signed, ...reasons];
}

function signatureFinding(warrant: RequestFacts['warrant'], { source }: LegalProcessCondition): Finding {
  const point: Point = {
    requirement: 'warrant.signature',
    required: 'signed by the court itself',
    source,
    remedy: 'obtain it from an enrolled court, signed by that court',
  };
  return judge<Warrant>(warrant, point, ({ signedBy }) =>
    signedBy === 'court'
      ? met(point, 'signed by a court')
      : unmet(point, 'legal_process_not_signed_by_court', 'attested by the agency alone'),
  );
}
