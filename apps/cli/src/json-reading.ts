import { isJsonObject, type JsonObject, type JsonValue } from '#protocol';
import { CliError } from './cli-error.js';

/** Reads members of a node's answer. What is not as agreed is the node's fault and is said so, never guessed. */
export function textIn(from: JsonObject, member: string): string {
  const value = from[member];
  if (typeof value !== 'string') throw unreadable(member);
  return value;
}

export function optionalText(from: JsonObject, member: string): string | undefined {
  return from[member] === undefined ? undefined : textIn(from, member);
}

export function numberIn(from: JsonObject, member: string): number {
  const value = from[member];
  if (typeof value !== 'number') throw unreadable(member);
  return value;
}

export function objectIn(from: JsonObject, member: string): JsonObject {
  const value = from[member];
  if (!isJsonObject(value)) throw unreadable(member);
  return value;
}

/** An absent list is an empty one. */
export function objectsIn(from: JsonObject, member: string): JsonObject[] {
  return listIn(from, member).map((value) => {
    if (!isJsonObject(value)) throw unreadable(member);
    return value;
  });
}

export function textsIn(from: JsonObject, member: string): string[] {
  return listIn(from, member).map((value) => {
    if (typeof value !== 'string') throw unreadable(member);
    return value;
  });
}

function listIn(from: JsonObject, member: string): JsonValue[] {
  const value = from[member] ?? [];
  if (!Array.isArray(value)) throw unreadable(member);
  return value;
}

function unreadable(member: string): CliError {
  return new CliError('refused', `the node's answer cannot be read at \`${member}\``, {
    remedy: 'check that the address is that of an agency’s node, and that both run the same version',
  });
}

/** Numbers by name, as a person reads them: `3 ncic-vehicle, 1 manual`. */
export function countsText(counts: JsonObject): string {
  const named = Object.keys(counts).map((name) => `${numberIn(counts, name)} ${name}`);
  return named.length === 0 ? 'none' : named.join(', ');
}
