import type { JsonValue } from '#protocol';
import { Rejected } from '../rejection.js';

const MAX_LENGTH = 32 * 1024;
const MAX_DEPTH = 8;
const NUMBER = /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const NAME = /None|True|False/y;
const NAMES: Readonly<Record<string, JsonValue>> = { None: null, True: true, False: false };
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', "'": "'", '"': '"' };

/**
 * What Python writes for dictionaries, lists, tuples, texts, numbers, None, True and False (`{'score': 0.5}`), and nothing
 * else: it is read, never evaluated. One pass, no backtracking (W24).
 * @throws Rejected `member_malformed` at `at`
 */
export function parsePythonLiteral(text: string, at: string): JsonValue {
  if (text.length > MAX_LENGTH) throw new Rejected('member_malformed', at);
  const reader = new LiteralReader(text, at);
  const value = reader.value(0);
  reader.end();
  return value;
}

class LiteralReader {
  #position = 0;

  constructor(
    private readonly text: string,
    private readonly at: string,
  ) {}

  value(depth: number): JsonValue {
    if (depth > MAX_DEPTH) throw this.#malformed();
    const first = this.#peek();
    if (first === '{') return this.#dictionary(depth);
    if (first === '[') return this.#list(']', depth);
    if (first === '(') return this.#list(')', depth);
    if (first === "'" || first === '"') return this.#string();
    const name = this.#match(NAME);
    if (name !== undefined) return NAMES[name] ?? null;
    const number = Number(this.#match(NUMBER) ?? Number.NaN);
    if (!Number.isFinite(number)) throw this.#malformed();
    return number;
  }

  end(): void {
    if (this.#peek() !== '') throw this.#malformed();
  }

  #dictionary(depth: number): JsonValue {
    const members = new Map<string, JsonValue>();
    this.#items('}', () => {
      if (!/['"]/.test(this.#peek())) throw this.#malformed();
      const name = this.#string();
      // Two readers would see two values, and a name that every object has would change it (W04).
      if (members.has(name) || name in Object.prototype) throw this.#malformed();
      this.#take(':');
      members.set(name, this.value(depth + 1));
    });
    return Object.fromEntries(members);
  }

  #list(close: string, depth: number): JsonValue {
    const items: JsonValue[] = [];
    this.#items(close, () => void items.push(this.value(depth + 1)));
    return items;
  }

  #items(close: string, item: () => void): void {
    this.#position += 1;
    while (this.#peek() !== close) {
      item();
      if (this.#peek() !== close) this.#take(',');
    }
    this.#position += 1;
  }

  #string(): string {
    const quote = this.#peek();
    let found = '';
    for (this.#position += 1; ; this.#position += 1) {
      const character = this.text.charAt(this.#position);
      if (character === '' || character === '\n') throw this.#malformed();
      if (character === quote) break;
      if (character !== '\\') {
        found += character;
        continue;
      }
      this.#position += 1;
      const escaped = ESCAPES[this.text.charAt(this.#position)];
      if (escaped === undefined) throw this.#malformed();
      found += escaped;
    }
    this.#position += 1;
    return found;
  }

  #peek(): string {
    while (/[ \t\r\n]/.test(this.text.charAt(this.#position))) this.#position += 1;
    return this.text.charAt(this.#position);
  }

  #take(character: string): void {
    if (this.#peek() !== character) throw this.#malformed();
    this.#position += 1;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#position;
    const found = pattern.exec(this.text)?.[0];
    this.#position += found?.length ?? 0;
    return found;
  }

  #malformed(): Rejected {
    return new Rejected('member_malformed', this.at);
  }
}
