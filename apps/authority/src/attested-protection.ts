import { digestOf, type JsonValue } from '#protocol';
import { protectionMarkType, TrustError } from '#trust';
import { instantOf, type AttestedEntry } from './register-shapes.js';

/** A protection as it will stand in a trust mark. */
export interface AttestedProtection {
  readonly issuer: string;
  readonly subject: string;
  readonly markType: string;
  readonly statute: string;
  readonly textDigest: string;
  readonly basis: AttestedEntry['basis'];
  /** Milliseconds. */
  readonly effectiveFrom: number;
  readonly effectiveUntil: number | null;
  readonly binds: readonly string[];
}

/**
 * What an entry means for an issuer and a subject; a text where it means nothing.
 *
 * @param value the entry as it was written, whose digest stands for the text where the entry names none
 */
export function attestedFrom(
  entry: AttestedEntry,
  value: JsonValue,
  about: { readonly anchor: string; readonly issuer: string; readonly subject: string },
): AttestedProtection | string {
  const { anchor, issuer, subject } = about;
  const { protection, level, version = 1, statute, basis, binds = [] } = entry;
  const from = instantOf(entry.effective_from);
  const until = entry.effective_until === null ? null : instantOf(entry.effective_until);
  if (from === undefined || until === undefined || (until !== null && until <= from)) {
    return 'its dates are not in the calendar, or it ends before it takes effect';
  }
  // A law that names no class reaches nobody; that is a slip in the register, not something to attest.
  if ((issuer === subject) !== binds.length > 0) {
    return 'a law binds agency classes, a fact about one agency binds none';
  }
  try {
    const markType = protectionMarkType(anchor, { protection, level, version: String(version) });
    const textDigest = entry.text_digest ?? digestOf(value);
    return { issuer, subject, markType, statute, textDigest, basis, effectiveFrom: from, effectiveUntil: until, binds };
  } catch (error) {
    if (error instanceof TrustError) return error.message;
    throw error;
  }
}
