import { createHash } from 'node:crypto';

/**
 * Finds a secret text wherever it was carried, whatever it was wrapped in: in clear, as hex, as base64 or base64url at any
 * alignment, inside tokens inside tokens inside a dump, and as its bare SHA-256, which anybody who can guess plates can
 * undo.
 */
export class Canary {
  readonly #plain: string;
  readonly #forms: readonly string[];

  constructor(
    readonly name: string,
    readonly text: string,
  ) {
    this.#plain = text.toLowerCase();
    const digest = createHash('sha256').update(text).digest();
    const encoded = [0, 1, 2].flatMap((offset) => [base64At(text, offset), toUrl(base64At(text, offset))]);
    const hashes = [digest.toString('hex'), digest.toString('base64url'), digest.toString('base64').slice(0, 43)];
    this.#forms = [Buffer.from(text).toString('hex'), ...encoded, ...hashes];
  }

  isIn(haystack: Haystack): boolean {
    return haystack.texts.some(
      (text) => text.toLowerCase().includes(this.#plain) || this.#forms.some((form) => text.includes(form)),
    );
  }
}

/** The middle of the base64 of the text when it begins `offset` bytes into a group of three: what does not depend on its neighbours. */
function base64At(text: string, offset: number): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]).toString('base64');
  const begin = offset === 0 ? 0 : offset + 1;
  const whole = Math.floor(((Buffer.byteLength(text) + offset) * 4) / 3);
  return encoded.slice(begin, whole);
}

function toUrl(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_');
}

const MAX_DEPTH = 5;

/** A text with everything that is encoded in it, unwrapped layer by layer. */
export class Haystack {
  readonly texts: readonly string[];

  constructor(text: string) {
    const texts = [text];
    for (let layer = [text], depth = 0; layer.length > 0 && depth < MAX_DEPTH; depth += 1) {
      layer = layer.flatMap(unwrapped);
      texts.push(...layer);
    }
    this.texts = texts;
  }
}

/** PostgreSQL's `\x…` and other hex, and runs of base64url as in tokens; what is no text after that is left. */
function unwrapped(text: string): string[] {
  const hex = [...text.matchAll(/(?:[0-9a-f]{2}){16,}/gi)].map(([run]) => Buffer.from(run, 'hex'));
  const base64 = [...text.matchAll(/[A-Za-z0-9_+/-]{16,}/g)].map(([run]) => Buffer.from(run, 'base64url'));
  // One character a byte: a text that stands among bytes that are none is found all the same.
  return [...hex, ...base64].map((bytes) => bytes.toString('latin1')).filter((each) => /[\x20-\x7e]{6}/.test(each));
}
