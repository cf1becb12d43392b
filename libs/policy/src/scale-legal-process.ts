import { lawScale, type Protection } from './scale.js';

/** The same steps for every kind of query, in the order of `LEGAL_PROCESS`. */
const LEVELS = {
  none: 'nothing',
  'documented-purpose': 'a law-enforcement purpose, written down for each search',
  'reasonable-suspicion': 'reasonable suspicion of a crime, recorded',
  'sworn-statement': 'a sworn statement of articulable facts',
  'court-order': 'an order of a court',
  warrant: 'a warrant signed by a judge',
};

/**
 * From which age of the reads on a law may ask for more. No federal law does (`Schmidt v. Norfolk`, E.D. Va. 2026, found no
 * search at all), so that an owner who wants a warrant for old reads has to demand it.
 */
export const DATA_AGES = [
  { id: 'over-72-hours', text: 'older than 72 hours', hours: 72 },
  { id: 'over-7-days', text: 'older than 7 days', hours: 7 * 24 },
  { id: 'over-30-days', text: 'older than 30 days', hours: 30 * 24 },
] as const;

/** A question about reads of any age, and the same about old reads only: the first covers the others, the younger the older. */
function withAges(id: string, question: string): readonly Protection[] {
  const any = lawScale(id, `${question}?`, LEVELS);
  const aged = DATA_AGES.map((age, index): Protection => {
    const younger = DATA_AGES.slice(0, index).map((each) => `${id}-${each.id}`);
    const about = lawScale(`${id}-${age.id}`, `${question}, in reads ${age.text}?`, LEVELS);
    return { ...about, coveredBy: [id, ...younger] };
  });
  return [any, ...aged];
}

export const LEGAL_PROCESS_SCALES: readonly Protection[] = [
  ...withAges('legal-process-plate-history', 'what must an officer have before searching where a plate has been'),
  ...withAges(
    'legal-process-area-search',
    'what must an officer have before searching which vehicles were at a place, or fit a description',
  ),
  lawScale(
    'legal-process-travelling-together',
    'what must an officer have before searching which vehicles travel together?',
    LEVELS,
  ),
  lawScale('legal-process-alert', 'what must an officer have before following a plate by a standing alert?', LEVELS),
  lawScale(
    'legal-process-pattern-search',
    'what must an officer have before searching for patterns of movement, or by a sentence?',
    LEVELS,
  ),
  lawScale(
    'legal-process-private-reads',
    'what must an officer have before searching the reads of cameras in private hands?',
    LEVELS,
  ),
];
