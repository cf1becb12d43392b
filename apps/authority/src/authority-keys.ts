import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { noteKeyFromJwk, type NoteKey } from '#ledger';
import { importSigningKey, parseStrictObject, ProtocolError, type JsonObject, type SigningKey } from '#protocol';

/** Private keys of one authority process; each has one job. */
export interface AuthorityKeys {
  readonly anchor: SigningKey;
  /** By the jurisdiction's id. */
  readonly jurisdictions: ReadonlyMap<string, SigningKey>;
  /** Cosigns checkpoints, and nothing else. */
  readonly witness: NoteKey;
}

/** File names below `COMITY_AUTHORITY_KEYS`. */
export const KEY_FILES = {
  anchor: 'anchor.jwk.json',
  witness: 'witness.jwk.json',
  jurisdiction: (id: string) => `jurisdiction-${id}.jwk.json`,
} as const;

/** Name of the witness in its vkey: the anchor's address without its scheme. */
export function witnessName(anchor: string): string {
  return `${anchor.replace(/^https?:\/\//, '')}/witness`;
}

/** Reads the keys of the anchor, the given jurisdictions and the witness; what is missing goes into `problems`. */
export async function readAuthorityKeys(
  directory: string,
  anchor: string,
  jurisdictionIds: readonly string[],
  problems: string[],
): Promise<AuthorityKeys | undefined> {
  const read = async <T>(file: string, importKey: (jwk: JsonObject) => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await importKey(readPrivateFile(join(directory, file)));
    } catch (error) {
      problems.push(`COMITY_AUTHORITY_KEYS: ${file}: ${reasonOf(error)}`);
      return undefined;
    }
  };
  const anchorKey = await read(KEY_FILES.anchor, importSigningKey);
  const witness = await read(KEY_FILES.witness, (jwk) => noteKeyFromJwk(witnessName(anchor), 'cosignature', jwk));
  const jurisdictions = new Map<string, SigningKey>();
  for (const id of jurisdictionIds) {
    const key = await read(KEY_FILES.jurisdiction(id), importSigningKey);
    if (key) jurisdictions.set(id, key);
  }
  return anchorKey && witness ? { anchor: anchorKey, jurisdictions, witness } : undefined;
}

function readPrivateFile(path: string): JsonObject {
  const { mode } = statSync(path);
  if ((mode & 0o077) !== 0) throw new ProtocolError('configuration', 'it may be read by others; use `chmod 600`');
  return parseStrictObject(readFileSync(path));
}

function reasonOf(error: unknown): string {
  if (error instanceof ProtocolError) return error.detail ?? error.message;
  return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'it is missing' : 'it cannot be read';
}
