/**
 * Characters that readers mistake for one another. 7/2 stood behind a 2014 stop at gunpoint, 0/O behind innocent plates
 * that hit for ever, H/M and 8/B behind further cases; the rest are pairs of similar outline.
 */
const LOOK_ALIKES = [
  '0O',
  '0D',
  '0Q',
  'OD',
  'OQ',
  'DQ',
  '1I',
  '1L',
  'IL',
  'IT',
  '17',
  '27',
  '2Z',
  '7Z',
  '38',
  '3B',
  '4A',
  '5S',
  '56',
  '6G',
  '68',
  '8B',
  '8S',
  'CG',
  'EF',
  'HM',
  'HN',
  'MN',
  'MW',
  'PR',
  'UV',
  'VY',
  'VW',
  'KX',
] as const;

const alternatives: ReadonlyMap<string, readonly string[]> = (() => {
  const found = new Map<string, string[]>();
  const add = (from: string, to: string) => found.set(from, [...(found.get(from) ?? []), to]);
  for (const pair of LOOK_ALIKES) {
    add(pair.charAt(0), pair.charAt(1));
    add(pair.charAt(1), pair.charAt(0));
  }
  return found;
})();

/**
 * The plates that differ from a normalised plate by one character which readers mistake, sorted. For a person's eye only:
 * a search stays literal (P12). Symmetric: `b` is in `confusables(a)` exactly when `a` is in `confusables(b)`.
 */
export function confusables(plate: string): string[] {
  const candidates: string[] = [];
  for (let position = 0; position < plate.length; position += 1) {
    for (const other of alternatives.get(plate.charAt(position)) ?? []) {
      candidates.push(plate.slice(0, position) + other + plate.slice(position + 1));
    }
  }
  return candidates.toSorted();
}
