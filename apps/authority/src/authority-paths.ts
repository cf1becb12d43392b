import type { JsonValue } from '#protocol';

/** The anchor's path, and the same below each jurisdiction. */
export function pathsOf(path: string): string[] {
  return [path, `jurisdictions/:jurisdiction/${path}`];
}

/** Bytes, because a text would leave with a charset added to its media type. */
export function jsonBytes(value: JsonValue): Buffer {
  return Buffer.from(JSON.stringify(value));
}
