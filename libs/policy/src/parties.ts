import { isEntityId } from './entity-id.js';
import type { Facts, Party } from './facts.js';
import { judge, met, unmet, type Finding, type Point } from './finding.js';
import type { BeneficiaryCondition } from './conditions.js';
import { quoted } from './strict-reader.js';

export interface Receiver {
  readonly role: 'requester' | 'beneficiary';
  readonly party: Party;
}

/** Who will have the data: the requester and, where the request is made for somebody enrolled, that party too (P06). */
export function receiversOf(facts: Facts): readonly Receiver[] {
  const requester = { role: 'requester', party: facts.requester } as const;
  const { beneficiary } = facts;
  return beneficiary.state === 'known' && beneficiary.value.kind === 'party'
    ? [requester, { role: 'beneficiary', party: beneficiary.value.party }]
    : [requester];
}

/** An id in look-alike letters is no id (P07). */
export function identifierFinding(role: string, party: Party): Finding {
  const point: Point = {
    requirement: `${role}.id`,
    required: 'an entity id in its one ASCII spelling',
    remedy: 'use the entity id under which the agency is enrolled',
  };
  return isEntityId(party.entityId)
    ? met(point, quoted(party.entityId))
    : unmet(point, 'identifier_malformed', quoted(party.entityId));
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
