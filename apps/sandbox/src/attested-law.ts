import { bindsOf, effectOf, formatInstant, type Profile } from '#policy';
import type { JsonObject } from '#protocol';

/** What the demonstration's authority signs of a legal profile: the entries of its register, one trust mark each. */
export function attestedLaw(profile: Profile): JsonObject[] {
  return profile.statements.map((statement) => {
    const { protection, level, basis, citation, effective_until, reading, source, confidence, as_of } = statement;
    return {
      protection,
      level,
      basis,
      statute: citation,
      effective_from: statement.effective_from ?? formatInstant(effectOf(statement).fromMs),
      binds: [...bindsOf(profile, statement)],
      effective_until,
      source,
      confidence,
      as_of,
      reading: `${reading}; ${profile.binds.reading}`,
    };
  });
}

/** What a superior states about an agency of its own that has no agreement under section 287(g). */
export function withoutAgreement287g(effectiveFrom: string): JsonObject {
  return {
    protection: 'agreement-287g',
    level: 'none',
    basis: 'declaration',
    statute: 'stated by the agency’s superior; the published federal list of 287(g) agreements names no such agency',
    effective_from: effectiveFrom,
    effective_until: null,
  };
}
