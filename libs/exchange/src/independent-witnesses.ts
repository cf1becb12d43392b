import { isQuorum, parseVkey, type TlogPolicy } from '#ledger';

/** A witness by its enrolment or a policy file, and where it takes checkpoints (C2SP tlog-witness). */
export interface KnownWitness {
  /** Entity id, or the name of its key where a policy file alone lists it. */
  readonly id: string;
  /** Submission and monitoring prefix: `add-checkpoint` and `<hash of an origin>/checkpoint` lie below it. */
  readonly url: string;
  /** Keys by which it cosigns. */
  readonly vkeys: readonly string[];
  /** Whoever can decide for it, itself among them: two witnesses with one of these in common are one. */
  readonly controllers: readonly string[];
}

/** Who is no witness of a ledger for the owner that releases under it: its keeper, and that owner. */
export interface Dependent {
  readonly controllers: readonly string[];
  /** Keys that the two hold, for whatever job. */
  readonly vkeys: readonly string[];
}

/**
 * Those of `witnesses` that can vouch for a ledger independently: not its keeper, not the owner that releases, nobody whom
 * one of the two controls, and of several that have a key or a controller in common one alone. Where a policy is given it
 * says who counts at all.
 */
export function independentWitnesses(
  witnesses: readonly KnownWitness[],
  dependent: Dependent,
  policy: TlogPolicy | undefined,
): KnownWitness[] {
  const taken = new Set([...dependent.controllers, ...dependent.vkeys.map(publicKeyOf)]);
  const independent: KnownWitness[] = [];
  for (const witness of witnesses) {
    const vkeys = witness.vkeys.filter((vkey) => policy === undefined || isListed(vkey, policy));
    const names = [...witness.controllers, ...vkeys.map(publicKeyOf)];
    if (vkeys.length === 0 || names.some((name) => taken.has(name))) continue;
    names.forEach((name) => taken.add(name));
    independent.push({ ...witness, vkeys });
  }
  return independent;
}

/** What one witness said about a checkpoint, verified: the keys by which it cosigned. */
export interface Cosigned {
  readonly id: string;
  readonly vkeys: readonly string[];
}

/**
 * How many independent witnesses a release can count: none where a policy is given whose quorum they are not. The owner's
 * own cosignature makes no witness more, but a policy may name it as a member of its quorum.
 */
export function countedWitnesses(
  cosigned: readonly Cosigned[],
  ownVkey: string,
  policy: TlogPolicy | undefined,
): number {
  const keys = new Set(cosigned.flatMap(({ vkeys }) => vkeys));
  if (policy !== undefined && !isQuorum(policy, new Set([...keys, ownVkey]))) return 0;
  return new Set(cosigned.filter(({ vkeys }) => vkeys.length > 0).map(({ id }) => id)).size;
}

function isListed(vkey: string, { witnesses }: TlogPolicy): boolean {
  return witnesses.some(({ key }) => key.vkey === vkey);
}

/** One key under two names is one key. */
function publicKeyOf(vkey: string): string {
  return Buffer.from(parseVkey(vkey).publicBytes).toString('base64');
}
