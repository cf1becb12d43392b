import type { RequestFacts } from './facts.js';
import { judge, met, unmet, type Finding, type Point } from './finding.js';
import type { OffenceCondition, PurposeCondition } from './conditions.js';
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
