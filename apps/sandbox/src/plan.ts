import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { isJsonObject, parseStrictObject, type JsonObject, type JsonValue } from '#protocol';

/** An invented agency in a real state. Everything here is a demonstration and no legal advice. */
export interface AgencyPlan {
  /** Short name: of its folder, its database and its accounts. */
  readonly id: string;
  readonly name: string;
  /** Id of its jurisdiction. */
  readonly jurisdiction: string;
  readonly agencyClass: string;
  readonly ori: string;
  readonly port: number;
  /** What may be kept of reads, own and received; `undefined` where its law sets no limit. */
  readonly retentionDays: number | undefined;
  /** What its superior attests about the agency itself. */
  readonly attests: readonly JsonObject[];
  /** Its rule, with any owner; the entity id is filled in. */
  readonly rule: JsonObject;
}

export interface JurisdictionPlan {
  readonly id: string;
  readonly name: string;
  readonly attests: readonly JsonObject[];
}

export interface FederationPlan {
  readonly name: string;
  readonly notice: string;
  readonly authorityPort: number;
  readonly brokerPort: number;
  readonly providerPort: number;
  readonly jurisdictions: readonly JurisdictionPlan[];
  readonly agencies: readonly AgencyPlan[];
  /** How long a rule is public before it may widen what is released; 0 in a demonstration. */
  readonly ruleNoticeSeconds: number;
  readonly answerBandMs: number;
}

const NOTICE = 'a demonstration: invented agencies in real states, laws read from summaries; not legal advice';

const CAST = [
  {
    id: 'juniper-bend',
    name: 'Juniper Bend Police',
    law: 'or',
    agencyClass: 'municipal-police',
    ori: 'OR0990100',
    retentionDays: 30,
  },
  {
    id: 'salish-point',
    name: 'Salish Point Police',
    law: 'wa',
    agencyClass: 'municipal-police',
    ori: 'WA0990100',
    retentionDays: 21,
  },
  {
    id: 'harbor-county',
    name: 'Harbor County Sheriff',
    law: 'wa',
    agencyClass: 'county-sheriff',
    ori: 'WA0980000',
    retentionDays: 21,
  },
  {
    id: 'peachtree-flats',
    name: 'Peachtree Flats Police',
    law: 'ga',
    agencyClass: 'municipal-police',
    ori: 'GA0990100',
    retentionDays: 915,
  },
  {
    id: 'mesa-clara',
    name: 'Mesa Clara Police',
    law: 'nm',
    agencyClass: 'municipal-police',
    ori: 'NM0990100',
    retentionDays: undefined,
  },
] as const;

const RULES: Readonly<Record<(typeof CAST)[number]['id'], string>> = {
  'juniper-bend': 'juniper-bend-police',
  'salish-point': 'salish-point-police',
  'harbor-county': 'harbor-county-sheriff',
  'peachtree-flats': 'peachtree-flats-police',
  'mesa-clara': 'mesa-clara-police',
};

/** The demonstration federation: four states whose law differs, five agencies. Ports count up from `basePort`. */
export async function demonstrationPlan(basePort: number): Promise<FederationPlan> {
  const laws = new Map<string, JsonObject>();
  for (const id of ['or', 'wa', 'ga', 'nm']) laws.set(id, await readPolicyFile(`attestations/${id}.json`));
  const agencies = await Promise.all(
    CAST.map(async ({ law, ...agency }, index) => ({
      ...agency,
      jurisdiction: law,
      port: basePort + 10 + index,
      attests: attestedAbout(laws.get(law), agency.name),
      rule: await readPolicyFile(`rules/${RULES[agency.id]}.json`),
    })),
  );
  return {
    name: 'Comity demonstration federation',
    notice: NOTICE,
    authorityPort: basePort,
    brokerPort: basePort + 1,
    providerPort: basePort + 2,
    jurisdictions: [...laws].map(([id, law]) => ({
      id,
      name: typeof law['name'] === 'string' ? law['name'] : id,
      attests: objects(law['attests']),
    })),
    agencies,
    ruleNoticeSeconds: 0,
    answerBandMs: 100,
  };
}

/** The law file names what is attested about an agency as an entry with `agency`; the register wants the rest of it. */
function attestedAbout(law: JsonObject | undefined, name: string): JsonObject[] {
  return objects(law?.['agencies']).flatMap(({ agency, ...entry }) => (agency === name ? [entry] : []));
}

function objects(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** From `libs/policy`, found the same way from the sources and from `dist`. */
async function readPolicyFile(path: string): Promise<JsonObject> {
  const here = fileURLToPath(import.meta.url);
  const root = here.slice(0, here.lastIndexOf('apps/sandbox')).replace(/dist\/$/, '');
  return parseStrictObject(await readFile(`${root}libs/policy/${path}`));
}
