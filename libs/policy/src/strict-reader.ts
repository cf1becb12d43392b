import { isJsonObject, type JsonObject, type JsonValue } from '#protocol';
import type { Problem } from './problem.js';

export interface DocumentLimits {
  readonly maxDepth: number;
  /** Members, list entries and values together. */
  readonly maxValues: number;
}

/** More than this helps nobody, and a hostile document shall not choose how long the answer is. */
const MAX_PROBLEMS = 100;
// Printable, in one line: a right-to-left override or a zero-width character shows a person another text (P07).
const PLAIN_LINE = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u;

/**
 * Reads a document member by member and notes everything that is wrong with it. A reading method always returns something
 * of its type, so that the reader can go on; what it returned is worthless unless `problems` stayed empty. Nothing is
 * defaulted, coerced or skipped: an unknown member is a problem, and so is `[]` where one object is due (P01).
 */
export class StrictReader {
  readonly problems: Problem[] = [];

  problem(path: string, message: string): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push({ path, message });
  }

  /** Measures without recursion, before anything recurses over the document (P24). */
  withinLimits(document: JsonValue, limits: DocumentLimits): boolean {
    let values = 0;
    const open: [value: JsonValue, depth: number][] = [[document, 1]];
    for (let next = open.pop(); next; next = open.pop()) {
      const [value, depth] = next;
      values += 1;
      if (values > limits.maxValues) this.problem('document', `more than ${limits.maxValues} values`);
      else if (depth > limits.maxDepth) this.problem('document', `nested deeper than ${limits.maxDepth}`);
      if (this.problems.length > 0) return false;
      if (value !== null && typeof value === 'object') {
        for (const member of Object.values(value)) open.push([member, depth + 1]);
      }
    }
    return true;
  }

  object(
    value: JsonValue | undefined,
    path: string,
    required: readonly string[],
    optional: readonly string[],
  ): JsonObject {
    if (!isJsonObject(value)) {
      this.problem(path, value === undefined ? 'is missing' : 'one object is expected');
      return {};
    }
    for (const member of required) if (!Object.hasOwn(value, member)) this.problem(`${path}.${member}`, 'is missing');
    for (const member of Object.keys(value)) {
      if (!required.includes(member) && !optional.includes(member))
        this.problem(path, `unknown member ${quoted(member)}`);
    }
    return value;
  }

  list(value: JsonValue | undefined, path: string, min: number, max: number): readonly JsonValue[] {
    if (!Array.isArray(value)) {
      if (value !== undefined) this.problem(path, 'a list is expected');
      return [];
    }
    if (value.length < min) this.problem(path, `fewer than ${min} entries`);
    if (value.length > max) this.problem(path, `more than ${max} entries`);
    return value.slice(0, max);
  }

  /** One printable line of at most `max` code points. */
  line(value: JsonValue | undefined, path: string, max: number): string {
    if (typeof value === 'string' && [...value].length <= max && /\S/.test(value) && PLAIN_LINE.test(value))
      return value;
    if (value !== undefined) this.problem(path, `one line of 1 to ${max} printable characters is expected`);
    return '';
  }

  matching(value: JsonValue | undefined, path: string, pattern: RegExp, expected: string): string {
    if (typeof value === 'string' && pattern.test(value)) return value;
    if (value !== undefined) this.problem(path, `${expected} is expected`);
    return '';
  }

  integer(value: JsonValue | undefined, path: string, min: number, max: number): number {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max) return value;
    if (value !== undefined) this.problem(path, `a whole number from ${min} to ${max} is expected`);
    return min;
  }

  /** One value of a closed list, character by character: no other case, no padding, nothing nearest (P02). */
  code(value: JsonValue | undefined, path: string, allowed: { has(id: string): boolean }): string {
    if (typeof value === 'string' && allowed.has(value)) return value;
    if (typeof value === 'number') this.problem(path, `a text is expected: write ${quoted(value)} in quotes`);
    else if (value !== undefined) this.problem(path, `unknown value ${quoted(value)}`);
    return '';
  }

  /** A list without repetition, each entry read by `read`. */
  distinct(
    value: JsonValue | undefined,
    path: string,
    max: number,
    read: (entry: JsonValue, path: string) => string,
  ): readonly string[] {
    const seen = new Set<string>();
    for (const [index, entry] of this.list(value, path, 1, max).entries()) {
      const text = read(entry, `${path}[${index}]`);
      if (text !== '' && seen.has(text)) this.problem(`${path}[${index}]`, `${quoted(text)} is named twice`);
      seen.add(text);
    }
    return [...seen];
  }
}

const HARMLESS = /^[\x20-\x5f\x61-\x7e]*$/;

/** Input as it may be shown: printable ASCII, everything else as its code point, at most 80 characters, in backticks. */
export function quoted(input: unknown): string {
  const text = typeof input === 'string' ? input : (JSON.stringify(input) ?? String(input));
  // Nearly every text: said again as it stands, without a copy for each step below.
  if (text.length <= 80 && HARMLESS.test(text)) return `\`${text}\``;
  const ascii = text
    .slice(0, 80)
    .replaceAll('`', "'")
    .replace(/[^\x20-\x7e]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
  return `\`${ascii}${text.length > 80 ? '...' : ''}\``;
}
