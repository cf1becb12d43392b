import { ProtocolError } from './errors.js';

export type JsonValue = null | boolean | number | string | JsonValue[] | { [member: string]: JsonValue };
export type JsonObject = { [member: string]: JsonValue };

export interface JsonLimits {
  /** Of the UTF-8 text. */
  readonly maxBytes?: number;
  readonly maxDepth?: number;
}

const MAX_BYTES = 64 * 1024;
const MAX_DEPTH = 32;

/**
 * Reads JSON so that no two readers can see two different documents in it: duplicate members (also escaped ones), a byte
 * order mark, bad UTF-8, lone surrogates, NUL, `__proto__` and every other name that an empty object already answers to,
 * numbers outside the safe range, and nesting deeper than `maxDepth` (32 by default) are refused. `JSON.parse` alone keeps the last of two members and so lets the signed and the
 * decided value differ (J07); nesting is measured before anything recurses over the text (W03).
 *
 * @throws ProtocolError `malformed_json` or `too_large`
 */
export function parseStrictJson(input: string | Uint8Array, limits: JsonLimits = {}): JsonValue {
  const text = decodeUtf8(input, limits.maxBytes ?? MAX_BYTES);
  refuseDuplicatesAndDepth(text, limits.maxDepth ?? MAX_DEPTH);
  const value = parseGrammar(text);
  refuseUnsafeValues(value);
  return value;
}

/** As `parseStrictJson`, for a document that has to be an object. */
export function parseStrictObject(input: string | Uint8Array, limits: JsonLimits = {}): JsonObject {
  const value = parseStrictJson(input, limits);
  if (!isJsonObject(value)) throw malformed('an object is expected');
  return value;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(detail: string, cause?: unknown): ProtocolError {
  return new ProtocolError('malformed_json', 'the text is not acceptable JSON', detail, { cause });
}

function decodeUtf8(input: string | Uint8Array, maxBytes: number): string {
  const size = typeof input === 'string' ? Buffer.byteLength(input) : input.byteLength;
  if (size > maxBytes) throw new ProtocolError('too_large', `the text is larger than ${maxBytes} bytes`);
  if (typeof input === 'string') {
    if (!input.isWellFormed()) throw malformed('lone surrogate');
    return input;
  }
  try {
    // `ignoreBOM` keeps the mark in the text, where the grammar refuses it; the default would strip it silently.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(input);
  } catch (cause) {
    throw malformed('not UTF-8', cause);
  }
}

/** One pass over the raw text: names of each open object, nesting, and nothing else (the grammar is `JSON.parse`'s). */
function refuseDuplicatesAndDepth(text: string, maxDepth: number): void {
  const open: (Set<string> | null)[] = [];
  let nameExpected = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '{' || character === '[') {
      open.push(character === '{' ? new Set() : null);
      if (open.length > maxDepth) throw malformed(`nested deeper than ${maxDepth}`);
      nameExpected = character === '{';
    } else if (character === '}' || character === ']') {
      open.pop();
      nameExpected = false;
    } else if (character === ',') {
      nameExpected = open.at(-1) instanceof Set;
    } else if (character === '"') {
      const end = endOfString(text, at);
      if (nameExpected) {
        rememberName(open.at(-1), text.slice(at, end + 1));
        nameExpected = false;
      }
      at = end;
    }
  }
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  throw malformed('unterminated string');
}

function rememberName(names: Set<string> | null | undefined, literal: string): void {
  const name = parseGrammar(literal);
  if (!(names instanceof Set) || typeof name !== 'string') throw malformed('member name out of place');
  // Compared decoded: `\u0061ud` and `aud` are the same member.
  if (names.has(name)) throw malformed('duplicate member');
  // `constructor` stops class-transformer, and class-validator takes `toString` or `valueOf` for a declared member (W04).
  if (name in Object.prototype) throw malformed(`member name ${name}`);
  names.add(name);
}

function parseGrammar(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (cause) {
    throw malformed('grammar', cause);
  }
}

function refuseUnsafeValues(value: JsonValue): void {
  if (typeof value === 'string') refuseUnsafeText(value);
  else if (typeof value === 'number') {
    if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
      throw malformed('number outside the safe range');
    }
  } else if (Array.isArray(value)) value.forEach(refuseUnsafeValues);
  else if (value !== null && typeof value === 'object') {
    for (const [name, member] of Object.entries(value)) {
      refuseUnsafeText(name);
      refuseUnsafeValues(member);
    }
  }
}

/** PostgreSQL answers NUL with an error and stores a lone surrogate as U+FFFD, so that its digest would change (J21). */
function refuseUnsafeText(text: string): void {
  if (!text.isWellFormed()) throw malformed('lone surrogate');
  if (text.includes('\u0000')) throw malformed('NUL');
}
