/** What a name says about an agency once the ways of writing it are taken away. Two equal keys are one agency. */
export interface AgencyName {
  /** USPS code; absent where neither the name nor its list says it. */
  readonly state?: string;
  readonly kind: 'police' | 'sheriff' | 'other';
  /** Words of the place, or of the whole name where it is no police or sheriff. */
  readonly place: string;
}

const STATES: Readonly<Record<string, string>> = {
  alabama: 'AL',
  alaska: 'AK',
  arizona: 'AZ',
  arkansas: 'AR',
  california: 'CA',
  colorado: 'CO',
  connecticut: 'CT',
  delaware: 'DE',
  'district of columbia': 'DC',
  florida: 'FL',
  georgia: 'GA',
  hawaii: 'HI',
  idaho: 'ID',
  illinois: 'IL',
  indiana: 'IN',
  iowa: 'IA',
  kansas: 'KS',
  kentucky: 'KY',
  louisiana: 'LA',
  maine: 'ME',
  maryland: 'MD',
  massachusetts: 'MA',
  michigan: 'MI',
  minnesota: 'MN',
  mississippi: 'MS',
  missouri: 'MO',
  montana: 'MT',
  nebraska: 'NE',
  nevada: 'NV',
  'new hampshire': 'NH',
  'new jersey': 'NJ',
  'new mexico': 'NM',
  'new york': 'NY',
  'north carolina': 'NC',
  'north dakota': 'ND',
  ohio: 'OH',
  oklahoma: 'OK',
  oregon: 'OR',
  pennsylvania: 'PA',
  'puerto rico': 'PR',
  'rhode island': 'RI',
  'south carolina': 'SC',
  'south dakota': 'SD',
  tennessee: 'TN',
  texas: 'TX',
  utah: 'UT',
  vermont: 'VT',
  virginia: 'VA',
  washington: 'WA',
  'west virginia': 'WV',
  wisconsin: 'WI',
  wyoming: 'WY',
};
const NAMED = new Map(Object.entries(STATES));
const CODES = new Set(NAMED.values());

/** USPS code of a state's name or code; `undefined` for anything else. */
export function stateCode(text: string): string | undefined {
  const plain = text.trim();
  if (CODES.has(plain.toUpperCase())) return plain.toUpperCase();
  return NAMED.get(plain.toLowerCase());
}

const KINDS: readonly (readonly [RegExp, 'police' | 'sheriff'])[] = [
  [/\b(county )?sheriffs? (office|department|dept)\b|\bsheriffs?\b|\bso$|\bso\b|\bsd$/, 'sheriff'],
  [
    /\bpolice (department|dept|division|services)\b|\b(division|department|bureau) of police\b|\bpolice\b|\bpd\b/,
    'police',
  ],
];
const ABBREVIATIONS: readonly (readonly [RegExp, string])[] = [
  [/\bsaint\b/g, 'st'],
  [/\bmount\b/g, 'mt'],
  [/\bfort\b/g, 'ft'],
  [/\btownship\b/g, 'twp'],
  [/\bco\b/g, 'county'],
  [/\bparish\b/g, 'county'],
  [/\bdepartment\b/g, 'dept'],
  [/\b(charter|city|town|village|borough) of\b/g, ' '],
  [/\b(the|of)\b/g, ' '],
];

/**
 * Reads a name as a vendor or the federal list writes it: `Carroll County GA SO`, `IN- Noble County SO`, `Carroll County
 * Sheriff’s Office ` of `GEORGIA`. A state that its list gives is believed before one that the name shows.
 */
export function readAgencyName(name: string, listedState?: string): AgencyName {
  const words = plainWords(name);
  const state = (listedState === undefined ? undefined : stateCode(listedState)) ?? stateIn(words);
  const lower = (state === undefined ? words : words.filter((word) => word !== state)).join(' ').toLowerCase();
  for (const [pattern, kind] of KINDS) {
    if (!pattern.test(lower)) continue;
    const place = abbreviated(lower.replace(pattern, ' '));
    return withState(
      {
        kind,
        place:
          kind === 'sheriff'
            ? place
                .replace(/\bcounty\b/, ' ')
                .replaceAll(/ +/g, ' ')
                .trim()
            : place,
      },
      state,
    );
  }
  return withState({ kind: 'other', place: abbreviated(lower) }, state);
}

/** Two names with one key are held to be one agency; without a state there is none. */
export function agencyKey({ state, kind, place }: AgencyName): string | undefined {
  return state === undefined || place === '' ? undefined : `${state} ${kind} ${place}`;
}

/** Latin words as written; punctuation, accents and remarks in brackets away. */
function plainWords(name: string): string[] {
  return name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/['\u2018\u2019\u02bc`]/g, '')
    .replaceAll(/\[[^\]]*\]|\((?![A-Z]{2}\))[^)]*\)/g, ' ')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .split(' ');
}

/**
 * A code in capitals that stands alone: `LA` is Louisiana, `La` is not. The last one, because places come first; but `SD`
 * after another one is a sheriff's department.
 */
function stateIn(words: readonly string[]): string | undefined {
  const codes = words.filter((word) => CODES.has(word));
  const [last, before] = codes.toReversed();
  if (last !== undefined) return last === 'SD' ? (before ?? last) : last;
  const lower = words.join(' ').toLowerCase();
  return [...NAMED].find(([name]) => lower.startsWith(`${name} `) && !lower.startsWith(`${name} county`))?.[1];
}

function abbreviated(text: string): string {
  const short = ABBREVIATIONS.reduce((rest, [pattern, by]) => rest.replaceAll(pattern, by), text);
  return short.replaceAll(/ +/g, ' ').trim();
}

function withState(name: Omit<AgencyName, 'state'>, state: string | undefined): AgencyName {
  return state === undefined ? name : { ...name, state };
}
