import arJson from '../profiles/AR.json' with { type: 'json' };
import caJson from '../profiles/CA.json' with { type: 'json' };
import coJson from '../profiles/CO.json' with { type: 'json' };
import ctJson from '../profiles/CT.json' with { type: 'json' };
import deuJson from '../profiles/DEU.json' with { type: 'json' };
import flJson from '../profiles/FL.json' with { type: 'json' };
import gaJson from '../profiles/GA.json' with { type: 'json' };
import gbrJson from '../profiles/GBR.json' with { type: 'json' };
import ilJson from '../profiles/IL.json' with { type: 'json' };
import mdJson from '../profiles/MD.json' with { type: 'json' };
import meJson from '../profiles/ME.json' with { type: 'json' };
import mnJson from '../profiles/MN.json' with { type: 'json' };
import mtJson from '../profiles/MT.json' with { type: 'json' };
import ncJson from '../profiles/NC.json' with { type: 'json' };
import neJson from '../profiles/NE.json' with { type: 'json' };
import nhJson from '../profiles/NH.json' with { type: 'json' };
import njJson from '../profiles/NJ.json' with { type: 'json' };
import nmJson from '../profiles/NM.json' with { type: 'json' };
import nyJson from '../profiles/NY.json' with { type: 'json' };
import orJson from '../profiles/OR.json' with { type: 'json' };
import tnJson from '../profiles/TN.json' with { type: 'json' };
import utJson from '../profiles/UT.json' with { type: 'json' };
import vaJson from '../profiles/VA.json' with { type: 'json' };
import vtJson from '../profiles/VT.json' with { type: 'json' };
import waJson from '../profiles/WA.json' with { type: 'json' };
import { parseProfile } from './parse-profile.js';
import type { LawStatement, Profile } from './profile.js';

/** The newest version of each profile. An older one stays in the history of the repository, named by its digest. */
const DOCUMENTS = [
  arJson,
  caJson,
  coJson,
  ctJson,
  deuJson,
  flJson,
  gaJson,
  gbrJson,
  ilJson,
  mdJson,
  meJson,
  mnJson,
  mtJson,
  ncJson,
  neJson,
  nhJson,
  njJson,
  nmJson,
  nyJson,
  orJson,
  tnJson,
  utJson,
  vaJson,
  vtJson,
  waJson,
] as const;

let parsed: ReadonlyMap<string, Profile> | undefined;

/** Every legal order whose law has been read, by id, in the order of their ids. Drafts: no law until somebody signs. */
export function profiles(): ReadonlyMap<string, Profile> {
  parsed ??= new Map(DOCUMENTS.map((document) => parseProfile(document)).map((profile) => [profile.id, profile]));
  return parsed;
}

export interface StatuteBehind {
  readonly profile: Profile;
  readonly statement: LawStatement;
}

/** The law that stands behind a level of a protection: for a reader, never for a decision. */
export function statutesBehind(protection: string, level: string): readonly StatuteBehind[] {
  return [...profiles().values()].flatMap((profile) =>
    profile.statements
      .filter((statement) => statement.protection === protection && statement.level === level)
      .map((statement) => ({ profile, statement })),
  );
}
