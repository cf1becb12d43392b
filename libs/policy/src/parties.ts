import { isEntityId } from './entity-id.js';
import type { Facts } from './facts.js';
import { judge, met, unmet, type Finding, type Point } from './finding.js';
import type { BeneficiaryCondition } from './conditions.js';
import { about, type Receiver } from './receivers.js';
import { quoted } from './strict-reader.js';

/** An id in look-alike letters is no id (P07). */
export function identifierFinding(receiver: Receiver): Finding {
  const { role, party } = receiver;
  const point: Point = {
    requirement: `${role}.id`,
    required: 'an entity id in its one ASCII spelling',
    remedy: 'use the entity id under which the agency is enrolled',
  };
  const found = quoted(party.entityId);
  return about(receiver, isEntityId(party.entityId) ? met(point, found) : unmet(point, 'identifier_malformed', found));
}

/** On whose behalf: stated always, `none` included. What an enrolled beneficiary has to meet is found by `parity`. */
export function beneficiaryFinding(facts: Facts, condition: BeneficiaryCondition): Finding {
  const point: Point = {
    requirement: 'beneficiary',
    required:
      condition.allow === 'none'
        ? 'no request on behalf of another body'
        : condition.allow === 'meets-same'
          ? 'a beneficiary is enrolled and meets all that the requester has to meet'
          : 'the beneficiary is declared, or `none`',
    source: condition.source,
    remedy: 'state the body for whom the request is made, or `none`',
  };
  return judge(facts.beneficiary, point, (beneficiary) => {
    if (beneficiary.kind === 'none') return met(point, 'none');
    const entityId = beneficiary.kind === 'party' ? beneficiary.party.entityId : beneficiary.entityId;
    if (!isEntityId(entityId)) return unmet(point, 'identifier_malformed', quoted(entityId));
    if (condition.allow === 'none') {
      return unmet(
        point,
        'beneficiary_not_allowed',
        quoted(entityId),
        'the owner answers no request made for another body',
      );
    }
    if (condition.allow === 'meets-same' && beneficiary.kind === 'not_enrolled') {
      const remedy = 'the beneficiary has to be enrolled in the federation and to meet the same protections';
      return unmet(point, 'beneficiary_not_enrolled', quoted(entityId), remedy);
    }
    return met(point, quoted(entityId));
  });
}
