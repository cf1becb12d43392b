import { mkdir, open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseStrictObject, type JsonObject } from '#protocol';
import { parseWarrant, type Status, type UnverifiedWarrant } from '#trust';

/** What a court has issued, and what became of it. */
export interface IssuedProcess {
  readonly index: number;
  readonly warrant: UnverifiedWarrant;
  /** `undefined` while it holds. Taken back is taken back for good. */
  readonly revoked: { readonly at: string; readonly reason: string } | undefined;
}

const ENTRY = /^(0|[1-9]\d{0,6})\.json$/;

/**
 * One file for each document and one for each that was taken back; none is ever changed. So two who sign at once get two
 * numbers, what was revoked cannot come back by a lost write, and the folder can be copied while it is in use.
 */
export class IssuedProcessFolder {
  constructor(private readonly directory: string) {}

  /** The next number of the status list; nobody else gets it, also where nothing is issued under it in the end. */
  async takeIndex(): Promise<number> {
    await mkdir(this.#folder('issued'), { recursive: true, mode: 0o700 });
    for (let index = Math.max(-1, ...(await this.#indexes('issued'))) + 1; ; index += 1) {
      try {
        await (await open(this.#file('issued', index), 'wx', 0o600)).close();
        return index;
      } catch (error) {
        if (!isCode(error, 'EEXIST')) throw error;
      }
    }
  }

  async keep(index: number, token: string): Promise<void> {
    await writeFile(this.#file('issued', index), `${JSON.stringify({ token })}\n`, { mode: 0o600 });
  }

  /** @returns false where it was taken back before */
  async revoke(index: number, by: { readonly at: string; readonly reason: string }): Promise<boolean> {
    await mkdir(this.#folder('revoked'), { recursive: true, mode: 0o700 });
    try {
      const file = await open(this.#file('revoked', index), 'wx', 0o600);
      await file.writeFile(`${JSON.stringify({ ...by })}\n`);
      // Who says that it is taken back must not lose that to a power cut.
      await file.sync();
      await file.close();
      return true;
    } catch (error) {
      if (isCode(error, 'EEXIST')) return false;
      throw error;
    }
  }

  /** All that was issued, oldest first. */
  async list(): Promise<IssuedProcess[]> {
    const revoked = new Set(await this.#indexes('revoked'));
    const issued: IssuedProcess[] = [];
    for (const index of await this.#indexes('issued')) {
      const { token } = await this.#read('issued', index);
      if (typeof token !== 'string') continue;
      const back = revoked.has(index) ? await this.#read('revoked', index) : undefined;
      const { at, reason } = back ?? {};
      issued.push({
        index,
        warrant: parseWarrant(token),
        revoked: back && { at: typeof at === 'string' ? at : '', reason: typeof reason === 'string' ? reason : '' },
      });
    }
    return issued;
  }

  /** What the status list says: the name of the file alone counts, so that a half-written one revokes all the same. */
  async statuses(): Promise<{ readonly statuses: ReadonlyMap<number, Status>; readonly issued: number }> {
    const [issued, revoked] = [await this.#indexes('issued'), await this.#indexes('revoked')];
    return {
      statuses: new Map(revoked.map((index) => [index, 'revoked'])),
      issued: Math.max(-1, ...issued, ...revoked) + 1,
    };
  }

  async #indexes(folder: 'issued' | 'revoked'): Promise<number[]> {
    const names = await readdir(this.#folder(folder)).catch((error: unknown) => {
      if (isCode(error, 'ENOENT')) return [];
      throw error;
    });
    return names.flatMap((name) => (ENTRY.test(name) ? [Number.parseInt(name, 10)] : [])).toSorted((a, b) => a - b);
  }

  /** A number that was taken and never filled reads as an empty entry. */
  async #read(folder: 'issued' | 'revoked', index: number): Promise<JsonObject> {
    const text = await readFile(this.#file(folder, index), 'utf8');
    return text.trim() === '' ? {} : parseStrictObject(text);
  }

  #folder(name: 'issued' | 'revoked'): string {
    return join(this.directory, name);
  }

  #file(folder: 'issued' | 'revoked', index: number): string {
    return join(this.#folder(folder), `${index}.json`);
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
