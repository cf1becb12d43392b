import { isJsonObject, type JsonObject, type JsonValue } from '#protocol';
import { TrustError, type TrustErrorCode } from './trust-error.js';

/** Whole seconds since 1970, before the year 2286: an instant in milliseconds is refused, so is 1e999 (J19). */
const LATEST_SECONDS = 10_000_000_000;
const MAX_TEXT = 1_024;

/**
 * Reads the members of one object, each exactly once and by name. A member nobody asked for is refused by `end`: what a
 * reader does not understand must not be believed.
 */
export class StrictClaims {
  readonly #rest: Map<string, JsonValue>;

  constructor(
    value: JsonValue | undefined,
    private readonly code: TrustErrorCode,
    private readonly where: string,
  ) {
    if (!isJsonObject(value)) throw new TrustError(code, `${where} is not an object`);
    this.#rest = new Map(Object.entries(value));
  }

  has(name: string): boolean {
    return this.#rest.has(name);
  }

  text(name: string, pattern?: RegExp): string {
    const value = this.#take(name);
    if (typeof value !== 'string' || value.length === 0 || value.length > MAX_TEXT) throw this.#refuse(name);
    if (pattern && !pattern.test(value)) throw this.#refuse(name);
    return value;
  }

  /** A text that may be as long as its token, such as a packed list. */
  long(name: string): string {
    const value = this.#take(name);
    if (typeof value !== 'string' || value.length === 0) throw this.#refuse(name);
    return value;
  }

  /** Text for people: well-formed by the JSON reader, without control characters but the new line. */
  prose(name: string, maxLength: number): string {
    const value = this.#take(name);
    if (typeof value !== 'string' || value.trim().length === 0 || value.length > maxLength) throw this.#refuse(name);
    // Control and format characters would show a reader another text than the one that was signed (P07).
    if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(value.replaceAll('\n', ''))) throw this.#refuse(name);
    return value;
  }

  /** An instant, in milliseconds. */
  instant(name: string): number {
    const value = this.#take(name);
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value >= LATEST_SECONDS) {
      throw this.#refuse(name);
    }
    return value * 1_000;
  }

  count(name: string, max: number): number {
    const value = this.#take(name);
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > max) throw this.#refuse(name);
    return value;
  }

  number(name: string, limit: number): number {
    const value = this.#take(name);
    if (typeof value !== 'number' || !Number.isFinite(value) || Math.abs(value) > limit) throw this.#refuse(name);
    return value;
  }

  /** Takes the member where it is exactly this text. */
  takeIf(name: string, text: string): boolean {
    return this.#rest.get(name) === text && this.#rest.delete(name);
  }

  object(name: string): JsonObject {
    const value = this.#take(name);
    if (!isJsonObject(value)) throw this.#refuse(name);
    return value;
  }

  list(name: string, max: number): JsonValue[] {
    const value = this.#take(name);
    if (!Array.isArray(value) || value.length > max) throw this.#refuse(name);
    return value;
  }

  /** A list of distinct texts. */
  texts(name: string, max: number): string[] {
    const values = this.list(name, max).map((value) => {
      if (typeof value !== 'string' || value.length === 0 || value.length > MAX_TEXT) throw this.#refuse(name);
      return value;
    });
    if (new Set(values).size !== values.length) throw this.#refuse(name);
    return values;
  }

  end(code: TrustErrorCode = this.code): void {
    const [unread] = this.#rest.keys();
    if (unread !== undefined)
      throw new TrustError(code, `${this.where} has an unknown member \`${unread.slice(0, 64)}\``);
  }

  #take(name: string): JsonValue | undefined {
    const value = this.#rest.get(name);
    this.#rest.delete(name);
    return value;
  }

  #refuse(name: string): TrustError {
    return new TrustError(this.code, `${this.where} has no acceptable \`${name}\``);
  }
}
