/** One record as it stands in a file: where it begins, and its text. */
export interface RawRecord {
  /** The line of its first character, from 1. */
  readonly line: number;
  /** Empty where the record is larger than any camera's. */
  readonly text: string;
  readonly isTooLarge: boolean;
}

/** With its images in base64 a record is a few megabytes. */
export const RECORD_MAX = 8 * 1024 * 1024;

type Mode = 'lines' | 'documents' | 'list';

/**
 * Takes the text of a file apart into its JSON records, whatever way it holds them: one a line, one after the other over
 * many lines, or in one list. Nothing is parsed: a broken record comes out as it is and is refused by whoever reads it, and
 * where there is a record a line it breaks no other.
 */
export class JsonSplitter {
  #mode: Mode | undefined;
  #head = '';
  #text = '';
  #size = 0;
  #line = 1;
  #startLine = 1;
  #depth = 0;
  #inString = false;
  #escaped = false;
  #listOpen = false;

  push(chunk: string): RawRecord[] {
    if (this.#mode !== undefined) return this.#split(chunk);
    this.#head += chunk;
    this.#mode = modeOf(this.#head, this.#head.length > RECORD_MAX);
    return this.#mode === undefined ? [] : this.#splitHead();
  }

  /** What is left when the file ends; a list that never closes is one more, broken record. */
  end(): RawRecord[] {
    const records = this.#mode === undefined ? this.#afterMode() : [];
    const rest = this.#take();
    return [...records, ...rest, ...(this.#listOpen ? [this.#broken()] : [])];
  }

  #afterMode(): RawRecord[] {
    this.#mode = modeOf(this.#head, true);
    return this.#splitHead();
  }

  #splitHead(): RawRecord[] {
    const head = this.#head.replace(/^\ufeff/, '');
    this.#head = '';
    return this.#split(head);
  }

  #split(chunk: string): RawRecord[] {
    return this.#mode === 'lines' ? this.#splitLines(chunk) : this.#splitNested(chunk);
  }

  #splitLines(chunk: string): RawRecord[] {
    const records: RawRecord[] = [];
    const [first = '', ...others] = chunk.split('\n');
    this.#add(first);
    for (const line of others) {
      records.push(...this.#take());
      this.#line += 1;
      this.#startLine = this.#line;
      this.#add(line);
    }
    return records;
  }

  #splitNested(chunk: string): RawRecord[] {
    const records: RawRecord[] = [];
    let from = 0;
    const cut = (until: number, next: number) => {
      this.#add(chunk.slice(from, until));
      records.push(...this.#take());
      from = next;
    };
    for (let at = 0; at < chunk.length; at += 1) {
      const character = chunk.charAt(at);
      if (character === '\n') this.#line += 1;
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (character === '\\') this.#escaped = true;
        else if (character === '"') this.#inString = false;
        continue;
      }
      if (character === '"') this.#inString = true;
      else if (this.#mode === 'list' && this.#depth === 0 && !this.#listOpen && character === '[' && this.#size === 0) {
        this.#listOpen = true;
        cut(at, at + 1);
      } else if (character === '{' || character === '[') {
        this.#depth += 1;
      } else if (this.#listOpen && this.#depth === 0 && (character === ',' || character === ']')) {
        cut(at, at + 1);
        if (character === ']') this.#listOpen = false;
      } else if ((character === '}' || character === ']') && this.#depth > 0) {
        this.#depth -= 1;
        if (this.#depth === 0 && !this.#listOpen) cut(at + 1, at + 1);
      }
      if (this.#size === 0 && chunk.slice(from, at + 1).trim() === '') {
        from = at + 1;
        this.#startLine = this.#line;
      }
    }
    this.#add(chunk.slice(from));
    return records;
  }

  #add(text: string): void {
    this.#size += text.length;
    this.#text = this.#size > RECORD_MAX ? '' : this.#text + text;
  }

  /** The record that has been gathered, if it is more than blanks. */
  #take(): RawRecord[] {
    const isTooLarge = this.#size > RECORD_MAX;
    const text = this.#text.trim();
    const record = { line: this.#startLine, text, isTooLarge };
    this.#text = '';
    this.#size = 0;
    this.#startLine = this.#line;
    return text === '' && !isTooLarge ? [] : [record];
  }

  #broken(): RawRecord {
    return { line: this.#line, text: '[', isTooLarge: false };
  }
}

/** Undefined while the beginning of the file does not tell yet. */
function modeOf(head: string, isAll: boolean): Mode | undefined {
  const text = head.replace(/^\ufeff/, '').trimStart();
  if (text.startsWith('[')) return 'list';
  const end = text.indexOf('\n');
  if (end < 0) return isAll ? (isObject(text) ? 'lines' : 'documents') : undefined;
  if (isObject(text.slice(0, end))) return 'lines';
  // A first line that is broken, among records that each have a line.
  const next = text.slice(end).trimStart();
  if (next === '') return isAll ? 'lines' : undefined;
  return next.startsWith('{') ? 'lines' : 'documents';
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}
