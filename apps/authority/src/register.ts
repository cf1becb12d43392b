import { parseVkey } from '#ledger';
import { keySetFrom, parseMessage, ProtocolError, type JsonObject, type JsonValue } from '#protocol';
import { parseConstraints, parseEntityId, readStatedFacts, TrustError, type LeafEntityType } from '#trust';
import { attestedFrom, type AttestedProtection } from './attested-protection.js';
import {
  AgencyEntry,
  AttestedEntry,
  BrokerEntry,
  CourtEntry,
  JurisdictionEntry,
  PersonEntry,
  RegisterFile,
} from './register-shapes.js';

/** An entity that the anchor or a jurisdiction of this authority vouches for. */
export interface Enrolment {
  readonly entityId: string;
  readonly superior: string;
  readonly entityType: LeafEntityType;
  /** What the superior states about it. */
  readonly stated: JsonObject;
  /** Federation keys. */
  readonly jwks: JsonObject;
  readonly constraints: JsonObject;
}

/** A ledger that the witness follows. */
export type WitnessedLog = { readonly origin: string; readonly vkey: string };

/** Somebody who acts for the authority, by signing with a key of their own. */
export interface Person {
  readonly name: string;
  /** Public. */
  readonly jwk: JsonObject;
}

export interface Register {
  readonly name: string;
  readonly notice: string | undefined;
  readonly people: readonly Person[];
  readonly jurisdictions: readonly { readonly id: string; readonly entityId: string; readonly name: string }[];
  readonly enrolments: readonly Enrolment[];
  readonly attested: readonly AttestedProtection[];
  readonly logs: readonly WitnessedLog[];
}

export interface RegisterContext {
  /** Entity id of the anchor; jurisdictions live below it. */
  readonly anchor: string;
  readonly anchorKid: string | undefined;
  /** Public federation keys of a jurisdiction, out of its key file; `undefined` where there is none. */
  readonly jurisdictionJwks: (id: string) => JsonObject | undefined;
}

const LEAF = { max_path_length: 0 } as const;

export function jurisdictionEntityId(anchor: string, id: string): string {
  return `${anchor}/jurisdictions/${id}`;
}

/** Reads the register file; every problem goes into `problems`, and what is returned then is not to be used. */
export async function readRegister(value: JsonValue, context: RegisterContext, problems: string[]): Promise<Register> {
  const reader = new RegisterReader(context, problems);
  const file = reader.entry('the register', RegisterFile, value);
  if (file) {
    file.people?.forEach((entry, index) => reader.person(`people[${index}]`, entry));
    file.jurisdictions.forEach((entry, index) => reader.jurisdiction(`jurisdictions[${index}]`, entry));
    file.agencies.forEach((entry, index) => reader.agency(`agencies[${index}]`, entry));
    file.brokers.forEach((entry, index) => reader.broker(`brokers[${index}]`, entry));
    file.courts?.forEach((entry, index) => reader.court(`courts[${index}]`, entry));
    await reader.checkKeys();
  }
  return { name: file?.name ?? '', notice: file?.notice, ...reader.read };
}

class RegisterReader {
  readonly read = {
    people: [] as Person[],
    jurisdictions: [] as { id: string; entityId: string; name: string }[],
    enrolments: [] as Enrolment[],
    attested: [] as AttestedProtection[],
    logs: [] as WitnessedLog[],
  };

  constructor(
    private readonly context: RegisterContext,
    private readonly problems: string[],
  ) {}

  entry<T extends object>(place: string, shape: new () => T, value: JsonValue): T | undefined {
    return this.#attempt(place, () => parseMessage(shape, value));
  }

  person(place: string, value: JsonValue): void {
    const entry = this.entry(place, PersonEntry, value);
    if (!entry) return;
    if (this.read.people.some(({ name }) => name === entry.name)) this.problems.push(`${place}: a name comes twice`);
    this.read.people.push({ name: entry.name, jwk: entry.jwk });
  }

  jurisdiction(place: string, value: JsonValue): void {
    const entry = this.entry(place, JurisdictionEntry, value);
    if (!entry) return;
    const { anchor, jurisdictionJwks } = this.context;
    const entityId = jurisdictionEntityId(anchor, entry.id);
    const jwks = jurisdictionJwks(entry.id);
    if (entry.id === 'anchor') this.problems.push(`${place}: \`anchor\` is no name for a jurisdiction`);
    if (!jwks) return;
    const constraints: JsonObject = {
      max_path_length: 1,
      allowed_entity_types: ['comity_jurisdiction', 'comity_agency'],
      ...(entry.naming_constraints && { naming_constraints: entry.naming_constraints }),
    };
    this.#attempt(place, () => parseConstraints(constraints));
    this.read.jurisdictions.push({ id: entry.id, entityId, name: entry.name });
    const stated = { name: entry.name };
    this.#enrol(place, { entityId, superior: anchor, entityType: 'comity_jurisdiction', stated, jwks, constraints });
    this.#attest(place, entry.attests, { issuer: entityId, subject: entityId });
  }

  agency(place: string, value: JsonValue): void {
    const entry = this.entry(place, AgencyEntry, value);
    if (!entry) return;
    const superior = this.#superior(place, entry.superior);
    if (superior === undefined) return;
    const { entity_id: entityId, name, ori, agency_class: agencyClass, access, jwks } = entry;
    const ledger = this.#ledger(place, entry.ledger);
    const stated = { name, ori, agency_class: agencyClass, ...(access && { access }), ...(ledger && { ledger }) };
    this.#attempt(place, () => readStatedFacts(stated));
    const constraints = { ...LEAF, allowed_entity_types: ['comity_agency'] };
    this.#enrol(place, { entityId, superior, entityType: 'comity_agency', stated, jwks, constraints });
    this.#attest(place, entry.attests, { issuer: superior, subject: entityId });
  }

  broker(place: string, value: JsonValue): void {
    const entry = this.entry(place, BrokerEntry, value);
    if (!entry) return;
    const { entity_id: entityId, name, jwks } = entry;
    const ledger = this.#ledger(place, entry.ledger);
    const stated = { name, ...(ledger && { ledger }) };
    const constraints = { ...LEAF, allowed_entity_types: ['comity_broker'] };
    const superior = this.context.anchor;
    this.#enrol(place, { entityId, superior, entityType: 'comity_broker', stated, jwks, constraints });
  }

  court(place: string, value: JsonValue): void {
    const entry = this.entry(place, CourtEntry, value);
    const superior = entry && this.#superior(place, entry.superior);
    if (!entry || superior === undefined) return;
    const { entity_id: entityId, name, role, jwks } = entry;
    const stated = { name, role, process: { ...entry.process, jurisdictions: [superior] } };
    this.#attempt(place, () => readStatedFacts(stated));
    const constraints = { ...LEAF, allowed_entity_types: [] };
    this.#enrol(place, { entityId, superior, entityType: 'federation_entity', stated, jwks, constraints });
  }

  /** Strong keys, and none of them with two holders, persons among them (J13, J14). */
  async checkKeys(): Promise<void> {
    const { anchor, anchorKid } = this.context;
    const holders = new Map(anchorKid === undefined ? [] : [[anchorKid, anchor]]);
    const ofPersons = this.read.people.map(({ name, jwk }) => ({ entityId: `people/${name}`, jwks: { keys: [jwk] } }));
    for (const { entityId, jwks } of [...ofPersons, ...this.read.enrolments]) {
      const keys = await keySetFrom(jwks, 'sig').catch((error: unknown) => {
        this.problems.push(`\`${entityId}\`: its federation keys are refused: ${reasonOf(error)}`);
      });
      if (keys?.size === 0) this.problems.push(`\`${entityId}\`: it has no federation key that signs`);
      for (const kid of keys?.keys() ?? []) {
        const holder = holders.get(kid);
        if (holder !== undefined) this.problems.push(`\`${entityId}\` and \`${holder}\` have a key in common`);
        holders.set(kid, entityId);
      }
    }
  }

  #superior(place: string, id: string): string | undefined {
    const jurisdiction = this.read.jurisdictions.find((known) => known.id === id);
    const superior = id === 'anchor' ? this.context.anchor : jurisdiction?.entityId;
    if (superior === undefined) this.problems.push(`${place}: no jurisdiction \`${id}\``);
    return superior;
  }

  #enrol(place: string, enrolment: Enrolment): void {
    this.#attempt(place, () => parseEntityId(enrolment.entityId));
    if (this.read.enrolments.some(({ entityId }) => entityId === enrolment.entityId)) {
      this.problems.push(`${place}: \`${enrolment.entityId}\` is enrolled twice`);
    }
    this.read.enrolments.push(enrolment);
  }

  #attest(place: string, values: readonly JsonValue[], about: { issuer: string; subject: string }): void {
    values.forEach((value, index) => {
      const here = `${place}.attests[${index}]`;
      const entry = this.entry(here, AttestedEntry, value);
      if (entry) this.#attestOne(here, entry, value, about);
    });
  }

  #attestOne(
    place: string,
    entry: AttestedEntry,
    value: JsonValue,
    { issuer, subject }: { issuer: string; subject: string },
  ): void {
    const read = attestedFrom(entry, value, { anchor: this.context.anchor, issuer, subject });
    if (typeof read === 'string') return void this.problems.push(`${place}: ${read}`);
    if (this.read.attested.some((other) => other.markType === read.markType && other.subject === subject)) {
      this.problems.push(`${place}: the protection is attested twice at this level`);
    }
    this.read.attested.push(read);
  }

  #ledger(place: string, value: JsonObject | undefined): WitnessedLog | undefined {
    if (value === undefined) return undefined;
    const { origin, vkey, ...others } = value;
    const key = typeof vkey === 'string' ? this.#attempt(place, () => parseVkey(vkey)) : undefined;
    if (!key || key.type !== 'note' || key.name !== origin || Object.keys(others).length > 0) {
      this.problems.push(`${place}: \`ledger\` is not { origin, vkey } with a key of that origin`);
      return undefined;
    }
    const log = { origin: key.name, vkey: key.vkey };
    if (this.read.logs.some((known) => known.origin === log.origin)) {
      this.problems.push(`${place}: two ledgers of one origin`);
    }
    this.read.logs.push(log);
    return log;
  }

  #attempt<T>(place: string, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.problems.push(`${place}: ${reasonOf(error)}`);
      return undefined;
    }
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof ProtocolError) return error.detail ?? error.message;
  if (error instanceof TrustError || error instanceof Error) return error.message;
  return 'not acceptable';
}
