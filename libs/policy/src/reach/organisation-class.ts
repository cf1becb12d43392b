import type { AgencyName } from './agency-name.js';

/** Whom data could reach: what `comity sidedoors --to` names. */
export const REACH_TARGETS = {
  immigration: 'bodies that enforce immigration law',
  federal: 'federal bodies, those that enforce immigration law among them',
  'out-of-state': 'bodies of another state, or of none',
  private: 'private bodies: companies, associations, private police',
  'shared-centre': 'fusion centres and other shared centres',
  'task-force': 'task forces of several agencies',
  'stale-account': 'accounts that are closed, for tests, or of nobody',
} as const;
export type ReachTarget = keyof typeof REACH_TARGETS;

export function isReachTarget(text: string): text is ReachTarget {
  return Object.hasOwn(REACH_TARGETS, text);
}

/** What an organisation is, apart from where it is. */
export type OrganisationClass = Exclude<ReachTarget, 'out-of-state'>;
export const ORGANISATION_CLASSES: ReadonlySet<string> = new Set(
  Object.keys(REACH_TARGETS).filter((target) => target !== 'out-of-state'),
);

/** Codes of a register of organisations, as its columns hold them. */
export interface RegisterCodes {
  readonly role: string;
  readonly type: string;
  readonly tags: readonly string[];
}

export interface Classified {
  readonly classes: readonly OrganisationClass[];
  /** What the register says and the name does not bear out: for a person to settle, and nothing is counted by it. */
  readonly doubts: readonly string[];
}

/** Abbreviations count in capitals and alone: `ICE` stands in `Rice`, `Justice` and `Police` too. */
const BY_NAME: readonly (readonly [OrganisationClass, RegExp])[] = [
  [
    'stale-account',
    /\b(inactive|deactivated|decommissioned|dnu|do not use|please delete|test demo|demo)\b|^(delete|old|test)$/i,
  ],
  ['immigration', /\b(ICE|ERO|HSI|CBP|USBP)\b/],
  ['immigration', /\b(border patrol|immigration and customs|customs and border|homeland security investigations)\b/i],
  ['federal', /\b(ICE|ERO|HSI|CBP|USBP|FBI|DEA|ATF|USMS|NCIS|DHS|USPIS)\b/],
  ['federal', /\[federal\]|\b(border patrol|veterans affairs|air force base|homeland security)\b/i],
  ['federal', /\bU\.? ?S\.? (marshal|postal|attorney|secret|border|customs|forest|park|department)/i],
  ['shared-centre', /\b(HIDTA|RISS|NCRIC|MOCIC|RMIN|ROCIC|WSIN)\b/],
  ['shared-centre', /\b(fusion|intelligence|(information|crime) analysis) cent|\binformation network\b/i],
  ['task-force', /\btask force\b|\bDTF\b/i],
];
const STALE_TYPES = new Set(['test', 'decommissioned']);
const PRIVATE_ROLES = new Set(['hoa', 'business', 'vendor']);

/**
 * What an organisation is, by its name and by a register that a machine made: where the two disagree (a register that
 * finds `ICE` in `Rice Lake`), what the register says is a doubt and no class.
 */
export function classifyOrganisation(name: string, read: AgencyName, codes: RegisterCodes | undefined): Classified {
  const found = new Set(BY_NAME.flatMap(([id, pattern]) => (pattern.test(name.normalize('NFKC')) ? [id] : [])));
  const doubts: string[] = [];
  if (codes) {
    if (STALE_TYPES.has(codes.type)) found.add('stale-account');
    if (codes.type === 'fusion_center') found.add('shared-centre');
    if (codes.type === 'private' || PRIVATE_ROLES.has(codes.role)) {
      if (read.kind === 'other' || codes.type === 'private') found.add('private');
      else doubts.push(`the register says \`private\`, the name says ${read.kind}`);
    }
    const isStale = found.has('stale-account');
    const saysFederal = codes.type === 'federal' || codes.tags.includes('federal');
    if (saysFederal && !found.has('federal') && !isStale) doubts.push('the register says `federal`, the name does not');
    if (codes.tags.includes('private') && !found.has('private') && doubts.length === 0 && !isStale) {
      doubts.push('the register says `private`, its own type does not');
    }
  }
  return { classes: [...found].toSorted(), doubts };
}

/** As a person reads it in a picture or a table. */
export function roleOf(read: AgencyName, { classes }: Classified): string {
  if (classes.includes('stale-account')) return 'stale account';
  if (classes.includes('federal') || classes.includes('immigration')) return 'federal body';
  if (classes.includes('shared-centre')) return 'shared centre';
  if (classes.includes('task-force')) return 'task force';
  if (classes.includes('private')) return 'private body';
  return read.kind === 'other' ? 'other body' : read.kind;
}
