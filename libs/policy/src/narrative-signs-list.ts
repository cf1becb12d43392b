/** What a narrative may show signs of. None of it decides: a person looks at it. */
export type NarrativeSignKind = 'immigration' | 'protected-activity' | 'protected-health-care' | 'personal-interest';

export interface SignPattern {
  /** Stable; what is stored and shown in place of the words themselves. */
  readonly id: string;
  readonly kind: NarrativeSignKind;
  /** Over `plain` and `read`: small letters and digits, single spaces. */
  readonly pattern: RegExp;
}

const sign = (kind: NarrativeSignKind, id: string, pattern: RegExp): SignPattern => ({ kind, id, pattern });

/** Abbreviations that have no innocent reading when somebody took care to disguise them. */
export const DISGUISABLE: ReadonlySet<string> = new Set(['ice', 'ero', 'hsi', 'cbp', 'usbp', 'uscis', 'dhs']);

/** Words beside which `ice` is weather, food or a rink; also a drug, which a person can tell. */
const FROZEN =
  '(?:cream|rink|hockey|machine|maker|chest|skat\\w*|pack\\w*|storm\\w*|melt\\w*|water|cubes?|box|truck|house|age|bag|tea|coffee|fishing|road\\w*|patch\\w*|dam|bridge|cold|on|in|and|covered|over|at|scraper|pick)';

/** Words that go with the agency. */
const AGENCY =
  '(?:hold|detainer|warrant|pickup|pick up|agents?|officers?|ops?|operations?|raids?|requests?|assist\\w*|case|investigat\\w*|arrest\\w*|custody|fugitive|field|ero|hsi|target|removal|enforcement|wants?|req|rfi|bolo|admin\\w*|facility|deport\\w*|detention|task force|tf|lead|info)';
const BESIDE =
  '(?:assist\\w*|asst|helping|per|behalf of|contacted by|requested by|request of|req by|agency|federal|feds?|dhs|u s|us|joint|referred to|refer to|turn over to|working with|in conjunction with)';

/**
 * Words and abbreviations of real search reasons, by what they point to. Word boundaries throughout: `ice` stands in
 * `police`, `service` and `office`, `ero` in `zero`. No pattern repeats a group that repeats: the time is that of the text.
 */
export const SIGN_PATTERNS: readonly SignPattern[] = [
  sign(
    'immigration',
    'ice',
    new RegExp(`^ice$|\\bice ${AGENCY}\\b|\\b${BESIDE}(?: the)? ice\\b(?! ${FROZEN}\\b)|\\bfor ice$`),
  ),
  sign(
    'immigration',
    'immigration',
    /\b(?:immigra\w*|inmigra\w*|migra|migracion|non ?citizens?|asylum seekers?|visa overstay\w*|green card)\b/,
  ),
  sign(
    'immigration',
    'removal',
    /\b(?:deport\w*|removal (?:order|proceedings?|operations?)|order of removal|enforcement and removal)\b/,
  ),
  sign(
    'immigration',
    'agency',
    /\b(?:ero|hsi|cbp|usbp|uscis|dhs|lesc|border patrol|homeland security|customs and border)\b/,
  ),
  sign('immigration', 'section-287g', /\b287 ?g\b|\b8 usc 1357\b/),
  sign(
    'immigration',
    'status',
    /\b(?:illegal|undocumented|unlawful|criminal) (?:aliens?|immigrants?|migrants?|persons?|subjects?|males?|females?|workers?|entry|reentry)\b|\billegals\b|\b(?:alien|reentry after)\b/,
  ),
  sign(
    'immigration',
    'detainer',
    /\b(?:immigration|ice|federal|admin\w*) (?:detainer|hold)\b|\bi ?247a?\b|\bform i ?20[05]\b|\badministrative (?:removal )?warrant\b/,
  ),
  sign(
    'protected-activity',
    'protest',
    /\b(?:protest\w*|counter ?protest\w*|demonstrators?|demonstrations?|picket\w*|sit ins?|walk ?outs?|civil disobedience|no kings)\b/,
  ),
  sign(
    'protected-activity',
    'gathering',
    /\b(?:rally|rallies|vigils?|marchers|march (?:against|for (?!\d))|(?:protest|peace|women s|pride) (?:march|parade))\b/,
  ),
  sign(
    'protected-activity',
    'activist',
    /\b(?:activists?|organi[sz]ers?|antifa|blm|dxe|direct action everywhere|first amendment|agitators?|leaflet\w*)\b/,
  ),
  sign(
    'protected-activity',
    'worship',
    /\b(?:mosques?|synagogues?|gurdwaras?|worshipp?ers|(?:church|temple|mosque) (?:attendees|members|goers|service))\b/,
  ),
  sign(
    'protected-health-care',
    'abortion',
    /\b(?:abortions?|abortifacients?|planned parenthood|mifepristone|misoprostol|miscarri\w*|fetal|foetal|fetus|foetus|stillbirth|terminat\w* (?:a |her |the )?pregnan\w*|pregnancy terminat\w*|reproductive (?:care|health|clinic))\b/,
  ),
  sign(
    'protected-health-care',
    'gender-care',
    /\b(?:gender (?:affirm\w*|clinic|care|transition|reassign\w*)|transgender|trans (?:kids?|child\w*|youth|minors?|care|clinic)|puberty blockers?|hormone (?:therapy|treatment|replacement))\b/,
  ),
  sign(
    'personal-interest',
    'former-partner',
    /\bex ?(?:wife|husband|girl ?friend|boy ?friend|gf|bf|spouse|partner|fiance\w*)s?\b|\b(?:former|estranged) (?:wife|husband|girlfriend|boyfriend|spouse|partner)\b/,
  ),
  sign(
    'personal-interest',
    'own-circle',
    /\bmy (?:own )?(?:car|truck|vehicle|plate|wife|husband|girl ?friend|boy ?friend|gf|bf|ex|spouse|partner|daughter|son|kids?|mom|mother|dad|father|sister|brother|neighbou?rs?|friends?|landlord|tenant|roommate)\b/,
  ),
  sign(
    'personal-interest',
    'private-dispute',
    /\b(?:custody (?:dispute|battle|exchange|case|hearing)|child custody|divorce|infidelity|cheating|evict\w*|landlord|process serv\w*|private investigator|p i)\b/,
  ),
  sign('personal-interest', 'for-hire', /\b(?:bail ?bond\w*|bounty|skip ?trac\w*|repo|reposs?ess?\w*)\b/),
  sign(
    'personal-interest',
    'no-duty',
    /\b(?:personal (?:reasons?|use|interest|matter|business|favou?r|vehicle)|as a favou?r|favou?r for|just (?:checking|curious|looking)|curious|curiosity|off duty|no probable cause)\b/,
  ),
];
