import { isJsonObject, type JsonValue } from '#protocol';
import { Rejected } from '../rejection.js';

const MAX_TEXT = 256;

/** A place in a record: what stands there, and its path, by which a rejection says where it was. */
export class Part {
  constructor(
    readonly value: JsonValue | undefined,
    readonly at = '',
  ) {}

  /** A member; absent where this is no object, is null, or has none. */
  member(name: string): Part {
    const own = isJsonObject(this.value) && Object.hasOwn(this.value, name) ? this.value[name] : undefined;
    return new Part(own ?? undefined, this.at === '' ? name : `${this.at}.${name}`);
  }

  /** The first of several members that is there, since versions of a format differ; the first name where none is. */
  either(...names: readonly [string, ...string[]]): Part {
    return names.map((name) => this.member(name)).find((part) => part.isThere) ?? this.member(names[0]);
  }

  get isThere(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  /** Of a list; none where it is absent. @throws Rejected `member_malformed` */
  items(): Part[] {
    if (!this.isThere) return [];
    if (!Array.isArray(this.value)) throw new Rejected('member_malformed', this.at);
    return this.value.map((item, index) => new Part(item, `${this.at}[${index}]`));
  }

  /** Trimmed; undefined where absent or empty. A number is taken as it is written. @throws Rejected `member_malformed` */
  text(): string | undefined {
    const { value } = this;
    if (!this.isThere || value === '') return undefined;
    const text = typeof value === 'number' ? String(value) : value;
    if (typeof text !== 'string' || text.length > MAX_TEXT) throw new Rejected('member_malformed', this.at);
    return text.trim() === '' ? undefined : text.trim();
  }

  /** A number, also written as one in a text. @throws Rejected `member_malformed` */
  number(): number | undefined {
    if (typeof this.value === 'number') return this.value;
    const text = this.text();
    if (text === undefined) return undefined;
    // Plain decimal notation only: `Number` alone would take `0x10` and `1e3`.
    if (text.length > 32 || !/^[+-]?\d+(?:\.\d*)?$/.test(text)) throw new Rejected('member_malformed', this.at);
    return Number(text);
  }

  /** True or false, also as text. @throws Rejected `member_malformed` */
  flag(): boolean {
    if (!this.isThere || this.value === false || this.value === 'false') return false;
    if (this.value === true || this.value === 'true') return true;
    throw new Rejected('member_malformed', this.at);
  }

  /** @throws Rejected `member_missing` */
  required<T>(found: T | undefined): T {
    if (found === undefined) throw new Rejected('member_missing', this.at);
    return found;
  }
}
