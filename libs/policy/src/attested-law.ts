import type { JsonObject } from '#protocol';
import { instantOfEffect, bindsOf } from './law-in-force.js';
import type { Profile } from './profile.js';

/**
 * A profile as the entry of its jurisdiction in an authority's register: one entry, and so one trust mark, for each statement.
 * The authority corrects it, removes what it does not attest, and signs; until then it is a draft.
 */
export function attestedLaw(profile: Profile): {
  readonly id: string;
  readonly name: string;
  readonly attests: JsonObject[];
} {
  const attests = profile.statements.map((statement): JsonObject => ({
    protection: statement.protection,
    level: statement.level,
    basis: statement.basis,
    statute: statement.citation,
    effective_from: instantOfEffect(statement),
    effective_until: statement.effective_until,
    binds: [...bindsOf(profile, statement)],
    reading: `${statement.reading}; ${profile.binds.reading}`,
    source: statement.source,
    confidence: statement.confidence,
    as_of: statement.as_of,
  }));
  return { id: profile.id.toLowerCase(), name: profile.name, attests };
}
