import type { JsonValue } from '#protocol';
import type { Terminal } from './terminal.js';

/** JSON for programs, on standard output. Invisible characters are escaped, so that the text is the same on a screen. */
export function printJson(terminal: Terminal, value: JsonValue): void {
  for (const line of jsonText(value).split('\n')) terminal.out(line);
}

export function jsonText(value: JsonValue): string {
  return JSON.stringify(value, null, 2).replaceAll(/[\u007f-\u009f\p{Cf}\p{Cs}\p{Co}\u2028\u2029]/gu, (character) =>
    [...Array(character.length).keys()].map((unit) => escaped(character.charCodeAt(unit))).join(''),
  );
}

function escaped(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}
