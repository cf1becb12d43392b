import { isInstant, isJsonObject, type JsonObject, type JsonValue } from '#protocol';
import { ABSENT, SEALED, known, type Fact, type TimeWindow } from './facts.js';
import { StrictReader } from './strict-reader.js';

export const MAX_TEXT = 512;
const MAX_LIST = 512;

/** How single facts are written: left out is absent, `{"sealed": true}` sealed, anything else known. */
export class FactsReader extends StrictReader {
  protected fact<T>(
    object: JsonObject,
    name: string,
    path: string,
    read: (value: JsonValue | undefined, path: string) => T,
  ): Fact<T> {
    if (!Object.hasOwn(object, name)) return ABSENT;
    const value = object[name];
    if (isJsonObject(value) && Object.hasOwn(value, 'sealed')) {
      const { sealed } = this.object(value, path, ['sealed'], []);
      if (sealed !== true) this.problem(path, '`sealed` can only be `true`');
      return SEALED;
    }
    return known(read(value, path));
  }

  protected window(value: JsonValue | undefined, path: string): TimeWindow {
    const window = this.object(value, path, ['from', 'until'], []);
    return {
      fromMs: this.instant(window['from'], `${path}.from`),
      untilMs: this.instant(window['until'], `${path}.until`),
    };
  }

  protected instant(value: JsonValue | undefined, path: string): number {
    if (isInstant(value)) return Date.parse(value);
    if (value !== undefined) this.problem(path, 'an instant with its offset is expected');
    return Number.NaN;
  }

  protected texts(value: JsonValue | undefined, path: string): readonly string[] {
    return this.list(value, path, 0, MAX_LIST).map((entry, index) => this.text(entry, `${path}[${index}]`, MAX_TEXT));
  }

  /** Any text: what it must not contain is for `decide` to say. */
  protected text(value: JsonValue | undefined, path: string, max: number): string {
    if (typeof value === 'string' && value.length <= max) return value;
    if (value !== undefined) this.problem(path, `a text of at most ${max} characters is expected`);
    return '';
  }

  protected number(value: JsonValue | undefined, path: string): number {
    if (typeof value === 'number') return value;
    this.problem(path, 'a number is expected');
    return Number.NaN;
  }

  protected flag(value: JsonValue | undefined, path: string): boolean {
    if (typeof value === 'boolean') return value;
    if (value !== undefined) this.problem(path, '`true` or `false` is expected');
    return false;
  }
}
