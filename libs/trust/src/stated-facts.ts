import type { JsonObject, JsonValue } from '#protocol';
import { parseEntityId } from './entity-id.js';
import { readProcessScope, type ProcessScope } from './process-scope.js';
import { StrictClaims } from './strict-claims.js';
import { TrustError } from './trust-error.js';

/**
 * A fact that harms is listed by the superior, and only attested absence improves on it: one that is not stated at all is
 * the worst that it could be, so that leaving it out gains nobody anything.
 */
export type Stated<T> = { readonly stated: true; readonly value: T } | { readonly stated: false };

/** Models of an agreement under 8 U.S.C. 1357(g), as the published federal list and the vocabulary name them. */
export const AGREEMENT_MODELS = [
  'none',
  'warrant-service-officer',
  'jail-enforcement-model',
  'task-force-model',
] as const;
export type AgreementModel = (typeof AGREEMENT_MODELS)[number];

/** A body with access: by its entity id where it is enrolled, else by its name; one that is not enrolled meets nothing. */
export type AccessParty =
  { readonly entityId: string; readonly name: undefined } | { readonly entityId: undefined; readonly name: string };

/** A joint undertaking through which others come to what an agency receives. */
export interface JointAccess {
  readonly name: string;
  readonly parties: readonly AccessParty[];
}

/** Every side door to an agency, as its superior states it (`access`). */
export interface AgencyAccess {
  /** Who controls the agency, where that is not the public body it is part of: private owners among them. */
  readonly controllingBodies: Stated<readonly AccessParty[]>;
  readonly agreement287g: Stated<AgreementModel>;
  readonly taskForces: Stated<readonly JointAccess[]>;
  readonly sharedCentres: Stated<readonly JointAccess[]>;
  /** Log-ins that persons of other bodies use. */
  readonly sharedSignIns: Stated<readonly JointAccess[]>;
}

/** Nothing is stated. */
export const UNSTATED_ACCESS: AgencyAccess = {
  controllingBodies: { stated: false },
  agreement287g: { stated: false },
  taskForces: { stated: false },
  sharedCentres: { stated: false },
  sharedSignIns: { stated: false },
};

/** What an auditor may read: records that match every dimension that is named. */
export interface AuditorScope {
  readonly jurisdictions: readonly string[] | undefined;
  readonly agencies: readonly string[] | undefined;
  /** Pseudonyms. */
  readonly persons: readonly string[] | undefined;
  readonly txns: readonly string[] | undefined;
}

/** What only a superior states about an entity. */
export interface StatedFacts {
  readonly agencyClass: string | undefined;
  /** How well the superior vetted it (openid/federation#271 leaves it to federations to say). */
  readonly assurance: string | undefined;
  readonly access: AgencyAccess;
  /** Of an auditor; one without a scope may read nothing. */
  readonly scope: AuditorScope | undefined;
  /** Of a court or prosecutor; nobody else issues legal process. */
  readonly process: ProcessScope | undefined;
}

const CODE = /^[a-z0-9]+(?:[_-][a-z0-9]+)*$/;
const NAME = /^[^\p{C}\p{Zl}\p{Zp}]{1,200}$/u;
const MAX_PARTIES = 64;
const MAX_SCOPE = 256;

/**
 * Reads what a superior states in the metadata of the entity's type.
 *
 * @throws TrustError `stated_facts_malformed`: a fact that cannot be read could be any, the worst among them, and a superior
 *   that writes it wrong has to hear of it
 */
export function readStatedFacts(stated: JsonObject): StatedFacts {
  const { agency_class: agencyClass, assurance, access, scope, process, role } = stated;
  return {
    agencyClass: agencyClass === undefined ? undefined : readCode(agencyClass, 'agency_class'),
    assurance: assurance === undefined ? undefined : readCode(assurance, 'assurance'),
    access: access === undefined ? UNSTATED_ACCESS : readAccess(access),
    scope: scope === undefined ? undefined : readScope(scope),
    process: process === undefined ? undefined : readProcessScope(process, role),
  };
}

function readCode(value: JsonValue, member: string): string {
  if (typeof value !== 'string' || value.length > 64 || !CODE.test(value)) throw malformed(member);
  return value;
}

function readAccess(value: JsonValue): AgencyAccess {
  const claims = new StrictClaims(value, 'stated_facts_malformed', '`access`');
  const bodies = claims.has('controlling_bodies') ? claims.list('controlling_bodies', MAX_PARTIES) : undefined;
  const model = claims.has('agreement_287g') ? claims.text('agreement_287g') : undefined;
  const joint = (member: string) =>
    claims.has(member) ? said(claims.list(member, MAX_PARTIES).map(readJointAccess)) : UNSAID;
  const access = {
    controllingBodies: bodies ? said(bodies.map(readParty)) : UNSAID,
    agreement287g: model === undefined ? UNSAID : said(readModel(model)),
    taskForces: joint('task_forces'),
    sharedCentres: joint('shared_centres'),
    sharedSignIns: joint('shared_sign_ins'),
  };
  claims.end();
  return access;
}

const UNSAID = { stated: false } as const;

function said<T>(value: T): Stated<T> {
  return { stated: true, value };
}

function readModel(text: string): AgreementModel {
  const model = AGREEMENT_MODELS.find((known) => known === text);
  if (!model) throw malformed('agreement_287g');
  return model;
}

function readJointAccess(value: JsonValue): JointAccess {
  const claims = new StrictClaims(value, 'stated_facts_malformed', 'a joint access');
  const joint = { name: claims.text('name', NAME), parties: claims.list('parties', MAX_PARTIES).map(readParty) };
  claims.end();
  if (joint.parties.length === 0) throw malformed('parties');
  return joint;
}

function readParty(value: JsonValue): AccessParty {
  const claims = new StrictClaims(value, 'stated_facts_malformed', 'a party');
  const party = claims.has('entity_id')
    ? { entityId: parseEntityId(claims.text('entity_id')).id, name: undefined }
    : { entityId: undefined, name: claims.text('name', NAME) };
  claims.end();
  return party;
}

function readScope(value: JsonValue): AuditorScope {
  const claims = new StrictClaims(value, 'stated_facts_malformed', '`scope`');
  const listed = (member: string) => (claims.has(member) ? claims.texts(member, MAX_SCOPE) : undefined);
  const scope = {
    jurisdictions: listed('jurisdictions'),
    agencies: listed('agencies'),
    persons: listed('persons'),
    txns: listed('txns'),
  };
  claims.end();
  return scope;
}

/** Everybody who comes to what an agency receives, and whether that is all of them. */
export interface PartiesWithAccess {
  readonly parties: readonly AccessParty[];
  /** Whether every list was stated; where one was not, anybody may have access. */
  readonly complete: boolean;
}

/** Parity is tested against each of these as well as against the agency itself. */
export function partiesWithAccess(access: AgencyAccess): PartiesWithAccess {
  const joint = [access.taskForces, access.sharedCentres, access.sharedSignIns];
  const controlling = access.controllingBodies;
  return {
    parties: [
      ...(controlling.stated ? controlling.value : []),
      ...joint.flatMap((each) => (each.stated ? each.value.flatMap(({ parties }) => parties) : [])),
    ],
    complete: controlling.stated && joint.every(({ stated }) => stated),
  };
}

/** A record as a scope is held against it; what is not known of it is within no scope that asks for it. */
export interface AuditedRecord {
  readonly jurisdictions: readonly string[];
  readonly agencies: readonly string[];
  readonly persons: readonly string[];
  readonly txn: string | undefined;
}

/** A scope that names nothing reaches nothing; of several dimensions each has to fit. */
export function isWithinScope(scope: AuditorScope | undefined, record: AuditedRecord): boolean {
  if (!scope) return false;
  const dimensions = [
    [scope.jurisdictions, record.jurisdictions],
    [scope.agencies, record.agencies],
    [scope.persons, record.persons],
    [scope.txns, record.txn === undefined ? [] : [record.txn]],
  ] as const;
  const named = dimensions.filter(([allowed]) => allowed !== undefined);
  return named.length > 0 && named.every(([allowed, found]) => found.some((each) => allowed?.includes(each) === true));
}

function malformed(member: string): TrustError {
  return new TrustError('stated_facts_malformed', `the superior states no acceptable \`${member}\``);
}
