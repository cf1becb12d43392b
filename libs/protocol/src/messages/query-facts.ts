import { ValidateBy, ValidateIf, buildMessage, type ValidationArguments } from 'class-validator';
import { applyDecorators } from './apply-decorators.js';
import { ASKED_KINDS, type AskedKind } from './query.js';
import { AREAS_MAX } from './area.js';
import { IsCount, IsFiniteNumber, IsInstant, IsLiteral, IsNested } from './field-rules.js';
import { IsCells } from './list-rules.js';

/** How large, and roughly where: H3 cells of resolution 4, some 1,770 square kilometres each. */
export class ClearArea {
  @IsCount(AREAS_MAX, 1)
  count: number;

  /** Rounded up to two decimals. */
  @IsFiniteNumber(0.01, 511_000_000)
  square_km: number;

  @IsCells(64)
  cells: string[];
}

/** What of the query itself stands in the clear. Computed from the content by both ends, never claimed (P16). */
export class QueryFacts {
  @IsLiteral(...Object.keys(ASKED_KINDS))
  kind: AskedKind;

  @IsInstant()
  from: string;

  @IsInstant()
  until: string;

  @OfKind('plate_count')
  @IsCount(20, 1)
  plate_count?: number;

  @OfKind('area')
  @IsNested(() => ClearArea)
  area?: ClearArea;

  /** How many characters of a partial plate are known. */
  @OfKind('characters')
  @IsCount(9, 1)
  characters?: number;
}

type KindFact = 'plate_count' | 'area' | 'characters';

/** Which facts a kind cannot be without, and which it may have. Every other one is foreign to it. */
const FACTS_OF_KIND: Readonly<Record<AskedKind, { has: readonly KindFact[]; mayHave?: readonly KindFact[] }>> = {
  plate_history: { has: ['plate_count'] },
  latest_sighting: { has: ['plate_count'] },
  near_scene: { has: ['area'] },
  vehicle_description: { has: [], mayHave: ['area'] },
  partial_plate: { has: ['characters'], mayHave: ['area'] },
  travelling_together: { has: ['plate_count'] },
  hot_list_alert: { has: ['plate_count'] },
  passed_twice: { has: ['area'] },
  unusual_travel: { has: ['area'] },
  free_language_prompt: { has: ['area'] },
};

const factsOf = ({ kind }: Partial<QueryFacts>) =>
  typeof kind === 'string' && Object.hasOwn(FACTS_OF_KIND, kind) ? FACTS_OF_KIND[kind] : { has: [] };

/** Present where the kind has it and nowhere else. A missing one is named by the rule of its own that it then fails. */
function OfKind(fact: KindFact): PropertyDecorator {
  return applyDecorators(
    ValidateIf((facts: QueryFacts, value: unknown) => value !== undefined || factsOf(facts).has.includes(fact)),
    ValidateBy({
      name: 'isFactOfKind',
      validator: {
        validate: (_value: unknown, given?: ValidationArguments) => {
          const { has, mayHave = [] } = factsOf(given?.object ?? {});
          return has.includes(fact) || mayHave.includes(fact);
        },
        defaultMessage: buildMessage((each) => `${each}$property must be a fact of the kind that is stated`),
      },
    }),
  );
}
