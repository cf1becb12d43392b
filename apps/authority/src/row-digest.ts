import { digestOf, type JsonValue } from '#protocol';

/** Digest of what a row of the register says, whatever class it came from. */
export function rowDigest(content: object): string {
  return digestOf(JSON.parse(JSON.stringify(content)) as JsonValue);
}
