import { isInstant, type JsonObject } from '#protocol';
import {
  NAME,
  SCOPE_OF_KIND,
  exceptionsOf,
  forbidClause,
  named,
  softened,
  softenedAsk,
  trigger,
  type Shapes,
} from './clause-shapes.js';
import {
  ENTITY,
  MAX_FEW,
  SOURCE,
  beneficiaryOf,
  codeShapes,
  has,
  personShapes,
  queryShapes,
  receiverShapes,
  scopeWith,
  type Define,
} from './condition-shapes.js';
import type { AskConditions, AskTier, ReleaseConditions, ReleaseTier, ScopeLimits } from './conditions.js';
import { PATTERN_KINDS, QUERY_KINDS, RULE_SCHEMA, type QueryKind, type Rule } from './rule.js';
import {
  integerFrom,
  lineOf,
  listOf,
  objectOf,
  oneOf,
  optional,
  refined,
  someOf,
  type MemberShapes,
  type Shape,
} from './shape.js';
import type { Vocabulary } from './vocabulary.js';

// As `isInstant` reads it but for the calendar, which a pattern cannot know.
const INSTANT_PATTERN = '^\\d{4}-[01]\\d-[0-3]\\dT[0-2]\\d:[0-5]\\d:[0-5]\\d(\\.\\d{1,3})?(Z|[+-][01]\\d:[0-5]\\d)$';
const INSTANT: Shape<string> = {
  read: (reader, value, path) => {
    if (!isInstant(value)) reader.problem(path, 'an instant with its offset is expected');
  },
  schema: { type: 'string', pattern: INSTANT_PATTERN },
};

/** The shape of a rule in the words of `vocabulary`, and the definitions that its schema refers to. */
export function ruleShape(vocabulary: Vocabulary): { readonly rule: Shape<Rule>; readonly definitions: JsonObject } {
  const definitions: JsonObject = {};
  const define: Define = (name, shape) => {
    definitions[name] = shape.schema;
    return { read: shape.read, schema: { $ref: `#/$defs/${name}` } };
  };
  const codes = codeShapes(vocabulary, define);
  const shapes = {
    ...queryShapes(codes, define),
    ...personShapes(define),
    ...receiverShapes(vocabulary, codes, define),
    codes,
  };
  const kinds = kindShapes(shapes, define);
  const rule = objectOf<Rule>({
    schema: oneOf([RULE_SCHEMA]),
    owner: ENTITY,
    version: integerFrom(1, 1_000_000),
    vocabulary: oneOf([vocabulary.digest]),
    title: lineOf(200),
    effective_from: INSTANT,
    effective_until: optional(INSTANT),
    forbid: optional(named(listOf(forbidClause(shapes), MAX_FEW))),
    release: optional(someOf(perKind(kinds.release))),
    ask: optional(someOf(perKind(kinds.ask))),
  });
  const complete = refined(
    rule,
    (reader, value, path) => {
      if (!has(value, 'release') && !has(value, 'ask')) reader.problem(path, 'neither `release` nor `ask`');
    },
    { anyOf: [{ required: ['release'] }, { required: ['ask'] }] },
  );
  return { rule: complete, definitions };
}

function perKind<T>(shape: (kind: QueryKind) => Shape<T>): MemberShapes<{ readonly [K in QueryKind]?: T }> {
  const entries = QUERY_KINDS.map((kind) => [kind, optional(shape(kind))] as const);
  return Object.fromEntries(entries) as unknown as MemberShapes<{ readonly [K in QueryKind]?: T }>;
}

function kindShapes(shapes: Shapes, define: Define) {
  const { purposes, offences, officer, caseNumber, approval, budgets } = shapes;
  const both = { purposes, offences, approval, officer, case_number: caseNumber };
  const tier = { ...both, scope: scopeWith<ScopeLimits>([]) };
  const optionalTier = {
    name: NAME,
    when: define('tier-trigger', trigger(shapes)),
    source: SOURCE,
    purposes: optional(tier.purposes),
    offences: optional(tier.offences),
    approval: optional(tier.approval),
    officer: optional(tier.officer),
    case_number: optional(tier.case_number),
    scope: optional(tier.scope),
  };
  const askTier = objectOf<AskTier>({ ...optionalTier, legal_process: optional(shapes.statedProcess) });
  const releaseTier = objectOf<ReleaseTier>({
    ...optionalTier,
    legal_process: optional(shapes.legalProcess),
    require: optional(shapes.require),
    recipients: optional(shapes.recipients),
    declarations: optional(shapes.declarations),
    witnesses: optional(shapes.witnesses),
  });
  const askTiers = define('ask-tiers', named(listOf(askTier, MAX_FEW)));
  const releaseTiers = define('release-tiers', named(listOf(releaseTier, MAX_FEW)));
  const perKindMembers = (kind: QueryKind) => ({
    ...both,
    scope: scopeWith<AskConditions['scope']>(SCOPE_OF_KIND[kind]),
    budgets: optional(budgets),
    hot_list: optional(shapes.hotList),
  });
  return {
    ask: (kind: QueryKind) =>
      ofKind(
        kind,
        objectOf<AskConditions>({
          ...perKindMembers(kind),
          exceptions: optional(exceptionsOf(softenedAsk(shapes, kind), shapes)),
          beneficiary: beneficiaryOf(['none', 'declared']),
          legal_process: shapes.statedProcess,
          tiers: optional(askTiers),
        }),
      ),
    release: (kind: QueryKind) =>
      ofKind(
        kind,
        objectOf<ReleaseConditions>({
          ...perKindMembers(kind),
          exceptions: optional(exceptionsOf(softened(shapes, kind), shapes)),
          beneficiary: beneficiaryOf(['none', 'meets-same']),
          legal_process: shapes.legalProcess,
          require: shapes.require,
          recipients: shapes.recipients,
          fields: shapes.codes.fields,
          obligations: shapes.obligations,
          declarations: optional(shapes.declarations),
          cameras: optional(shapes.cameras),
          coarsen: optional(shapes.coarsen),
          witnesses: optional(shapes.witnesses),
          tiers: optional(releaseTiers),
        }),
      ),
  };
}

/** What holds for one kind alone: a pattern search needs a warrant and knows no exception; only an alert has a list. */
function ofKind<T>(kind: QueryKind, shape: Shape<T>): Shape<T> {
  const alert = kind === 'hot_list_alert';
  const listed = refined(
    shape,
    (reader, value, path) => {
      if (has(value, 'hot_list') !== alert) {
        reader.problem(`${path}.hot_list`, alert ? 'is missing' : 'belongs to `hot_list_alert` alone');
      }
    },
    { allOf: [alert ? { required: ['hot_list'] } : { not: { required: ['hot_list'] } }] },
  );
  if (!PATTERN_KINDS.includes(kind)) return listed;
  const warrant = { type: 'object', required: ['at_least'], properties: { at_least: { const: 'warrant' } } };
  return refined(
    listed,
    (reader, value, path) => {
      const process = has(value, 'legal_process') ? value['legal_process'] : undefined;
      if (process === undefined || !has(process, 'at_least') || process['at_least'] !== 'warrant') {
        reader.problem(`${path}.legal_process`, 'a pattern search needs a warrant');
      }
      if (has(value, 'exceptions')) reader.problem(`${path}.exceptions`, 'a pattern search knows no exception');
    },
    {
      allOf: [
        { not: { required: ['hot_list'] } },
        { not: { required: ['exceptions'] } },
        { properties: { legal_process: warrant } },
      ],
    },
  );
}
