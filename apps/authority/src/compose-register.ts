import { isJsonObject, type JsonObject, type JsonValue } from '#protocol';

/** A member of the federation, with what only its operator knows: address, public federation keys, ledger. */
export interface MemberToEnrol {
  readonly entityId: string;
  readonly name: string;
  /** Public. */
  readonly federationJwks: JsonObject;
  readonly ledger?: { readonly origin: string; readonly vkey: string };
}

export interface AgencyToEnrol extends MemberToEnrol {
  /** Two letters, as in the law documents; `anchor` for a body that no jurisdiction's law reaches. */
  readonly jurisdiction: string;
  readonly agencyClass: string;
  readonly ori: string;
}

/**
 * A register file out of law documents (`comity-law/v1`: what each jurisdiction attests, of its law and about agencies by
 * name) and the members to enrol. It checks nothing: reading the register does.
 */
export function composeRegister(input: {
  readonly name: string;
  readonly notice: string;
  readonly laws: readonly JsonObject[];
  readonly agencies: readonly AgencyToEnrol[];
  readonly brokers: readonly MemberToEnrol[];
}): JsonObject {
  const { name, notice, laws, agencies, brokers } = input;
  return {
    schema: 'comity-register/v1',
    name,
    notice,
    jurisdictions: laws.map((law) => ({
      id: textOf(law['jurisdiction']).toLowerCase(),
      name: law['name'] ?? null,
      attests: listOf(law['attests']),
    })),
    agencies: agencies.map((agency) => ({
      ...memberOf(agency),
      superior: agency.jurisdiction.toLowerCase(),
      agency_class: agency.agencyClass,
      ori: agency.ori,
      attests: laws
        .filter((law) => law['jurisdiction'] === agency.jurisdiction)
        .flatMap((law) => about(agency.name, law)),
    })),
    brokers: brokers.map(memberOf),
  };
}

function memberOf({ entityId, name, federationJwks, ledger }: MemberToEnrol): JsonObject {
  return { entity_id: entityId, name, jwks: federationJwks, ...(ledger && { ledger: { ...ledger } }) };
}

/** What a law document states about one agency, without the name it is found by. */
function about(name: string, law: JsonObject): JsonValue[] {
  return listOf(law['agencies']).flatMap((entry) => {
    if (!isJsonObject(entry) || entry['agency'] !== name) return [];
    const { agency: _, ...attested } = entry;
    return [attested];
  });
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function listOf(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}
