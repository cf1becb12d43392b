import { digestOf, type JsonValue } from '#protocol';
import {
  AGENCY_CLASSES,
  BASES,
  CAMERA_OWNER_CLASSES,
  DECLARATIONS,
  EXCEPTIONS,
  KINDS,
  LEGAL_PROCESS,
  PURPOSES,
  READ_FIELDS,
  type Code,
} from './codes.js';
import { HOT_LIST_SOURCES } from './hot-list-sources.js';
import { OFFENCES } from './offences.js';
import { AGENCY_FACT_SCALES } from './scale-agency-facts.js';
import { COLLECTION_SCALES } from './scale-collection.js';
import { LEGAL_PROCESS_SCALES } from './scale-legal-process.js';
import { OVERSIGHT_SCALES } from './scale-oversight.js';
import { PRESERVATION, RETENTION } from './scale-retention.js';
import { SHARING_SCALES } from './scale-sharing.js';
import { USE_SCALES } from './scale-use.js';
import type { Protection } from './scale.js';
import { byId, type Vocabulary } from './vocabulary-shape.js';

const PROTECTIONS: readonly Protection[] = [
  ...LEGAL_PROCESS_SCALES,
  RETENTION,
  PRESERVATION,
  ...USE_SCALES,
  ...SHARING_SCALES,
  ...OVERSIGHT_SCALES,
  ...COLLECTION_SCALES,
  ...AGENCY_FACT_SCALES,
];

const pairs = (codes: readonly Code[]): JsonValue => codes.map(({ id, text }) => [id, text]);

/**
 * Everything that gives a word its meaning, as it is published in `vocabularies/3.json`. What law stands behind a level is
 * no part of it: reading one more statute changes no word.
 */
export function meaningOfVersion3(): JsonValue {
  return {
    version: 3,
    protections: PROTECTIONS.map(({ id, question, subject, levels, coveredBy }) => ({
      id,
      question,
      subject,
      levels: levels.map((level) => ({ ...level })),
      covered_by: [...(coveredBy ?? [])],
    })),
    offences: OFFENCES.map((offence) => ({ ...offence })),
    kinds: KINDS.map(({ legalProcess, ...kind }) => ({ ...kind, legal_process: legalProcess })),
    purposes: pairs(PURPOSES),
    agency_classes: AGENCY_CLASSES.map((agencyClass) => ({ ...agencyClass })),
    exceptions: pairs(EXCEPTIONS),
    legal_process: pairs(LEGAL_PROCESS),
    bases: pairs(BASES),
    read_fields: pairs(READ_FIELDS),
    hot_list_sources: HOT_LIST_SOURCES.map((source) => ({ ...source })),
    camera_owner_classes: pairs(CAMERA_OWNER_CLASSES),
    declarations: DECLARATIONS.map((declaration) => ({ ...declaration })),
  };
}

/** Version 3: every protection that the laws of `profiles/` turn on, every kind of query, and what its answers may hold. */
export const VOCABULARY_3: Vocabulary = {
  version: 3,
  digest: digestOf(meaningOfVersion3()),
  protections: byId(PROTECTIONS),
  offences: byId(OFFENCES),
  kinds: byId(KINDS),
  purposes: byId(PURPOSES),
  agencyClasses: byId(AGENCY_CLASSES),
  exceptions: byId(EXCEPTIONS),
  legalProcess: byId(LEGAL_PROCESS),
  bases: byId(BASES),
  readFields: byId(READ_FIELDS),
  hotListSources: byId(HOT_LIST_SOURCES),
  cameraOwnerClasses: byId(CAMERA_OWNER_CLASSES),
  declarations: byId(DECLARATIONS),
};
