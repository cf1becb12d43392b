import { digestOf, type JsonValue } from '#protocol';
import type { Attestation } from './facts.js';
import type { Problem } from './problem.js';
import type { LawStatement, Profile } from './profile.js';

/** A day of effect that nobody verified counts from the day on which the law was read. */
export function instantOfEffect(statement: LawStatement): string {
  return statement.effective_from ?? `${statement.as_of}T00:00:00Z`;
}

/** [from, until) in milliseconds. */
export function effectOf(statement: LawStatement): { readonly fromMs: number; readonly untilMs: number | null } {
  const until = statement.effective_until;
  return { fromMs: Date.parse(instantOfEffect(statement)), untilMs: until === null ? null : Date.parse(until) };
}

/** Which classes of agency a statement reaches. */
export function bindsOf(profile: Profile, statement: LawStatement): readonly string[] {
  return statement.binds ?? profile.binds.classes;
}

/** What the law says at `now` (milliseconds). What was repealed and what is not yet in effect is no part of it. */
export function lawInForce(profile: Profile, now: number): readonly LawStatement[] {
  return profile.statements.filter((statement) => {
    const { fromMs, untilMs } = effectOf(statement);
    return fromMs <= now && (untilMs === null || now < untilMs);
  });
}

/**
 * The statements of a profile as the attestations that they would be, once its authority had signed them: for tables,
 * drafts and dry runs. A node decides by signed trust marks and by nothing else.
 *
 * @param issuer entity id of the legal order, which attests its own law
 */
export function draftAttestations(profile: Profile, issuer: string): readonly Attestation[] {
  return profile.statements.map((statement) => {
    const { fromMs, untilMs } = effectOf(statement);
    const { protection, level, basis, citation } = statement;
    const reach = { kind: 'jurisdiction', jurisdiction: issuer, binds: bindsOf(profile, statement) } as const;
    const digest = digestOf(statement as unknown as JsonValue);
    return {
      protection,
      level,
      basis,
      statute: citation,
      issuer,
      reach,
      effectiveFromMs: fromMs,
      effectiveUntilMs: untilMs,
      digest,
    };
  });
}

/** Two statements about one protection that reach one class at one time: a reader could not say which holds. */
export function overlappingStatements(profile: Profile): readonly Problem[] {
  const { statements } = profile;
  return statements.flatMap((later, index) => {
    const earlier = statements.slice(0, index).find((each) => overlap(profile, each, later));
    if (earlier === undefined) return [];
    const message = `\`${later.protection}\` is stated twice for one class of agency at one time`;
    return [{ path: `statements[${index}]`, message }];
  });
}

function overlap(profile: Profile, a: LawStatement, b: LawStatement): boolean {
  if (a.protection !== b.protection) return false;
  const classes = bindsOf(profile, b);
  if (!bindsOf(profile, a).some((each) => classes.includes(each))) return false;
  const [first, second] = [effectOf(a), effectOf(b)];
  return first.fromMs < (second.untilMs ?? Infinity) && second.fromMs < (first.untilMs ?? Infinity);
}
