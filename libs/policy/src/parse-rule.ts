import { canonicalJson, isInstant, parseStrictJson, type JsonObject, type JsonValue } from '#protocol';
import { isCaseNumberPattern } from './case-number.js';
import { isEntityId } from './entity-id.js';
import { PolicyError } from './policy-error.js';
import { RULE_SCHEMA, type Rule } from './rule.js';
import { StrictReader } from './strict-reader.js';
import { vocabularyByDigest, type Vocabulary } from './vocabulary.js';

const MAX_BYTES = 64 * 1024;
const LIMITS = { maxDepth: 10, maxValues: 4000 };
const MAX_LIST = 200;
const MAX_SECONDS = 10 * 366 * 24 * 60 * 60;
const ACR = /^[A-Za-z0-9._:/-]{1,128}$/;
const ROLE = /^[a-z0-9][a-z0-9._-]{0,63}$/;
/** What the token that carries a rule adds to it. */
const ENVELOPE = ['iss', 'iat', 'jti'];

/**
 * Reads a rule. Unknown members, unknown ids, repetitions, wrong types, empty lists and documents beyond the limits
 * (64 KiB, depth 10, 4,000 values: P24) are refused, and the error lists all of them with their places. What comes back is
 * frozen and has exactly the members of the document.
 *
 * @throws PolicyError `rule_malformed`
 */
export function parseRule(document: JsonValue): Rule {
  const reader = new StrictReader();
  if (reader.withinLimits(document, LIMITS)) {
    if (canonicalJson(document).length > MAX_BYTES) reader.problem('document', `larger than ${MAX_BYTES} bytes`);
    else readRule(reader, document);
  }
  if (reader.problems.length > 0) throw new PolicyError('rule_malformed', reader.problems);
  // Every member has been looked at by name and none is unknown, so the document is the rule: its digest is the digest of
  // what was signed. The copy is taken because the caller may still hold the document.
  return deepFreeze(structuredClone(document)) as unknown as Rule;
}

/** As `parseRule`, from JSON text; duplicate members and what else strict JSON forbids are refused. */
export function parseRuleText(text: string | Uint8Array): Rule {
  let document: JsonValue;
  try {
    document = parseStrictJson(text, { maxBytes: MAX_BYTES, maxDepth: LIMITS.maxDepth });
  } catch (cause) {
    throw new PolicyError('rule_malformed', [{ path: 'document', message: 'not acceptable JSON' }], { cause });
  }
  return parseRule(document);
}

/**
 * The rule out of the verified claims of a `comity-rule+jwt`: `iss`, `iat` and `jti` belong to the token, and the owner
 * has to be the issuer, so that nobody publishes a rule for somebody else.
 */
export function ruleFromClaims(claims: JsonObject): Rule {
  const rule = parseRule(Object.fromEntries(Object.entries(claims).filter(([name]) => !ENVELOPE.includes(name))));
  if (claims['iss'] !== rule.owner) {
    throw new PolicyError('rule_malformed', [{ path: 'owner', message: 'is not the issuer of the token' }]);
  }
  return rule;
}

function readRule(reader: StrictReader, document: JsonValue): void {
  const rule = reader.object(
    document,
    'rule',
    ['schema', 'owner', 'version', 'vocabulary', 'title', 'effective_from'],
    ['release', 'ask'],
  );
  reader.code(rule['schema'], 'schema', new Set([RULE_SCHEMA]));
  reader.code(rule['owner'], 'owner', { has: isEntityId });
  reader.integer(rule['version'], 'version', 1, 1_000_000);
  reader.line(rule['title'], 'title', 200);
  if (rule['effective_from'] !== undefined && !isInstant(rule['effective_from'])) {
    reader.problem('effective_from', 'an instant with its offset is expected');
  }
  if (rule['release'] === undefined && rule['ask'] === undefined) reader.problem('rule', 'neither `release` nor `ask`');
  const vocabulary = typeof rule['vocabulary'] === 'string' ? vocabularyByDigest(rule['vocabulary']) : undefined;
  if (!vocabulary) {
    if (rule['vocabulary'] !== undefined) reader.problem('vocabulary', 'not the digest of a known vocabulary');
    return;
  }
  const conditions = new ConditionReader(reader, vocabulary);
  if (rule['release'] !== undefined) {
    const kinds = reader.object(rule['release'], 'release', ['plate_history'], []);
    conditions.release(kinds['plate_history'], 'release.plate_history');
  }
  if (rule['ask'] !== undefined) {
    const kinds = reader.object(rule['ask'], 'ask', ['plate_history'], []);
    conditions.ask(kinds['plate_history'], 'ask.plate_history');
  }
}

const ASK_MEMBERS = [
  'purposes',
  'offences',
  'beneficiary',
  'legal_process',
  'approval',
  'officer',
  'case_number',
  'scope',
] as const;
const RELEASE_MEMBERS = [...ASK_MEMBERS, 'require', 'recipients', 'fields', 'obligations'] as const;

class ConditionReader {
  constructor(
    private readonly reader: StrictReader,
    private readonly vocabulary: Vocabulary,
  ) {}

  release(value: JsonValue | undefined, path: string): void {
    if (value === undefined) return;
    const conditions = this.reader.object(value, path, RELEASE_MEMBERS, ['exceptions']);
    this.forBothSides(conditions, path, new Set(['none', 'meets-same']));
    this.requirements(conditions['require'], `${path}.require`);
    const recipients = this.condition(conditions['recipients'], `${path}.recipients`, ['classes']);
    this.codes(recipients['classes'], `${path}.recipients.classes`, this.vocabulary.agencyClasses);
    this.codes(conditions['fields'], `${path}.fields`, this.vocabulary.readFields);
    this.obligations(conditions['obligations'], `${path}.obligations`);
  }

  ask(value: JsonValue | undefined, path: string): void {
    if (value === undefined) return;
    const conditions = this.reader.object(value, path, ASK_MEMBERS, ['exceptions']);
    this.forBothSides(conditions, path, new Set(['none', 'declared']));
  }

  private forBothSides(conditions: JsonObject, path: string, beneficiaries: ReadonlySet<string>): void {
    const { reader, vocabulary } = this;
    this.allowDeny(conditions['purposes'], `${path}.purposes`, vocabulary.purposes);
    this.offences(conditions['offences'], `${path}.offences`);
    if (conditions['exceptions'] !== undefined) {
      const exceptions = this.condition(conditions['exceptions'], `${path}.exceptions`, ['allow']);
      this.codes(exceptions['allow'], `${path}.exceptions.allow`, vocabulary.exceptions);
    }
    const beneficiary = this.condition(conditions['beneficiary'], `${path}.beneficiary`, ['allow']);
    reader.code(beneficiary['allow'], `${path}.beneficiary.allow`, beneficiaries);
    const process = this.condition(conditions['legal_process'], `${path}.legal_process`, ['at_least']);
    reader.code(process['at_least'], `${path}.legal_process.at_least`, vocabulary.legalProcess);
    const approval = this.condition(conditions['approval'], `${path}.approval`, ['by']);
    reader.code(approval['by'], `${path}.approval.by`, new Set(['supervisor']));
    this.officer(conditions['officer'], `${path}.officer`);
    const caseNumber = this.condition(conditions['case_number'], `${path}.case_number`, ['patterns']);
    reader.distinct(caseNumber['patterns'], `${path}.case_number.patterns`, 20, (entry, at) =>
      reader.code(entry, at, { has: isCaseNumberPattern }),
    );
    this.scope(conditions['scope'], `${path}.scope`);
  }

  /** One condition: its own members, and perhaps the law behind it. */
  private condition(
    value: JsonValue | undefined,
    path: string,
    required: readonly string[],
    optional: readonly string[] = [],
  ): JsonObject {
    if (value === undefined) return {};
    const condition = this.reader.object(value, path, required, [...optional, 'source']);
    this.reader.line(condition['source'], `${path}.source`, 300);
    return condition;
  }

  private codes(value: JsonValue | undefined, path: string, allowed: { has(id: string): boolean }): readonly string[] {
    return this.reader.distinct(value, path, MAX_LIST, (entry, at) => this.reader.code(entry, at, allowed));
  }

  private allowDeny(value: JsonValue | undefined, path: string, allowed: { has(id: string): boolean }): void {
    const condition = this.condition(value, path, ['allow'], ['deny']);
    this.codes(condition['allow'], `${path}.allow`, allowed);
    this.codes(condition['deny'], `${path}.deny`, allowed);
  }

  private offences(value: JsonValue | undefined, path: string): void {
    const condition = this.condition(value, path, ['allow'], ['deny']);
    if (condition['allow'] !== 'all') this.codes(condition['allow'], `${path}.allow`, this.vocabulary.offences);
    this.codes(condition['deny'], `${path}.deny`, this.vocabulary.offences);
  }

  private officer(value: JsonValue | undefined, path: string): void {
    const { reader } = this;
    const officer = this.condition(value, path, ['acr'], ['roles']);
    reader.distinct(officer['acr'], `${path}.acr`, 20, (entry, at) =>
      reader.matching(entry, at, ACR, 'an authentication context class'),
    );
    reader.distinct(officer['roles'], `${path}.roles`, 20, (entry, at) => reader.matching(entry, at, ROLE, 'a role'));
  }

  private scope(value: JsonValue | undefined, path: string): void {
    const { reader } = this;
    const scope = this.condition(value, path, ['max_window_hours', 'max_plates'], ['max_fan_out']);
    reader.integer(scope['max_window_hours'], `${path}.max_window_hours`, 1, 24 * 366);
    reader.integer(scope['max_plates'], `${path}.max_plates`, 1, 1000);
    reader.integer(scope['max_fan_out'], `${path}.max_fan_out`, 1, 10_000);
  }

  /** At least one requirement: data without any protection crosses no border. One entry a protection. */
  private requirements(value: JsonValue | undefined, path: string): void {
    const { reader, vocabulary } = this;
    const seen = new Set<string>();
    for (const [index, entry] of reader.list(value, path, 1, MAX_LIST).entries()) {
      const at = `${path}[${index}]`;
      const optional = ['at_least', 'as_strict_as_mine', 'self_issued'];
      const requirement = this.condition(entry, at, ['protection', 'basis'], optional);
      const protection = reader.code(requirement['protection'], `${at}.protection`, vocabulary.protections);
      if (protection !== '' && seen.has(protection)) reader.problem(at, `\`${protection}\` is required twice`);
      seen.add(protection);
      this.codes(requirement['basis'], `${at}.basis`, vocabulary.bases);
      for (const flag of ['as_strict_as_mine', 'self_issued']) {
        if (requirement[flag] !== undefined && requirement[flag] !== true) {
          reader.problem(`${at}.${flag}`, '`true` is expected, or no such member');
        }
      }
      if ((requirement['at_least'] === undefined) === (requirement['as_strict_as_mine'] === undefined)) {
        reader.problem(at, 'either `at_least` or `as_strict_as_mine` is expected');
      }
      const levels = new Set(vocabulary.protections.get(protection)?.levels.map(({ id }) => id));
      if (protection !== '') reader.code(requirement['at_least'], `${at}.at_least`, levels);
    }
  }

  private obligations(value: JsonValue | undefined, path: string): void {
    const { reader } = this;
    const obligations = this.condition(value, path, ['retention_seconds', 'purpose', 'onward_transfer']);
    reader.integer(obligations['retention_seconds'], `${path}.retention_seconds`, 1, MAX_SECONDS);
    reader.code(obligations['purpose'], `${path}.purpose`, new Set(['named_case_only']));
    reader.code(obligations['onward_transfer'], `${path}.onward_transfer`, new Set(['refused_without_new_request']));
  }
}

function deepFreeze(value: JsonValue): JsonValue {
  if (value !== null && typeof value === 'object') {
    for (const member of Object.values(value)) deepFreeze(member);
    Object.freeze(value);
  }
  return value;
}
