import type { RequestFacts } from './facts.js';
import { judge, met, unmet, type Finding, type Point } from './finding.js';
import type { ExceptionCondition, LegalProcessCondition, OffenceCondition, PurposeCondition } from './rule.js';
import { quoted } from './strict-reader.js';
import type { Vocabulary } from './vocabulary.js';

/** Forbid wins over allow (P03). */
export function purposeFinding(vocabulary: Vocabulary, condition: PurposeCondition, request: RequestFacts): Finding {
  const point: Point = {
    requirement: 'purpose',
    required: 'a purpose that the rule allows',
    source: condition.source,
    remedy: 'state the purpose as one of the coded purposes',
  };
  return judge(request.purpose, point, (purpose) => {
    if (!vocabulary.purposes.has(purpose)) return unmet(point, 'unknown_value', quoted(purpose));
    const allowed = condition.allow.includes(purpose) && condition.deny?.includes(purpose) !== true;
    return allowed
      ? met(point, purpose)
      : unmet(point, 'purpose_not_allowed', quoted(purpose), 'this data is not given for this purpose');
  });
}

export function offenceFinding(vocabulary: Vocabulary, condition: OffenceCondition, request: RequestFacts): Finding {
  const point: Point = {
    requirement: 'offence',
    required: 'an offence that the rule allows',
    source: condition.source,
    remedy: 'state the offence by its NIBRS code',
  };
  return judge(request.offence, point, (id) => {
    const offence = vocabulary.offences.get(id);
    if (!offence) return unmet(point, 'unknown_value', quoted(id));
    if (offence.retired) return unmet(point, 'offence_retired', quoted(id), 'state the code that is charged today');
    const named = condition.allow !== 'all' && condition.allow.includes(id);
    const allowed = named || (condition.allow === 'all' && !offence.immigration && !offence.catchAll);
    if (allowed && condition.deny?.includes(id) !== true) return met(point, id);
    if (offence.immigration) {
      return unmet(point, 'immigration_offence', quoted(id), 'this data is not given to enforce immigration law');
    }
    const remedy = offence.catchAll
      ? 'name the offence itself: a code for all other offences does not say what is investigated'
      : 'this data is not given for this offence';
    return unmet(point, 'offence_not_allowed', quoted(id), remedy);
  });
}

/** An exception is claimed openly or not at all; one that the rule does not name opens nothing (P21). */
export function exceptionFinding(
  vocabulary: Vocabulary,
  condition: ExceptionCondition | undefined,
  request: RequestFacts,
): Finding {
  const point: Point = {
    requirement: 'exception',
    required: 'no exception, or one that the rule names',
    source: condition?.source,
    remedy: 'state the exception that is claimed, or `none`',
  };
  return judge(request.exception, point, (exception) => {
    if (!vocabulary.exceptions.has(exception)) return unmet(point, 'unknown_value', quoted(exception));
    if (exception === 'none' || condition?.allow.includes(exception) === true) return met(point, exception);
    return unmet(point, 'exception_not_allowed', quoted(exception), 'ask under the ordinary conditions');
  });
}

/** From this class on a document exists that can be named. */
const FIRST_DOCUMENT = 'sworn-statement';

/** The class as stated in the clear, and the content that only the owner opens: it has to be of that class. */
export function legalProcessFindings(
  vocabulary: Vocabulary,
  condition: LegalProcessCondition,
  request: RequestFacts,
): readonly Finding[] {
  const order = [...vocabulary.legalProcess.keys()];
  const text = vocabulary.legalProcess.get(condition.at_least)?.text ?? '';
  const point: Point = {
    requirement: 'legal_process',
    required: `\`${condition.at_least}\` or more (${text})`,
    source: condition.source,
    remedy: `obtain \`${condition.at_least}\` or more and state its class`,
  };
  const contentPoint: Point = {
    requirement: 'legal_process.content',
    required: 'the legal process itself is of the class stated and, from a sworn statement on, names its document',
    source: condition.source,
    remedy: 'enclose the legal process that the request states',
  };
  return [
    judge(request.legalProcess, point, (stated) => {
      if (!order.includes(stated)) return unmet(point, 'unknown_value', quoted(stated));
      const enough = order.includes(condition.at_least) && order.indexOf(stated) >= order.indexOf(condition.at_least);
      return enough ? met(point, stated) : unmet(point, 'legal_process_insufficient', quoted(stated));
    }),
    judge(request.legalProcessContent, contentPoint, (content) => {
      const { legalProcess } = request;
      if (!order.includes(content.class)) return unmet(contentPoint, 'unknown_value', quoted(content.class));
      if (legalProcess.state === 'known' && legalProcess.value !== content.class) {
        return unmet(
          contentPoint,
          'legal_process_mismatch',
          `${quoted(content.class)} where ${quoted(legalProcess.value)} is stated`,
        );
      }
      const needsDocument = order.indexOf(content.class) >= order.indexOf(FIRST_DOCUMENT);
      return needsDocument && !content.hasReference
        ? unmet(contentPoint, 'legal_process_missing', 'no document is named')
        : met(contentPoint, content.class);
    }),
  ];
}
