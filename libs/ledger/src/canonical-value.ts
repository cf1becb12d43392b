import { LedgerError } from './ledger-error.js';

/** A JSON value, as receipts commit to it. */
export type LedgerValue =
  null | boolean | number | string | readonly LedgerValue[] | { readonly [member: string]: LedgerValue };

/**
 * The one text of a JSON value, RFC 8785: members sorted by UTF-16 code units, numbers and strings as ECMAScript writes
 * them. It is written out here, and compared with the protocol's own by a test, because an auditor who lifts this library
 * out must be able to open a commitment with nothing else.
 *
 * @throws LedgerError `malformed_commitment` for what JSON or a database cannot hold: NaN, lone surrogates, NUL
 */
export function canonicalValue(value: LedgerValue): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw refused('a number is not finite');
    return JSON.stringify(value);
  }
  if (typeof value === 'string') return canonicalText(value);
  if (isList(value)) return `[${value.map(canonicalValue).join(',')}]`;
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([member, held]) => `${canonicalText(member)}:${canonicalValue(held)}`).join(',')}}`;
}

function canonicalText(text: string): string {
  if (typeof text !== 'string' || !text.isWellFormed() || text.includes('\0'))
    throw refused('a text is not well-formed');
  return JSON.stringify(text);
}

function isList(value: LedgerValue): value is readonly LedgerValue[] {
  return Array.isArray(value);
}

function refused(reason: string): LedgerError {
  return new LedgerError('malformed_commitment', reason);
}
