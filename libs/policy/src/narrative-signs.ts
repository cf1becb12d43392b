import { DISGUISABLE, SIGN_PATTERNS, type NarrativeSignKind } from './narrative-signs-list.js';
import { narrativeForms } from './narrative-signs-text.js';

export type { NarrativeSignKind } from './narrative-signs-list.js';

/** One sign in a narrative: of what, and which, by its stable id. The words themselves are never part of it (law 10). */
export interface NarrativeSign {
  readonly kind: NarrativeSignKind;
  readonly sign: string;
}

/** A narrative is at most this long; what is longer is looked at as far as this. */
const MAX_LENGTH = 4_000;
const BASE64 = /[A-Za-z0-9+/_-]{12,}={0,2}/g;

/**
 * Signs that a narrative is about immigration, protected activity, protected health care or somebody's own interest, for a
 * person to look at. It never decides (P05): whoever wants to can write `investigation`, and most do; what is found here is
 * found because somebody wrote it. Robust to look-alike letters, invisible characters, spacing, digits for letters and
 * base64, and to words that only contain one (`police`, `service`, `zero`). In the order of the list, each sign once.
 */
export function narrativeSigns(narrative: string): readonly NarrativeSign[] {
  const text = narrative.slice(0, MAX_LENGTH);
  const found = new Map<string, NarrativeSign>();
  for (const each of [text, ...decoded(text)]) {
    for (const one of signsIn(each)) found.set(`${one.kind} ${one.sign}`, one);
  }
  return [...found.values()];
}

function signsIn(text: string): readonly NarrativeSign[] {
  const { cased, plain, read, disguised } = narrativeForms(text);
  const signs = SIGN_PATTERNS.filter(({ pattern }) => pattern.test(plain) || pattern.test(read)).map(
    ({ kind, id }): NarrativeSign => ({ kind, sign: id }),
  );
  if ([...disguised].some((word) => DISGUISABLE.has(word))) signs.push({ kind: 'immigration', sign: 'disguised' });
  if (isAgencyInCapitals(cased)) signs.push({ kind: 'immigration', sign: 'ice' });
  return signs;
}

/** `ICE` among small letters is the agency; where everything is in capitals, only its company tells. */
function isAgencyInCapitals(cased: string): boolean {
  return /\p{Ll}/u.test(cased) && /(?<![\p{L}\p{N}])ICE(?![\p{L}\p{N}])/u.test(cased);
}

/** Base64 that holds readable text. */
function decoded(text: string): readonly string[] {
  return [...text.matchAll(BASE64)].flatMap(([encoded]) => {
    const inside = Buffer.from(encoded, 'base64').toString('latin1');
    return /^[\x20-\x7e\s]{6,}$/.test(inside) ? [inside] : [];
  });
}
