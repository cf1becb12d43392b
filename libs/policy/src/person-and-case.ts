import { matchesCaseNumber } from './case-number.js';
import type { RequestFacts } from './facts.js';
import { judge, met, unmet, type Finding, type Point } from './finding.js';
import type { ApprovalCondition, CaseNumberCondition, OfficerCondition } from './conditions.js';
import { quoted } from './strict-reader.js';

/** A second person has approved. A broker sees that an approval exists; the owner sees by whom. */
export function approvalFindings(condition: ApprovalCondition, request: RequestFacts): readonly Finding[] {
  const point: Point = {
    requirement: 'approval',
    required: `an approval by a ${condition.by}`,
    source: condition.source,
    remedy: 'let a supervisor approve the request',
  };
  const distinct: Point = {
    requirement: 'approval.distinct',
    required: 'the officer who asks and the person who approves are two persons',
    source: condition.source,
    remedy: 'let another person approve the request',
  };
  const { roles } = condition;
  const rolePoint: Point = {
    requirement: 'approval.role',
    required: 'an approval by a person in a role that the rule accepts',
    source: condition.source,
    remedy: 'let a person of a higher role approve the request',
  };
  const role = judge(request.approverRole, rolePoint, (value) =>
    roles === undefined || roles.includes(value)
      ? met(rolePoint, quoted(value))
      : unmet(rolePoint, 'approver_role_not_allowed', quoted(value)),
  );
  return [
    ...(roles === undefined ? [] : [role]),
    request.approvalExists.state === 'absent'
      ? unmet(point, 'approval_missing', 'none')
      : judge(request.approvalExists, point, (exists) =>
          exists ? met(point, 'exists') : unmet(point, 'approval_missing', 'none'),
        ),
    judge(request.approverDistinct, distinct, (isDistinct) =>
      isDistinct ? met(distinct, 'two persons') : unmet(distinct, 'approver_not_distinct', 'one person'),
    ),
  ];
}

export function officerFindings(condition: OfficerCondition, request: RequestFacts): readonly Finding[] {
  const acrPoint: Point = {
    requirement: 'officer.acr',
    required: 'a sign-in of a strength that the rule accepts',
    source: condition.source,
    remedy: 'sign in again with a second factor that the rule accepts',
  };
  const acr = judge(request.officerAcr, acrPoint, (value) =>
    condition.acr.includes(value)
      ? met(acrPoint, quoted(value))
      : unmet(acrPoint, 'officer_assurance_insufficient', quoted(value)),
  );
  const { roles } = condition;
  if (roles === undefined) return [acr];
  const rolePoint: Point = {
    requirement: 'officer.role',
    required: 'an officer in a role that the rule accepts',
    source: condition.source,
    remedy: 'let an officer in another role make the request',
  };
  const role = judge(request.officerRole, rolePoint, (value) =>
    roles.includes(value) ? met(rolePoint, quoted(value)) : unmet(rolePoint, 'officer_role_not_allowed', quoted(value)),
  );
  return [acr, role];
}

/** The number itself is never repeated: a denial travels further than the sealed part in which it stood. */
export function caseFindings(condition: CaseNumberCondition, request: RequestFacts): readonly Finding[] {
  const point: Point = {
    requirement: 'case_number',
    required: 'a case number in a checkable form',
    source: condition.source,
    remedy: `write the case number in one of these forms, # for a digit and @ for a letter: ${[...condition.patterns].sort().join(', ')}`,
  };
  const active: Point = {
    requirement: 'case_number.active',
    required: 'the records system of the agency states that the case is active',
    source: condition.source,
    remedy: 'enclose a signed statement of the records system that the case is active',
  };
  const number = judge(request.caseNumber, point, (caseNumber) =>
    condition.patterns.some((pattern) => matchesCaseNumber(pattern, caseNumber))
      ? met(point, 'fits')
      : unmet(point, 'case_number_malformed', 'another form'),
  );
  if (condition.active !== true) return [number];
  const status = judge(request.caseActive, active, (isActive) =>
    isActive ? met(active, 'active') : unmet(active, 'case_not_active', 'closed'),
  );
  return [number, status];
}
