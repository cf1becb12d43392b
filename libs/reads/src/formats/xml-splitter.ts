import { RECORD_MAX, type RawRecord } from './json-splitter.js';

const DECLARATION = '<?xml';

/** Takes a file apart into its XML documents: one, or several that each begin with their declaration. */
export class XmlSplitter {
  #text = '';
  #line = 1;
  #isTooLarge = false;

  push(chunk: string): RawRecord[] {
    const records: RawRecord[] = [];
    // A declaration may lie across two chunks: the seam is looked at again.
    let from = Math.max(1, this.#text.length - DECLARATION.length);
    this.#text += chunk;
    for (let next = this.#text.indexOf(DECLARATION, from); next >= 0; next = this.#text.indexOf(DECLARATION, from)) {
      records.push(...this.#take(next));
      from = 1;
    }
    if (this.#text.length > RECORD_MAX) {
      this.#isTooLarge = true;
      this.#skip(this.#text.length - DECLARATION.length);
    }
    return records;
  }

  end(): RawRecord[] {
    return this.#take(this.#text.length);
  }

  #take(length: number): RawRecord[] {
    const text = this.#text.slice(0, length);
    const blank = text.length - text.trimStart().length;
    const line = this.#line + linesIn(text.slice(0, blank));
    const isTooLarge = this.#isTooLarge;
    this.#skip(length);
    this.#isTooLarge = false;
    const trimmed = text.replace(/^\ufeff/, '').trim();
    return trimmed === '' && !isTooLarge ? [] : [{ line, text: isTooLarge ? '' : trimmed, isTooLarge }];
  }

  #skip(length: number): void {
    this.#line += linesIn(this.#text.slice(0, length));
    this.#text = this.#text.slice(length);
  }
}

function linesIn(text: string): number {
  return text.split('\n').length - 1;
}
