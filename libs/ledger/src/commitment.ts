import { createHash } from 'node:crypto';
import { canonicalValue, type LedgerValue } from './canonical-value.js';
import { LedgerError } from './ledger-error.js';

/** Kept for the audit period, and erased with the reads. */
export const FIELD_GROUPS = ['accountability', 'content'] as const;
export type FieldGroup = (typeof FIELD_GROUPS)[number];

/** The fields of a receipt in clear. */
export type ReceiptFields = Readonly<Record<FieldGroup, Readonly<Record<string, LedgerValue>>>>;
/** What a receipt shows of its fields: 43 characters each, from which nobody can guess a plate. */
export type Commitments = Readonly<Record<FieldGroup, Readonly<Record<string, string>>>>;
export interface OpenedField {
  /** 32 bytes, base64url. */
  readonly salt: string;
  readonly value: LedgerValue;
}
/** The side record that opens commitments; what was erased is missing in it. */
export type Opening = Readonly<Record<FieldGroup, Readonly<Record<string, OpenedField>>>>;

export type FieldVerdict = 'matches' | 'erased' | 'differs';
export type OpeningVerdict = Readonly<Record<FieldGroup, Readonly<Record<string, FieldVerdict>>>>;

const LABEL = 'comity/commitment/v1';
export const SALT_BYTES = 32;

/**
 * `base64url(SHA-256("comity/commitment/v1\n" || name || "\n" || salt || canonical JSON of the value))`. Plates can be
 * guessed, so the salt (32 random bytes, never used twice) is what hides them; the name keeps the commitment of one field
 * from being shown as another's.
 *
 * @throws LedgerError `malformed_commitment`
 */
export function commit(name: string, salt: Uint8Array, value: string): string {
  if (salt.length !== SALT_BYTES) throw new LedgerError('malformed_commitment', 'a salt has 32 bytes');
  if (name === '' || name.includes('\n')) throw new LedgerError('malformed_commitment', 'not the name of a field');
  return createHash('sha256').update(`${LABEL}\n${name}\n`).update(salt).update(value).digest('base64url');
}

/** Commits to every field under the salt that `saltFor` gives it. */
export function commitFields(
  fields: ReceiptFields,
  saltFor: () => Uint8Array,
): { commitments: Commitments; opening: Opening } {
  // Every receipt passes here: the salt is committed to as it is, and not read again from its text.
  const committed = mapGroups((group) =>
    mapFields(fields[group], (name, value) => {
      const salt = saltFor();
      const field = { salt: Buffer.from(salt).toString('base64url'), value };
      return { field, commitment: commit(name, salt, canonicalValue(value)) };
    }),
  );
  return {
    commitments: mapGroups((group) => mapFields(committed[group], (_, { commitment }) => commitment)),
    opening: mapGroups((group) => mapFields(committed[group], (_, { field }) => field)),
  };
}

/**
 * Compares an opening with the commitments of a receipt, field by field. A committed field that the opening lacks is
 * `erased`, never valid; one that the receipt does not commit to `differs`. Both arguments may come from anywhere.
 */
export function verifyOpening(commitments: Commitments, opening: Opening): OpeningVerdict {
  return mapGroups((group) => {
    const committed = commitments[group];
    const opened = opening[group];
    return Object.fromEntries([
      ...Object.keys(committed).map((name) => [name, 'erased'] as const),
      ...Object.entries(opened).map(([name, field]) => {
        return [name, opens(committed[name], name, field) ? 'matches' : 'differs'] as const;
      }),
    ]);
  });
}

function opens(commitment: string | undefined, name: string, field: OpenedField): boolean {
  try {
    return commitmentOf(name, field) === commitment;
  } catch {
    // A salt or value that could never have been committed to opens nothing; the verdict says so.
    return false;
  }
}

function commitmentOf(name: string, field: OpenedField): string {
  const salt = Buffer.from(field.salt, 'base64url');
  if (salt.toString('base64url') !== field.salt)
    throw new LedgerError('malformed_commitment', 'the salt is not base64url');
  return commit(name, salt, canonicalValue(field.value));
}

function mapGroups<Result>(map: (group: FieldGroup) => Result): Record<FieldGroup, Result> {
  return { accountability: map('accountability'), content: map('content') };
}

function mapFields<Value, Result>(
  fields: Readonly<Record<string, Value>>,
  map: (name: string, value: Value) => Result,
): Record<string, Result> {
  // `fromEntries` defines members, so that a field named `__proto__` is a field and nothing else.
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, map(name, value)]));
}
