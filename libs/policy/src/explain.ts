import type { Decision } from './decide.js';
import type { Duty } from './exceptions.js';
import type { Obligations } from './obligations.js';

/** A decision in plain lines, for a person who will not read JSON. */
export function explainDecision(decision: Decision): string[] {
  const rule = decision.rule ? `the rule of ${decision.rule.owner}, version ${decision.rule.version}` : 'no rule';
  switch (decision.outcome) {
    case 'permit':
      return [
        `permitted by ${rule}`,
        ...met(decision),
        ...obligations(decision.obligations),
        ...duties(decision.duties),
      ];
    case 'undetermined':
      return [
        `not refused by ${rule}; the owner judges what is sealed`,
        ...decision.undetermined.map(({ requirement, required }) => `  sealed  ${requirement}: ${required}`),
        ...met(decision),
        ...obligations(decision.obligations),
        ...duties(decision.duties),
      ];
    case 'deny': {
      const count = decision.reasons.length;
      return [
        `refused by ${rule}: ${count} ${count === 1 ? 'requirement is' : 'requirements are'} not met`,
        ...decision.reasons.flatMap(({ code, requirement, required, found, source, remedy }, index) => [
          `  ${index + 1}. ${requirement} (${code})`,
          `     required: ${required}`,
          `     found:    ${found}`,
          ...(source === undefined ? [] : [`     source:   ${source}`]),
          `     remedy:   ${remedy}`,
        ]),
        ...decision.undetermined.map(({ requirement, required }) => `  sealed  ${requirement}: ${required}`),
      ];
    }
  }
}

function met({ determining }: Extract<Decision, { determining: unknown }>): string[] {
  return determining.map(({ requirement, found, source }) => {
    return `  met     ${requirement}: ${found}${source === undefined ? '' : ` [${source}]`}`;
  });
}

function obligations(binding: Obligations | null): string[] {
  if (!binding) return [];
  return [
    `  binds   delete by ${binding.expires_at}`,
    '  binds   use for the named case only',
    '  binds   pass on to nobody without a new request to the owner',
  ];
}

function duties(owed: readonly Duty[]): string[] {
  return owed.map(({ duty, exception, due_by: dueBy }) => {
    const what = duty === 'approve' ? 'have the request approved' : 'report to the owner';
    return `  owes    ${what} by ${dueBy}, for the exception \`${exception}\``;
  });
}
