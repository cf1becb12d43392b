// Long because it is one list: a shape for every condition of a rule, in the order of `conditions.ts`.
import { isJsonObject, type JsonObject, type JsonValue } from '#protocol';
import { CASE_NUMBER_FORM } from './case-number.js';
import type { CoarseningCondition } from './coarsening.js';
import type {
  ApprovalCondition,
  BeneficiaryCondition,
  BudgetCondition,
  CameraCondition,
  CaseNumberCondition,
  DeclarationCondition,
  HotListCondition,
  LegalProcessCondition,
  ObligationCondition,
  OffenceCondition,
  OfficerCondition,
  PurposeCondition,
  RecipientCondition,
  Requirement,
  ScopeLimits,
  WitnessCondition,
} from './conditions.js';
import { ENTITY_ID, MAX_ENTITY_ID } from './entity-id.js';
import { RECALL_HOLD_BASES, type RecallHoldCondition } from './recall-hold.js';
import type { Protection } from './scale.js';
import {
  TRUE,
  either,
  integerFrom,
  lineOf,
  listOf,
  matching,
  numberFrom,
  objectOf,
  oneOf,
  optional,
  refined,
  setOf,
  type Shape,
} from './shape.js';
import { quoted } from './strict-reader.js';
import type { Vocabulary } from './vocabulary.js';

const MAX_LIST = 200;
export const MAX_FEW = 20;
/** Ten years. */
const MAX_HOURS = 24 * 366 * 10;
const MAX_RECALL_HOLD_DAYS = 3_660;

export const ENTITY = matching(ENTITY_ID, 'an entity id', MAX_ENTITY_ID);
export const SOURCE = optional(lineOf(300));
export const HOURS = integerFrom(1, MAX_HOURS);
/** No crossroads is smaller and no continent larger. */
export const SQUARE_KM = numberFrom(0.0001, 50_000_000);
export const AREAS = integerFrom(1, 100);
export const PLATES = integerFrom(1, 1000);
export const FAN_OUT = integerFrom(1, 10_000);
export const AGENCIES = setOf(ENTITY, MAX_LIST);
const OWN_OR_ENTITY = new RegExp(`^own$|${ENTITY_ID.source}`);
export const JURISDICTIONS = setOf(matching(OWN_OR_ENTITY, '`own` or an entity id', MAX_ENTITY_ID), MAX_LIST);
const FORM = 'a form of case numbers, # for a digit and @ for a letter,';
export const CASE_NUMBER_FORMS = setOf(matching(CASE_NUMBER_FORM, FORM, 32), MAX_FEW);
const DIGEST = matching(/^[A-Za-z0-9_-]{43}$/, 'a digest', 43);
const ROLES = setOf(matching(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'a role', 64), MAX_FEW);
const ACR = setOf(matching(/^[A-Za-z0-9._:/-]{1,128}$/, 'an authentication context class', 128), MAX_FEW);

/** Keeps a shape under a name in the published schema, where it is referred to instead of repeated. */
export type Define = <T>(name: string, shape: Shape<T>) => Shape<T>;

export function has(value: JsonValue, member: string): value is JsonObject {
  return isJsonObject(value) && Object.hasOwn(value, member);
}

/** The closed lists of one vocabulary. */
export function codeShapes(vocabulary: Vocabulary, define: Define) {
  const codes = (name: string, list: ReadonlyMap<string, unknown>) =>
    define(`${name}-codes`, setOf(oneOf(list.keys()), MAX_LIST));
  return {
    purposes: codes('purpose', vocabulary.purposes),
    offences: codes('offence', vocabulary.offences),
    classes: codes('agency-class', vocabulary.agencyClasses),
    exceptions: codes('exception', vocabulary.exceptions),
    claimed: oneOf([...vocabulary.exceptions.keys()].filter((id) => id !== 'none')),
    cameraOwners: codes('camera-owner-class', vocabulary.cameraOwnerClasses),
    hotListSources: codes('hot-list-source', vocabulary.hotListSources),
    fields: codes('read-field', vocabulary.readFields),
    bases: codes('basis', vocabulary.bases),
    processClass: define('legal-process-class', oneOf(vocabulary.legalProcess.keys())),
    declaration: define('declaration-code', oneOf(vocabulary.declarations.keys())),
  };
}

type CodeShapes = ReturnType<typeof codeShapes>;

/** What is asked for, on which ground, and how far. */
export function queryShapes(codes: CodeShapes, define: Define) {
  const details = {
    signed_by: optional(oneOf(['court'] as const)),
    outside_warrant: optional(oneOf(['narrow'] as const)),
    source: SOURCE,
  };
  const stated = objectOf<Extract<LegalProcessCondition, { at_least: string }>>({
    at_least: codes.processClass,
    ...details,
  });
  const owners = objectOf<Extract<LegalProcessCondition, { as_strict_as_mine: true }>>({
    as_strict_as_mine: TRUE,
    ...details,
  });
  return {
    purposes: define(
      'purposes',
      objectOf<PurposeCondition>({ allow: codes.purposes, deny: optional(codes.purposes), source: SOURCE }),
    ),
    offences: define(
      'offences',
      objectOf<OffenceCondition>({
        allow: either((value) => typeof value === 'string', oneOf(['all'] as const), codes.offences),
        deny: optional(codes.offences),
        source: SOURCE,
      }),
    ),
    /** On the asking side there is no owner whose law could be as strict. */
    statedProcess: define<LegalProcessCondition>('stated-legal-process', stated),
    legalProcess: define<LegalProcessCondition>(
      'legal-process',
      either((value) => has(value, 'as_strict_as_mine'), owners, stated),
    ),
    hotList: objectOf<HotListCondition>({
      sources: codes.hotListSources,
      max_list_age_hours: HOURS,
      source: SOURCE,
    }),
  };
}

const SCOPE = objectOf<ScopeLimits>({
  max_window_hours: optional(HOURS),
  max_plates: optional(PLATES),
  max_fan_out: optional(FAN_OUT),
  max_data_age_hours: optional(HOURS),
  max_area_km2: optional(SQUARE_KM),
  max_areas: optional(AREAS),
  min_characters: optional(integerFrom(1, 16)),
  source: SOURCE,
});

/** Limits of which some must be stated, so that no query is ever boundless. */
export function scopeWith<T extends ScopeLimits>(needs: readonly (keyof ScopeLimits)[]): Shape<T> {
  const missing = needs.length === 0 ? {} : { required: [...needs] };
  const shape = refined(
    SCOPE,
    (reader, value, path) => {
      for (const need of needs) if (!has(value, need)) reader.problem(`${path}.${need}`, 'is missing');
    },
    missing,
  );
  return shape as Shape<T>;
}

/** Who asks, who approves, for which case, and how often. */
export function personShapes(define: Define) {
  return {
    approval: define(
      'approval',
      objectOf<ApprovalCondition>({
        by: oneOf(['supervisor'] as const),
        roles: optional(ROLES),
        source: SOURCE,
      }),
    ),
    officer: define('officer', objectOf<OfficerCondition>({ acr: ACR, roles: optional(ROLES), source: SOURCE })),
    caseNumber: define(
      'case-number',
      objectOf<CaseNumberCondition>({ patterns: CASE_NUMBER_FORMS, active: optional(TRUE), source: SOURCE }),
    ),
    budgets: define(
      'budgets',
      listOf(
        objectOf<BudgetCondition>({
          per: oneOf(['officer', 'case', 'plate', 'agency'] as const),
          counted: oneOf(['requests', 'plates', 'exceptions'] as const),
          hours: HOURS,
          at_most: integerFrom(1, 1_000_000),
          source: SOURCE,
        }),
        MAX_FEW,
      ),
    ),
  };
}

export function beneficiaryOf(allow: readonly BeneficiaryCondition['allow'][]): Shape<BeneficiaryCondition> {
  return objectOf<BeneficiaryCondition>({ allow: oneOf(allow), source: SOURCE });
}

/** Who receives, and what binds them. */
export function receiverShapes(vocabulary: Vocabulary, codes: CodeShapes, define: Define) {
  const declarations = define(
    'declarations',
    listOf(
      objectOf<DeclarationCondition>({
        declaration: codes.declaration,
        wording: optional(DIGEST),
        sworn: optional(TRUE),
        max_age_hours: optional(HOURS),
        source: SOURCE,
      }),
      MAX_FEW,
    ),
  );
  return {
    declarations,
    require: define('require', requirements(vocabulary, codes)),
    recipients: define(
      'recipients',
      listOf(
        objectOf<RecipientCondition>({
          classes: codes.classes,
          jurisdictions: optional(JURISDICTIONS),
          agencies: optional(AGENCIES),
          purposes: optional(codes.purposes),
          legal_process: optional(objectOf<{ readonly at_least: string }>({ at_least: codes.processClass })),
          declarations: optional(declarations),
          source: SOURCE,
        }),
        MAX_FEW,
      ),
    ),
    cameras: objectOf<CameraCondition>({ owner_classes: codes.cameraOwners, source: SOURCE }),
    coarsen: coarsening(),
    witnesses: objectOf<WitnessCondition>({ at_least: integerFrom(1, 16), source: SOURCE }),
    obligations: define(
      'obligations',
      objectOf<ObligationCondition>({
        retention_seconds: integerFrom(1, MAX_HOURS * 3600),
        purpose: oneOf(['named_case_only'] as const),
        onward_transfer: oneOf(['refused_without_new_request'] as const),
        recall_holds: optional(
          objectOf<RecallHoldCondition>({
            bases: setOf(oneOf(RECALL_HOLD_BASES), RECALL_HOLD_BASES.length),
            max_days: integerFrom(1, MAX_RECALL_HOLD_DAYS),
            source: SOURCE,
          }),
        ),
        source: SOURCE,
      }),
    ),
  };
}

/** A square of ten metres hides nothing, and a day is as coarse as a time can be and still be one. */
function coarsening(): Shape<CoarseningCondition> {
  return refined(
    objectOf<CoarseningCondition>({
      place_metres: optional(integerFrom(10, 100_000)),
      time_seconds: optional(integerFrom(60, 86_400)),
      source: SOURCE,
    }),
    (reader, value, path) => {
      if (!has(value, 'place_metres') && !has(value, 'time_seconds')) {
        reader.problem(path, 'neither `place_metres` nor `time_seconds`');
      }
    },
    { anyOf: [{ required: ['place_metres'] }, { required: ['time_seconds'] }] },
  );
}

/** At least one: data without any protection crosses no border. One entry a protection, with that protection's levels. */
function requirements(vocabulary: Vocabulary, codes: CodeShapes): Shape<readonly Requirement[]> {
  const protections = [...vocabulary.protections.values()];
  const anyOf = protections.map((protection) => requirementOf(protection, codes));
  const byProtection = new Map(protections.map(({ id }, index) => [id, anyOf[index]]));
  const entry: Shape<Requirement> = {
    read: (reader, value, path) => {
      const id = has(value, 'protection') ? reader.code(value['protection'], `${path}.protection`, byProtection) : '';
      if (!has(value, 'protection')) reader.problem(`${path}.protection`, 'is missing');
      byProtection.get(id)?.read(reader, value, path);
    },
    schema: { anyOf: anyOf.map(({ schema }) => schema) },
  };
  const once = protections.map(({ id }) => ({
    contains: { type: 'object', properties: { protection: { const: id } }, required: ['protection'] },
    minContains: 0,
    maxContains: 1,
  }));
  return refined(
    listOf(entry, MAX_LIST),
    (reader, value, path) => {
      const seen = new Set<JsonValue | undefined>();
      for (const [index, each] of (value as readonly JsonObject[]).entries()) {
        const { protection } = each;
        if (seen.has(protection)) reader.problem(`${path}[${index}]`, `${quoted(protection)} is required twice`);
        seen.add(protection);
      }
    },
    { allOf: once },
  );
}

function requirementOf({ id, levels }: Protection, codes: CodeShapes): Shape<Requirement> {
  const about = { protection: oneOf([id]), basis: codes.bases, self_issued: optional(TRUE), source: SOURCE };
  const level = oneOf(levels.map((each) => each.id));
  return either(
    (value) => has(value, 'as_strict_as_mine'),
    objectOf<Extract<Requirement, { as_strict_as_mine: true }>>({ ...about, as_strict_as_mine: TRUE }),
    objectOf<Extract<Requirement, { at_least: string }>>({ ...about, at_least: level }),
  );
}
