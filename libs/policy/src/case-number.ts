/**
 * A form of case numbers holds a `#` or a `@`. It is no regular expression: nothing in it can repeat or branch, so a match
 * takes one look at each character.
 */
export const CASE_NUMBER_FORM = /^(?=.*[#@])[A-Z0-9#@ ./-]{1,32}$/;

/** `#` stands for a digit, `@` for a letter A to Z, everything else for itself. The length has to agree. */
export function matchesCaseNumber(pattern: string, caseNumber: string): boolean {
  if (pattern.length !== caseNumber.length) return false;
  for (let at = 0; at < pattern.length; at += 1) {
    const wanted = pattern.charAt(at);
    const given = caseNumber.charAt(at);
    if (
      wanted === '#' ? !isBetween(given, '0', '9') : wanted === '@' ? !isBetween(given, 'A', 'Z') : wanted !== given
    ) {
      return false;
    }
  }
  return true;
}

/** ASCII only: a full-width digit is none (P07). */
function isBetween(character: string, first: string, last: string): boolean {
  return character >= first && character <= last;
}
