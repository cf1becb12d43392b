import { isJsonObject, type JsonObject } from '#protocol';
import { TrustError } from './trust-error.js';

export const COMITY_ENTITY_TYPES = ['comity_jurisdiction', 'comity_agency', 'comity_broker', 'comity_auditor'] as const;
/** What an entity is in Comity, as stated by its superior. */
export type ComityEntityType = (typeof COMITY_ENTITY_TYPES)[number];

/** An issuer of legal process has no type of Comity's: it is a `federation_entity` whose superior states `process`. */
export type LeafEntityType = ComityEntityType | 'federation_entity';

/** Metadata by entity type; only types of this profile. */
export type EntityMetadata = { readonly [type in ComityEntityType | 'federation_entity']?: JsonObject };

/** @throws TrustError `entity_type_unknown` or `statement_malformed` */
export function readMetadata(value: JsonObject): EntityMetadata {
  for (const [type, metadata] of Object.entries(value)) {
    if (type !== 'federation_entity' && !isComityEntityType(type)) {
      throw new TrustError('entity_type_unknown', `unknown entity type \`${type.slice(0, 64)}\``);
    }
    if (!isJsonObject(metadata))
      throw new TrustError('statement_malformed', `metadata of \`${type}\` is not an object`);
  }
  return value;
}

export function comityTypesOf(metadata: EntityMetadata): ComityEntityType[] {
  return Object.keys(metadata).filter(isComityEntityType);
}

function isComityEntityType(type: string): type is ComityEntityType {
  return (COMITY_ENTITY_TYPES as readonly string[]).includes(type);
}

/** Facts a superior states about an entity. An agency that could state its own class would choose the law that binds it. */
export const STATED_BY_SUPERIOR = ['ori', 'agency_class', 'access', 'assurance', 'scope', 'process'] as const;

/** The superior's statement wins over what the entity says about itself, member by member. */
export function mergedMetadata(own: JsonObject | undefined, stated: JsonObject | undefined): JsonObject {
  return { ...own, ...stated };
}
