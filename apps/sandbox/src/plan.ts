import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { attestedLaw, profiles } from '#policy';
import { parseStrictObject, type JsonObject } from '#protocol';

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
  /** Who else comes to what it receives, as its superior states it. */
  readonly access: JsonObject;
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
    law: 'OR',
    agencyClass: 'municipal-police',
    ori: 'OR0990100',
    retentionDays: 30,
    without287gFrom: '2026-03-31T00:00:00-07:00',
  },
  {
    id: 'salish-point',
    name: 'Salish Point Police',
    law: 'WA',
    agencyClass: 'municipal-police',
    ori: 'WA0990100',
    retentionDays: 21,
    without287gFrom: '2026-03-30T00:00:00-07:00',
  },
  {
    id: 'harbor-county',
    name: 'Harbor County Sheriff',
    law: 'WA',
    agencyClass: 'county-sheriff',
    ori: 'WA0980000',
    retentionDays: 21,
    without287gFrom: undefined,
  },
  {
    id: 'peachtree-flats',
    name: 'Peachtree Flats Police',
    law: 'GA',
    agencyClass: 'municipal-police',
    ori: 'GA0990100',
    retentionDays: 915,
    without287gFrom: undefined,
  },
  {
    id: 'mesa-clara',
    name: 'Mesa Clara Police',
    law: 'NM',
    agencyClass: 'municipal-police',
    ori: 'NM0990100',
    retentionDays: undefined,
    without287gFrom: '2026-07-01T00:00:00-06:00',
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
  const agencies = await Promise.all(
    CAST.map(async ({ law, without287gFrom, ...agency }, index) => ({
      ...agency,
      jurisdiction: law.toLowerCase(),
      port: basePort + 10 + index,
      access: NOBODY_ELSE,
      attests: without287gFrom === undefined ? [] : [withoutAgreement287g(without287gFrom)],
      rule: await readPolicyFile(`rules/${RULES[agency.id]}.json`),
    })),
  );
  return {
    name: 'Comity demonstration federation',
    notice: NOTICE,
    authorityPort: basePort,
    brokerPort: basePort + 1,
    providerPort: basePort + 2,
    jurisdictions: ['OR', 'WA', 'GA', 'NM'].flatMap((id) => {
      const profile = profiles().get(id);
      return profile ? [attestedLaw(profile)] : [];
    }),
    agencies,
    ruleNoticeSeconds: 0,
    answerBandMs: 100,
  };
}

/** Every list stated, and nobody on them: one that were left out would be the worst that it could be, and deny. */
const NOBODY_ELSE: JsonObject = { controlling_bodies: [], task_forces: [], shared_centres: [], shared_sign_ins: [] };

/** What a superior states about an agency of its own that has no agreement under section 287(g). */
function withoutAgreement287g(effectiveFrom: string): JsonObject {
  return {
    protection: 'agreement-287g',
    level: 'none',
    basis: 'declaration',
    statute: 'stated by the agency’s superior; the published federal list of 287(g) agreements names no such agency',
    effective_from: effectiveFrom,
    effective_until: null,
  };
}

/** From `libs/policy`, found the same way from the sources and from `dist`. */
async function readPolicyFile(path: string): Promise<JsonObject> {
  const here = fileURLToPath(import.meta.url);
  const root = here.slice(0, here.lastIndexOf('apps/sandbox')).replace(/dist\/$/, '');
  return parseStrictObject(await readFile(`${root}libs/policy/${path}`));
}
