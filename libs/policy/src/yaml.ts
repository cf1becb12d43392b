import { isAlias, isNode, parseDocument, visit, type Document } from 'yaml';
import type { JsonValue } from '#protocol';
import { PolicyError } from './policy-error.js';

/**
 * YAML 1.2 as a way to write JSON with comments, and no more: one document, the core schema, no duplicate keys, no
 * directives, tags, anchors or aliases (a few lines of which can stand for gigabytes), no merge keys, only the numbers that
 * JSON has. So `no` is a text, a code such as `120` has to stand in quotes, and the same document in JSON has the same
 * digest.
 *
 * @throws PolicyError `rule_malformed`, with the line
 */
export function parseYaml(text: string | Uint8Array, maxBytes: number): JsonValue {
  const source = decoded(text, maxBytes);
  // A directive could turn the core schema into that of YAML 1.1, where `no` is false.
  if (/^%/m.test(source)) throw malformed('directives are not allowed');
  try {
    const document = parseDocument(source, {
      version: '1.2',
      schema: 'core',
      merge: false,
      uniqueKeys: true,
      strict: true,
      stringKeys: true,
      resolveKnownTags: false,
      // Not `silent`: that also keeps silent about a second document.
      logLevel: 'error',
    });
    const [problem] = [...document.errors, ...document.warnings];
    if (problem !== undefined) throw malformed(firstLine(problem.message));
    if (usesReferences(document)) throw malformed('anchors, aliases and tags are not allowed');
    return jsonOf(document.toJS({ maxAliasCount: 0 }) as unknown);
  } catch (cause) {
    if (cause instanceof PolicyError) throw cause;
    // Such as a document nested so deeply that the reader's recursion ends.
    throw malformed('not acceptable YAML', cause);
  }
}

function decoded(text: string | Uint8Array, maxBytes: number): string {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  if (bytes.length > maxBytes) throw malformed(`larger than ${maxBytes} bytes`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw malformed('not UTF-8', cause);
  }
}

function usesReferences(document: Document): boolean {
  let found = false;
  visit(document, (_key, node) => {
    if (
      isAlias(node) ||
      (isNode(node) && (node.tag !== undefined || ('anchor' in node && node.anchor !== undefined)))
    ) {
      found = true;
      return visit.BREAK;
    }
    return undefined;
  });
  return found;
}

/** Nothing but what JSON can say: `.nan`, `.inf` and integers beyond 2^53 are refused. */
function jsonOf(value: unknown): JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value))) return value;
    throw malformed('a number that JSON does not have');
  }
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, jsonOf(member)]));
  }
  throw malformed('a value that JSON does not have');
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0]?.replace(/:$/, '') ?? message;
}

function malformed(message: string, cause?: unknown): PolicyError {
  return new PolicyError('rule_malformed', [{ path: 'document', message }], { cause });
}
