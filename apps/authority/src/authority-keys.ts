import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readSideRecordKeys } from '#exchange/io';
import { noteKeyFromJwk, type NoteKey } from '#ledger';
import type { SideRecordKeys } from '#ledger/io';
import {
  importSigningKey,
  parseStrictObject,
  ProtocolError,
  publicKeyFrom,
  type JsonObject,
  type SigningKey,
} from '#protocol';

/** Private keys of one authority process; each has one job. */
export interface AuthorityKeys {
  readonly anchor: SigningKey;
  /** By the jurisdiction's id. */
  readonly jurisdictions: ReadonlyMap<string, SigningKey>;
  /**
   * By jurisdiction's id, `anchor` among them: public halves that are published already and sign nothing yet, so that every
   * node knows them before the first statement under them.
   */
  readonly next: ReadonlyMap<string, JsonObject>;
  /** Cosigns checkpoints, and nothing else. */
  readonly witness: NoteKey;
  /** Signs the checkpoints of the authority's own ledger, and nothing else. */
  readonly ledger: NoteKey;
  /** Signs the receipts in it, and nothing else. */
  readonly receipts: SigningKey;
  /** Seal what opens the receipts in it. */
  readonly sideRecords: SideRecordKeys;
}

/** File names below `COMITY_AUTHORITY_KEYS`. */
export const KEY_FILES = {
  anchor: 'anchor.jwk.json',
  witness: 'witness.jwk.json',
  ledger: 'ledger.jwk.json',
  receipts: 'receipts.jwk.json',
  sideRecords: 'side-records.key',
  jurisdiction: (id: string) => `jurisdiction-${id}.jwk.json`,
  /** The key after this one: `anchor.next.jwk.json`. It may be public as well as private. */
  next: (file: string) => file.replace(/\.jwk\.json$/, '.next.jwk.json'),
} as const;

const JURISDICTION_FILE = /^jurisdiction-([a-z0-9]{1,16})\.jwk\.json$/;

/** Name of the witness in its vkey: the anchor's address without its scheme. */
export function witnessName(anchor: string): string {
  return `${anchor.replace(/^https?:\/\//, '')}/witness`;
}

/** Origin of the authority's own ledger. */
export function ledgerOrigin(anchor: string): string {
  return `${anchor.replace(/^https?:\/\//, '')}/ledger`;
}

/** Ids of the jurisdictions that have a key file. */
export function jurisdictionsWithKeys(directory: string): string[] {
  try {
    return readdirSync(directory).flatMap((file) => JURISDICTION_FILE.exec(file)?.[1] ?? []);
  } catch {
    // A folder that is not there is reported when the first key is looked for in it.
    return [];
  }
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
  const ledger = await read(KEY_FILES.ledger, (jwk) => noteKeyFromJwk(ledgerOrigin(anchor), 'note', jwk));
  const receipts = await read(KEY_FILES.receipts, importSigningKey);
  const sideRecords = await readSideRecordKeys(directory).catch((error: unknown) => {
    problems.push(`COMITY_AUTHORITY_KEYS: ${KEY_FILES.sideRecords}: ${reasonOf(error)}`);
    return undefined;
  });
  const jurisdictions = new Map<string, SigningKey>();
  for (const id of jurisdictionIds) {
    const key = await read(KEY_FILES.jurisdiction(id), importSigningKey);
    if (key) jurisdictions.set(id, key);
  }
  const next = new Map<string, JsonObject>();
  for (const id of ['anchor', ...jurisdictionIds]) {
    const file = KEY_FILES.next(id === 'anchor' ? KEY_FILES.anchor : KEY_FILES.jurisdiction(id));
    const jwk = existsSync(join(directory, file)) ? await read(file, publicPartOf) : undefined;
    if (jwk) next.set(id, jwk);
  }
  if (!anchorKey || !witness || !ledger || !receipts || !sideRecords) return undefined;
  return { anchor: anchorKey, jurisdictions, next, witness, ledger, receipts, sideRecords };
}

async function publicPartOf(jwk: JsonObject): Promise<JsonObject> {
  if ('d' in jwk) return (await importSigningKey(jwk)).publicJwk;
  const key = await publicKeyFrom(jwk);
  if (key.use !== 'sig') throw new ProtocolError('configuration', 'it is no key that signs');
  return key.jwk;
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
