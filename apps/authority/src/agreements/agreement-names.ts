/** Weakest protection first: an agency with several agreements is as weakly protected as the weakest of them. */
export const MODELS = ['task-force-model', 'jail-enforcement-model', 'warrant-service-officer'] as const;
export type AgreementModel = (typeof MODELS)[number];

/** As the list writes them, in lower case. */
export const AGREEMENT_MODELS: ReadonlyMap<string, AgreementModel> = new Map([
  ['task force model', 'task-force-model'],
  ['task force', 'task-force-model'],
  ['tribal task force model', 'task-force-model'],
  ['jail enforcement model', 'jail-enforcement-model'],
  ['jail enforcement', 'jail-enforcement-model'],
  ['warrant service officer', 'warrant-service-officer'],
  ['warrant service officer model', 'warrant-service-officer'],
]);

const STATES = `ALABAMA AL,ALASKA AK,ARIZONA AZ,ARKANSAS AR,CALIFORNIA CA,COLORADO CO,CONNECTICUT CT,DELAWARE DE,
DISTRICT OF COLUMBIA DC,FLORIDA FL,GEORGIA GA,HAWAII HI,IDAHO ID,ILLINOIS IL,INDIANA IN,IOWA IA,KANSAS KS,KENTUCKY KY,
LOUISIANA LA,MAINE ME,MARYLAND MD,MASSACHUSETTS MA,MICHIGAN MI,MINNESOTA MN,MISSISSIPPI MS,MISSOURI MO,MONTANA MT,
NEBRASKA NE,NEVADA NV,NEW HAMPSHIRE NH,NEW JERSEY NJ,NEW MEXICO NM,NEW YORK NY,NORTH CAROLINA NC,NORTH DAKOTA ND,OHIO OH,
OKLAHOMA OK,OREGON OR,PENNSYLVANIA PA,RHODE ISLAND RI,SOUTH CAROLINA SC,SOUTH DAKOTA SD,TENNESSEE TN,TEXAS TX,UTAH UT,
VERMONT VT,VIRGINIA VA,WASHINGTON WA,WEST VIRGINIA WV,WISCONSIN WI,WYOMING WY,AMERICAN SAMOA AS,GUAM GU,
NORTHERN MARIANA ISLANDS MP,PUERTO RICO PR,US VIRGIN ISLANDS VI`;

const BY_NAME = new Map(
  STATES.split(/,\s*/).map((entry) => [entry.slice(0, entry.lastIndexOf(' ')), entry.slice(-2)] as const),
);
const CODES = new Set(BY_NAME.values());

/** USPS code of a state by its name or its code. */
export function usState(text: string): string | undefined {
  const upper = text.toUpperCase();
  return BY_NAME.get(upper) ?? (CODES.has(upper) ? upper : undefined);
}

/** State of an ORI. NCIC writes Nebraska `NB`. */
export function stateOfOri(ori: string): string {
  const prefix = ori.slice(0, 2);
  return prefix === 'NB' ? 'NE' : prefix;
}

/** What kind of body a name speaks of. */
export type AgencyKind = 'sheriff' | 'police' | 'corrections' | 'constable' | 'state' | 'campus' | 'other';

const KINDS: readonly (readonly [RegExp, AgencyKind])[] = [
  [/\b(sheriff|sheriffs)\b/, 'sheriff'],
  [/\b(university|college|campus|school)\b/, 'campus'],
  [/\b(corrections|correctional|jail|detention)\b/, 'corrections'],
  [/\b(highway patrol|state police|state patrol|state guard|national guard|department of public safety)\b/, 'state'],
  [/\b(constable|constables|marshal|marshals)\b/, 'constable'],
  [/\bpolice\b/, 'police'],
];

const FILLERS =
  /\b(office|department|departments|departent|dept|police|sheriff|sheriffs|county|city|town|township|village|borough|parish|of|the|public safety)\b/g;

/** A name for comparison: kind of body, and what is left of the name without it. */
export interface ComparableName {
  readonly kind: AgencyKind;
  readonly place: string;
}

/** `Laramie County Sheriff’s Office` and `LARAMIE CO SO` are alike. */
export function comparableName(name: string): ComparableName {
  const plain = name
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[’'`.]/g, '')
    .replaceAll(/[^a-z0-9]+/g, ' ')
    .replaceAll(/\bso\b/g, 'sheriff')
    .replaceAll(/\b(pd|dps)\b/g, 'police')
    .replaceAll(/\bco\b/g, 'county')
    .replaceAll(/\bst\b/g, 'saint')
    .trim();
  const kind = KINDS.find(([pattern]) => pattern.test(plain))?.[1] ?? 'other';
  const place = plain.replaceAll(FILLERS, ' ').replaceAll(/\s+/g, ' ').trim();
  return { kind, place };
}

/** Alike enough that a person has to look: the same but for two letters, or one within the other. */
export function isSimilar(a: ComparableName, b: ComparableName): boolean {
  if (a.place === '' || b.place === '') return false;
  if (a.place === b.place) return true;
  const [words, others] = [a.place.split(' '), b.place.split(' ')];
  const within = words.every((word) => others.includes(word)) || others.every((word) => words.includes(word));
  if (a.kind === b.kind && within) return true;
  const longer = Math.max(a.place.length, b.place.length);
  return a.kind === b.kind && longer >= 5 && distance(a.place, b.place) <= 2;
}

/** Levenshtein. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
