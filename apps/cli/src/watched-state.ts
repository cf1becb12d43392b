import { rename, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import {
  EMPTY_RANGE,
  decodeBase64,
  decodeEdge,
  encodeBase64,
  encodeEdge,
  equalHashes,
  rootOf,
  type CompactRange,
  type VerifiedCheckpoint,
} from '#ledger';
import { isJsonObject, type JsonObject } from '#protocol';
import type { LastReceipts } from './audited-receipts.js';
import { CliError } from './cli-error.js';
import { readJsonInput } from './input-file.js';

/** How far a log was read, and the receipts that came last: enough to go on from there. */
export interface ReadSoFar {
  readonly range: CompactRange;
  readonly last: LastReceipts;
}

/** What a monitor keeps of one log. */
export interface WatchedState {
  /** The newest checkpoint whose every entry was processed, and the tree under it. */
  readonly verified: { readonly note: string; readonly so: ReadSoFar } | undefined;
  /** Read beyond that, and not yet compared with any signed root. */
  readonly ahead: ReadSoFar | undefined;
}

export const NOTHING_READ: ReadSoFar = { range: EMPTY_RANGE, last: [] };

/** The file in which a monitor keeps what it has processed. It is written only afterwards, whole, and beside first. */
export class WatchedStateFile {
  constructor(private readonly path: string) {}

  /** @param openNote verifies a note under the log's key; a state that does not fit its own note is refused */
  async read(openNote: (note: string) => VerifiedCheckpoint): Promise<WatchedState> {
    if (!existsSync(this.path)) return { verified: undefined, ahead: undefined };
    const document = await readJsonInput(this.path);
    if (!isJsonObject(document) || document['v'] !== 1) throw this.unusable();
    const { note, verified, ahead } = document;
    const so = isJsonObject(verified) ? this.progress(verified) : undefined;
    if (typeof note === 'string' && so !== undefined) {
      const checkpoint = openNote(note);
      if (checkpoint.size !== so.range.size || !equalHashes(rootOf(so.range), checkpoint.root)) throw this.unusable();
      return { verified: { note, so }, ahead: isJsonObject(ahead) ? this.progress(ahead) : undefined };
    }
    return { verified: undefined, ahead: isJsonObject(ahead) ? this.progress(ahead) : undefined };
  }

  async write({ verified, ahead }: WatchedState): Promise<void> {
    const document = {
      v: 1,
      ...(verified === undefined ? {} : { note: verified.note, verified: written(verified.so) }),
      ...(ahead === undefined ? {} : { ahead: written(ahead) }),
    };
    const beside = `${this.path}.${process.pid}`;
    await writeFile(beside, `${JSON.stringify(document, null, 2)}\n`);
    await rename(beside, this.path);
  }

  /** Two signed notes that contradict each other: kept, because they prove it to everybody. */
  async keepEvidence(evidence: JsonObject): Promise<string> {
    const path = `${this.path}.evidence.json`;
    await writeFile(path, `${JSON.stringify(evidence, null, 2)}\n`);
    return path;
  }

  private progress(value: JsonObject): ReadSoFar {
    const { size, edge, last } = value;
    if (typeof size !== 'number' || typeof edge !== 'string' || !Array.isArray(last)) throw this.unusable();
    const receipts = last.filter(isJsonObject).map(({ signer, seq, digest }) => {
      if (typeof signer !== 'string' || typeof seq !== 'number' || typeof digest !== 'string') throw this.unusable();
      return { signer, seq, digest };
    });
    return { range: decodeEdge(size, decodeBase64(edge)), last: receipts };
  }

  private unusable(): CliError {
    return new CliError('usage', `\`${this.path}\` is no state of a watched log`, {
      remedy: 'name another file; one that is not there yet is begun',
    });
  }
}

function written({ range, last }: ReadSoFar): JsonObject {
  return { size: range.size, edge: encodeBase64(encodeEdge(range)), last: last.map((receipt) => ({ ...receipt })) };
}
