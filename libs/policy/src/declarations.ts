import type { DeclarationCondition } from './conditions.js';
import type { RequestFacts, SignedDeclaration } from './facts.js';
import { judge, met, unmet, type Finding, type Point } from './finding.js';
import { about, type Receiver } from './receivers.js';

const HOUR_MS = 60 * 60 * 1000;

/** What each receiver has to have signed. One single declaration meets all of one condition, or it is not met. */
export function declarationFindings(
  conditions: readonly DeclarationCondition[],
  receiver: Receiver,
  request: RequestFacts,
  now: number,
): readonly Finding[] {
  const { role, party } = receiver;
  return [...conditions]
    .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
    .map((condition) => {
      const form = condition.sworn === true ? 'sworn under penalty of perjury' : 'signed';
      const point: Point = {
        requirement: `${role}.declaration.${condition.declaration}`,
        required: `the declaration \`${condition.declaration}\`, ${form} by the agency itself and still good`,
        source: condition.source,
        remedy: `let an officer of the agency who may bind it sign the declaration \`${condition.declaration}\``,
      };
      const finding = judge(request.declarations, point, (declarations) => {
        const own = declarations.filter(
          ({ declaration, issuer }) => declaration === condition.declaration && issuer === party.entityId,
        );
        if (own.length === 0) return unmet(point, 'declaration_missing', 'none of this agency');
        return own.some((declaration) => meets(declaration, condition, now))
          ? met(point, 'signed')
          : unmet(point, 'declaration_insufficient', 'one with another wording, not sworn, too old or no longer good');
      });
      return about(receiver, finding);
    });
}

function nameOf({ declaration, wording, sworn, max_age_hours: age }: DeclarationCondition): string {
  return `${declaration} ${wording} ${sworn} ${age}`;
}

function meets(declaration: SignedDeclaration, condition: DeclarationCondition, now: number): boolean {
  const { wording, sworn, signedAtMs, untilMs } = declaration;
  const age = condition.max_age_hours === undefined ? Infinity : condition.max_age_hours * HOUR_MS;
  return (
    (condition.wording === undefined || condition.wording === wording) &&
    (condition.sworn !== true || sworn) &&
    signedAtMs <= now &&
    now < untilMs &&
    now - signedAtMs <= age
  );
}
