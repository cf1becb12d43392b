import type { ForbidClause } from '../conditions.js';
import type { Rule } from '../rule.js';
import type { Vocabulary } from '../vocabulary.js';
import { finding, type LintFinding } from './lint-finding.js';
import { openOffences, openPurposes, sectionsOf, type Section } from './section.js';

/** Where two clauses of a rule cannot both have their way. */
export function contradictions(rule: Rule, vocabulary: Vocabulary): readonly LintFinding[] {
  return [
    ...times(rule),
    ...sectionsOf(rule).flatMap((section) => [
      ...listsOf(section),
      ...nothingAllowed(section, vocabulary),
      ...retired(section, vocabulary),
      ...forbiddenSection(section, rule.forbid ?? []),
      ...caseNumbers(section, rule.forbid ?? []),
      ...receivers(section, vocabulary),
    ]),
    ...(rule.forbid ?? []).flatMap((clause, place) => forbidsNothing(clause, `forbid[${place}]`, rule)),
  ];
}

function times({ effective_from: from, effective_until: until }: Rule): LintFinding[] {
  if (until === undefined || Date.parse(from) < Date.parse(until)) return [];
  const remedy = 'let it end after it begins, or leave the end out';
  return [finding('error', 'never_in_effect', 'effective_until', 'the rule ends before it begins', remedy)];
}

function listsOf({ path, conditions: { purposes, offences } }: Section): LintFinding[] {
  const both = (what: 'purposes' | 'offences', allow: readonly string[] | 'all', deny: readonly string[] = []) =>
    allow === 'all'
      ? []
      : allow.flatMap((id, place) =>
          deny.includes(id)
            ? [
                finding(
                  'error',
                  'allowed_and_denied',
                  `${path}.${what}.allow[${place}]`,
                  `\`${id}\` is allowed and denied; forbid wins, so it is denied`,
                  `take \`${id}\` out of \`allow\`, or out of \`deny\``,
                ),
              ]
            : [],
        );
  return [...both('purposes', purposes.allow, purposes.deny), ...both('offences', offences.allow, offences.deny)];
}

function nothingAllowed({ path, conditions }: Section, vocabulary: Vocabulary): LintFinding[] {
  const none = (what: string, open: ReadonlySet<string>) =>
    open.size > 0
      ? []
      : [
          finding(
            'error',
            'nothing_allowed',
            `${path}.${what}`,
            `no ${what.slice(0, -1)} is left: the section can permit nothing`,
            'allow one, or take the section out',
          ),
        ];
  return [
    ...none('purposes', openPurposes(conditions.purposes)),
    ...none('offences', openOffences(vocabulary, conditions.offences)),
  ];
}

function retired({ path, conditions: { offences } }: Section, vocabulary: Vocabulary): LintFinding[] {
  if (offences.allow === 'all') return [];
  return offences.allow.flatMap((id, place) =>
    vocabulary.offences.get(id)?.retired === true
      ? [
          finding(
            'warning',
            'offence_retired',
            `${path}.offences.allow[${place}]`,
            `\`${id}\` was dropped by a later edition: no request with it is permitted`,
            'name the code that is charged today',
          ),
        ]
      : [],
  );
}

/** Whether a clause that lists nothing, or all that is open, leaves no way past it. */
function covers(listed: readonly string[] | undefined, open: Iterable<string>): boolean {
  return listed === undefined || [...open].every((each) => listed.includes(each));
}

/** A clause that forbids every way into a section makes the section dead. */
function forbiddenSection({ side, kind, path, conditions }: Section, forbid: readonly ForbidClause[]): LintFinding[] {
  return forbid.flatMap(({ name, sides, when }, place) => {
    const { kinds, purposes, ...others } = when;
    if (!sides.includes(side) || Object.keys(others).length > 0) return [];
    if (!covers(kinds, [kind]) || !covers(purposes, openPurposes(conditions.purposes))) return [];
    const message = `everything that \`${path}\` allows is forbidden by \`${name}\``;
    const remedy = `narrow the clause, or take \`${path}\` out`;
    return [finding('error', 'section_forbidden', `forbid[${place}]`, message, remedy)];
  });
}

function forbidsNothing({ sides, when, source }: ForbidClause, path: string, rule: Rule): LintFinding[] {
  // A clause that cites law is a safeguard: it holds whatever later versions allow.
  if (source !== undefined) return [];
  const sections = sectionsOf(rule).filter(({ side }) => sides.includes(side));
  const { kinds, purposes } = when;
  const reached = sections.filter(
    (section) =>
      (kinds === undefined || kinds.includes(section.kind)) &&
      (purposes === undefined ||
        [...openPurposes(section.conditions.purposes)].some((each) => purposes.includes(each))),
  );
  if (reached.length > 0) return [];
  const message = 'it forbids nothing that the rule would otherwise allow';
  return [
    finding('note', 'forbids_nothing', path, message, 'keep it as a safeguard for later versions, or take it out'),
  ];
}

function caseNumbers({ side, path, conditions }: Section, forbid: readonly ForbidClause[]): LintFinding[] {
  const forbidden = forbid.flatMap(({ sides, when }) =>
    sides.includes(side) && Object.keys(when).join() === 'case_numbers' ? (when.case_numbers ?? []) : [],
  );
  return conditions.case_number.patterns.flatMap((pattern, place) =>
    forbidden.includes(pattern)
      ? [
          finding(
            'error',
            'case_number_forbidden',
            `${path}.case_number.patterns[${place}]`,
            `case numbers of the form \`${pattern}\` are asked for and forbidden`,
            'name the form in one of the two places only',
          ),
        ]
      : [],
  );
}

/** Who receives, against what the data may be used for. */
function receivers({ path, release }: Section, vocabulary: Vocabulary): LintFinding[] {
  if (release === undefined) return [];
  const prohibited = release.require.some(
    (each) => each.protection === 'immigration-use' && 'at_least' in each && each.at_least !== 'unrestricted',
  );
  const open = openPurposes(release.purposes);
  return [
    ...(release.beneficiary.allow === 'declared'
      ? [
          finding(
            'error',
            'beneficiary_unchecked',
            `${path}.beneficiary`,
            'reads are given on behalf of bodies of which nothing is attested',
            'say `meets-same` or `none`',
          ),
        ]
      : []),
    ...release.recipients.flatMap(({ classes, purposes }, place) => {
      const at = `${path}.recipients[${place}]`;
      const immigration = classes.filter((id) => vocabulary.agencyClasses.get(id)?.immigration === true);
      return [
        ...(purposes !== undefined && !purposes.some((each) => open.has(each))
          ? [
              finding(
                'warning',
                'recipient_unreachable',
                `${at}.purposes`,
                'the section allows none of these purposes, so that nobody receives by this entry',
                'allow one of them in `purposes`, or take the entry out',
              ),
            ]
          : []),
        ...(prohibited && immigration.length > 0
          ? [
              finding(
                'error',
                'recipient_contradicts',
                `${at}.classes`,
                'an agency that enforces immigration law is named, and immigration use is to be excluded',
                `take \`${immigration.join('`, `')}\` out`,
              ),
            ]
          : []),
      ];
    }),
  ];
}
