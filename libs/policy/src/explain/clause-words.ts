// Long because it holds one sentence for each condition of a rule, in the order of conditions.ts.
import type { CoarseningCondition } from '../coarsening.js';
import type {
  AskConditions,
  AskTier,
  BudgetCondition,
  DeclarationCondition,
  ExceptionCondition,
  ForbidClause,
  LegalProcessCondition,
  ObligationCondition,
  OffenceCondition,
  OfficerCondition,
  PurposeCondition,
  RecipientCondition,
  ReleaseTier,
  Requirement,
  ScopeLimits,
  TierTrigger,
} from '../conditions.js';
import { levelOf, type Vocabulary } from '../vocabulary.js';
import { allOf, anyOf, counted, offenceWords, seconds, sourceOf, span, wordsOf, wordsOfAll } from './plain-words.js';

/** Each function gives sentences without a full stop, in the words that a person who is no lawyer uses. */
export function purposeWords(vocabulary: Vocabulary, { allow, deny = [], source }: PurposeCondition): string[] {
  const left = allow.filter((id) => !deny.includes(id));
  return [
    `only ${anyOf(wordsOfAll(vocabulary.purposes, left))}${sourceOf(source)}`,
    ...(deny.length === 0 ? [] : [`never ${anyOf(wordsOfAll(vocabulary.purposes, deny))}`]),
  ];
}

export function offencePhrases(vocabulary: Vocabulary, { allow, deny = [], source }: OffenceCondition): string[] {
  const allowed =
    allow === 'all'
      ? 'for any offence except immigration offences and `all other offences`'
      : `only for ${offenceWords(
          vocabulary,
          allow.filter((id) => !deny.includes(id)),
        )}`;
  return [
    `${allowed}${sourceOf(source)}`,
    ...(deny.length === 0 ? [] : [`never for ${offenceWords(vocabulary, deny)}`]),
  ];
}

export function requirementWords(vocabulary: Vocabulary, requirement: Requirement): string {
  const { protection, basis, self_issued: self, source } = requirement;
  const question = vocabulary.protections.get(protection)?.question ?? `\`${protection}\``;
  const bases = anyOf(wordsOfAll(vocabulary.bases, basis));
  const word = self === true ? '; its own word about itself counts' : '';
  const answer =
    'at_least' in requirement
      ? `"${levelOf(vocabulary, protection, requirement.at_least)?.text ?? requirement.at_least}", or stricter`
      : 'the same as our own law, or stricter';
  return `${question} ${answer}; by ${bases}${word}${sourceOf(source)}`;
}

export function processWords(vocabulary: Vocabulary, condition: LegalProcessCondition): string {
  const { signed_by: signedBy, outside_warrant: outside, source } = condition;
  const what =
    'at_least' in condition
      ? condition.at_least === 'none'
        ? 'nothing beyond this rule'
        : `${wordsOf(vocabulary.legalProcess, condition.at_least)}, or more`
      : 'whatever our own law would ask of our own officers for data of this age';
  const court = signedBy === undefined ? '' : ', signed by the court itself';
  const narrow = outside === undefined ? '' : '; of a query that is wider than its warrant the part inside is answered';
  return `${what}${court}${narrow}${sourceOf(source)}`;
}

export function scopeWords(limits: ScopeLimits): string[] {
  const words: string[] = [];
  const add = (value: number | undefined, say: (value: number) => string) => {
    if (value !== undefined) words.push(say(value));
  };
  add(limits.max_window_hours, (hours) => `a window of at most ${span(hours)}`);
  add(limits.max_data_age_hours, (hours) => `no read older than ${span(hours)}`);
  add(limits.max_plates, (count) => `at most ${counted(count, 'plate')}`);
  add(limits.max_area_km2, (area) => `an area of at most ${area} km²`);
  add(limits.max_areas, (count) => `at most ${counted(count, 'area')}`);
  add(limits.min_characters, (count) => `at least ${counted(count, 'character')} of the plate known`);
  add(limits.max_fan_out, (count) => `at most ${counted(count, 'agency', 'agencies')} asked at once`);
  return words;
}

export function officerWords({ acr, roles, source }: OfficerCondition): string {
  const role = roles === undefined ? 'an officer' : `a person in the role ${anyOf(roles)}`;
  return `${role}, signed in as strongly as ${anyOf(acr)}${sourceOf(source)}`;
}

export function beneficiaryWords({ allow, source }: AskConditions['beneficiary']): string {
  switch (allow) {
    case 'none':
      return `only for the agency that asks itself, never on behalf of another body${sourceOf(source)}`;
    case 'meets-same':
      return `on behalf of another body only if that body meets all of this too${sourceOf(source)}`;
    case 'declared':
      return `on behalf of another body if that is stated openly${sourceOf(source)}`;
  }
}

export function declarationWords(vocabulary: Vocabulary, condition: DeclarationCondition): string {
  const { declaration, sworn, max_age_hours: age, source } = condition;
  const form = sworn === true ? 'sworn under penalty of perjury' : 'in writing';
  const old = age === undefined ? '' : `, not older than ${span(age)}`;
  return `has declared ${form}${old}: ${wordsOf(vocabulary.declarations, declaration)}${sourceOf(source)}`;
}

export function recipientWords(vocabulary: Vocabulary, recipient: RecipientCondition): string {
  const { classes, jurisdictions, agencies, purposes, legal_process: process, declarations = [], source } = recipient;
  const where =
    jurisdictions === undefined ? '' : ` in ${anyOf(jurisdictions.map((id) => (id === 'own' ? 'our own state' : id)))}`;
  const named = agencies === undefined ? '' : `, namely ${allOf(agencies)}`;
  const only = purposes === undefined ? '' : `, only ${anyOf(wordsOfAll(vocabulary.purposes, purposes))}`;
  const having = process === undefined ? '' : `, with ${wordsOf(vocabulary.legalProcess, process.at_least)} or more`;
  const declared = declarations.map((each) => `, which ${declarationWords(vocabulary, each)}`).join('');
  return `${anyOf(wordsOfAll(vocabulary.agencyClasses, classes))}${where}${named}${only}${having}${declared}${sourceOf(source)}`;
}

export function budgetWords({ per, counted: what, hours, at_most: atMost, source }: BudgetCondition): string {
  const noun = what === 'exceptions' ? 'claimed exception' : what.slice(0, -1);
  return `for one ${per} at most ${counted(atMost, noun)} in ${span(hours)}${sourceOf(source)}`;
}

export function obligationWords(obligations: ObligationCondition): string[] {
  const { retention_seconds: kept, recall_holds: holds, source } = obligations;
  return [
    `deleted after ${seconds(kept)} at the latest, and earlier where the receiver's own law says so${sourceOf(source)}`,
    'used for the named case alone',
    'passed on to nobody; another agency has to ask us',
    ...(holds === undefined
      ? []
      : [
          `what we call back may be kept under a hold for ${anyOf(holds.bases)}, for at most ${counted(holds.max_days, 'day')}${sourceOf(holds.source)}`,
        ]),
  ];
}

export function coarseningWords({ place_metres: metres, time_seconds: kept, source }: CoarseningCondition): string[] {
  return [
    ...(metres === undefined ? [] : [`places no more exactly than ${metres} metres${sourceOf(source)}`]),
    ...(kept === undefined ? [] : [`times no more exactly than ${seconds(kept)}${sourceOf(source)}`]),
  ];
}

export function exceptionWords(vocabulary: Vocabulary, exception: ExceptionCondition): string[] {
  const { exception: id, purposes, instead, afterwards, source } = exception;
  const softened = [
    ...(instead?.offences === undefined ? [] : offencePhrases(vocabulary, instead.offences)),
    ...(instead?.legal_process === undefined ? [] : [`with ${processWords(vocabulary, instead.legal_process)}`]),
    ...(instead?.scope === undefined ? [] : scopeWords(instead.scope)),
    ...(instead?.recipients ?? []).map((each) => `to ${recipientWords(vocabulary, each)}`),
    ...(instead?.declarations ?? []).map((each) => `to an agency that ${declarationWords(vocabulary, each)}`),
  ];
  const late = afterwards.approve_within_hours;
  return [
    `in case of ${wordsOf(vocabulary.exceptions, id)}, and only ${anyOf(wordsOfAll(vocabulary.purposes, purposes))}${sourceOf(source)}`,
    ...(softened.length === 0 ? [] : [`  instead: ${softened.join('; ')}`]),
    ...(late === undefined ? [] : [`  the supervisor's approval may follow within ${span(late)}`]),
    `  a report follows within ${span(afterwards.report_within_hours)}`,
  ];
}

export function triggerWords(vocabulary: Vocabulary, when: TierTrigger): string {
  const words: string[] = [];
  const add = <T>(value: T | undefined, say: (value: T) => string) => {
    if (value !== undefined) words.push(say(value));
  };
  add(when.data_older_than_hours, (hours) => `reads are older than ${span(hours)}`);
  add(when.window_over_hours, (hours) => `the window is longer than ${span(hours)}`);
  add(when.area_over_km2, (area) => `the area is larger than ${area} km²`);
  add(when.areas_over, (count) => `there are more than ${counted(count, 'area')}`);
  add(when.plates_over, (count) => `there are more than ${counted(count, 'plate')}`);
  add(when.fan_out_over, (count) => `more than ${counted(count, 'agency', 'agencies')} are asked`);
  add(when.purposes, (ids) => `the purpose is ${anyOf(wordsOfAll(vocabulary.purposes, ids))}`);
  add(when.offences, (ids) => `the offence is ${offenceWords(vocabulary, ids)}`);
  add(
    when.camera_owner_classes,
    (ids) => `the camera belongs to ${anyOf(wordsOfAll(vocabulary.cameraOwnerClasses, ids))}`,
  );
  return anyOf(words);
}

export function tierWords(vocabulary: Vocabulary, tier: AskTier | ReleaseTier): string[] {
  const wider: ReleaseTier = tier;
  const more = [
    ...(tier.purposes === undefined ? [] : purposeWords(vocabulary, tier.purposes)),
    ...(tier.offences === undefined ? [] : offencePhrases(vocabulary, tier.offences)),
    ...(tier.legal_process === undefined ? [] : [`with ${processWords(vocabulary, tier.legal_process)}`]),
    ...(tier.approval === undefined
      ? []
      : [`approved by a supervisor in the role ${anyOf(tier.approval.roles ?? ['any'])}`]),
    ...(tier.officer === undefined ? [] : [`asked by ${officerWords(tier.officer)}`]),
    ...(tier.case_number === undefined ? [] : [`a case number of the form ${anyOf(tier.case_number.patterns)}`]),
    ...(tier.scope === undefined ? [] : scopeWords(tier.scope)),
    ...(wider.require ?? []).map((each) => requirementWords(vocabulary, each)),
    ...(wider.recipients ?? []).map((each) => `to ${recipientWords(vocabulary, each)}`),
    ...(wider.declarations ?? []).map((each) => `to an agency that ${declarationWords(vocabulary, each)}`),
    ...(wider.witnesses === undefined
      ? []
      : [`after ${counted(wider.witnesses.at_least, 'witness', 'witnesses')} cosigned the log`]),
  ];
  return [
    `where ${triggerWords(vocabulary, tier.when)}, also${sourceOf(tier.source)}:`,
    ...more.map((each) => `  ${each}`),
  ];
}

export function forbidWords(vocabulary: Vocabulary, { when, sides, source }: ForbidClause): string {
  const words: string[] = [];
  const add = (ids: readonly string[] | undefined, say: (ids: readonly string[]) => string) => {
    if (ids !== undefined) words.push(say(ids));
  };
  add(when.kinds, (ids) => `the question is ${anyOf(wordsOfAll(vocabulary.kinds, ids))}`);
  add(when.purposes, (ids) => `the purpose is ${anyOf(wordsOfAll(vocabulary.purposes, ids))}`);
  add(when.offences, (ids) => `the offence is ${offenceWords(vocabulary, ids)}`);
  add(when.exceptions, (ids) => `the exception is ${anyOf(wordsOfAll(vocabulary.exceptions, ids))}`);
  add(when.classes, (ids) => `asker or beneficiary is ${anyOf(wordsOfAll(vocabulary.agencyClasses, ids))}`);
  add(when.jurisdictions, (ids) => `asker or beneficiary is in ${anyOf(ids)}`);
  add(when.agencies, (ids) => `asker or beneficiary is ${anyOf(ids)}`);
  add(
    when.camera_owner_classes,
    (ids) => `the camera belongs to ${anyOf(wordsOfAll(vocabulary.cameraOwnerClasses, ids))}`,
  );
  add(when.hot_list_sources, (ids) => `the list is ${anyOf(wordsOfAll(vocabulary.hotListSources, ids))}`);
  if (when.onward === true) words.push('another agency received it and told of it');
  add(when.case_numbers, (forms) => `the case number has the form ${anyOf(forms)}`);
  const side = sides.length === 2 ? '' : sides[0] === 'ask' ? ' (of our own officers)' : ' (of others)';
  return `where ${words.join(' and ')}${side}${sourceOf(source)}`;
}
