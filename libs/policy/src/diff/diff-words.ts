import type { ExplainedPart } from '../explain/explain-rule.js';
import { anyOf, offenceWords, span, wordsOf, wordsOfAll } from '../explain/plain-words.js';
import type { Vocabulary } from '../vocabulary.js';
import type { Change, RuleDiff } from './diff-rules.js';
import type { List, Measure } from './party-reach.js';

function orNobody(points: readonly string[]): readonly string[] {
  return points.length === 0 ? ['nobody that was compared'] : points;
}

/** Who gains and who loses, by name, in plain words; then the clauses. */
export function diffParts(title: string, diff: RuleDiff, vocabulary: Vocabulary): readonly ExplainedPart[] {
  const { parties, compared, clauses } = diff;
  const of = (side: 'gains' | 'loses') =>
    parties.flatMap((each) => {
      const changes = each[side];
      return changes.length === 0
        ? []
        : [`${each.name}:`, ...changes.map((change) => `  ${changeWords(change, vocabulary)}`)];
    });
  return [
    { heading: title, points: [`compared for ${compared.parties} parties and ${compared.kinds} kinds of question`] },
    { heading: 'Who gains', points: orNobody(of('gains')) },
    { heading: 'Who loses', points: orNobody(of('loses')) },
    {
      heading: 'Clauses that differ',
      points:
        clauses.length === 0
          ? ['none']
          : clauses.map(({ path, before, after }) => `${path}: ${JSON.stringify(before)} -> ${JSON.stringify(after)}`),
    },
  ];
}

function changeWords(change: Change, vocabulary: Vocabulary): string {
  const kind = wordsOf(vocabulary.kinds, change.kind);
  const process = (id: string | null) =>
    id === null ? 'never' : `with ${wordsOf(vocabulary.legalProcess, id)} or more`;
  switch (change.about) {
    case 'everything':
      return `${kind}: everything that the rule gives for it`;
    case 'purpose': {
      const exception =
        change.exception === 'none' ? '' : ` in case of ${wordsOf(vocabulary.exceptions, change.exception)}`;
      const purpose = wordsOf(vocabulary.purposes, change.purpose);
      return `${kind}, ${purpose}${exception}: ${process(change.after)}; before ${process(change.before)}`;
    }
    case 'measure':
      return `${kind}: ${measureWords(change.measure, change.after)}; before ${measureWords(change.measure, change.before)}`;
    case 'list':
      return `${kind}: ${listWords(change.list, change.values, vocabulary)}`;
  }
}

function measureWords(measure: Measure, value: number): string {
  switch (measure) {
    case 'windowHours':
      return `a window of ${span(value)}`;
    case 'ageHours':
      return `reads up to ${span(value)} old`;
    case 'plates':
      return `${value} plates at once`;
    case 'fanOut':
      return `${value} agencies asked at once`;
    case 'areaKm2':
      return `an area of ${value} km²`;
    case 'areas':
      return `${value} areas at once`;
    case 'characters':
      return `${value} known characters`;
  }
}

function listWords(list: List, values: readonly string[], vocabulary: Vocabulary): string {
  switch (list) {
    case 'offence':
      return `for ${offenceWords(vocabulary, values)}`;
    case 'cameraOwner':
      return `reads of cameras of ${anyOf(wordsOfAll(vocabulary.cameraOwnerClasses, values))}`;
    case 'hotListSource':
      return `for entries of ${anyOf(wordsOfAll(vocabulary.hotListSources, values))}`;
    case 'beneficiary':
      return values.includes('not_enrolled')
        ? 'on behalf of bodies of which nothing is attested'
        : `on behalf of ${values.includes('another') ? 'another enrolled body' : 'nobody else'}`;
  }
}
