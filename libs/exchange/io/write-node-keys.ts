import { join } from 'node:path';
import type { NoteKeyType } from '#ledger';
import { generateNoteKey } from '#ledger/io';
import type { JsonObject, Randomness } from '#protocol';
import { generatePrivateJwk, writeKeyFile, writeSecretFile } from '#protocol/io';
import { noteKeyName } from './node-config.js';

/** What others are told of the keys of a new node. */
export interface NewNodeKeys {
  /** The federation key, public: what a superior enrols. */
  readonly federation: JsonObject;
  /** What a superior states of its ledger. */
  readonly ledger: { readonly origin: string; readonly vkey: string };
  /** Names of the files. */
  readonly files: readonly string[];
}

/**
 * Makes every key that a node starts with, one job and one file each, into a folder that exists. Nothing is overwritten.
 *
 * @throws the system's own error where a file cannot be written
 */
export async function writeNodeKeys(
  directory: string,
  of: { readonly entityId: string; readonly type: 'agency' | 'broker' },
  randomness: Randomness,
): Promise<NewNodeKeys> {
  const files: string[] = [];
  const jwk = async (file: string, key: JsonObject) => {
    await writeKeyFile(join(directory, file), key);
    files.push(file);
  };
  const note = (job: 'ledger' | 'witness', type: NoteKeyType) =>
    generateNoteKey(noteKeyName(of.entityId, job), type, randomness);
  const federation = await generatePrivateJwk('sig');
  const ledger = note('ledger', 'note');
  await jwk('federation.jwk', federation);
  await jwk('signing.jwk', await generatePrivateJwk('sig'));
  await jwk('ledger.jwk', ledger.privateJwk);
  if (of.type === 'agency') {
    await jwk('encryption.jwk', await generatePrivateJwk('enc'));
    await jwk('witness.jwk', note('witness', 'cosignature').privateJwk);
  }
  const secrets = of.type === 'agency' ? ['tags.key', 'pseudonyms.key', 'side-records.key'] : ['side-records.key'];
  for (const file of secrets) await writeSecretFile(join(directory, file), randomness);
  const { d: _, ...published } = federation;
  return {
    federation: published,
    ledger: { origin: ledger.key.name, vkey: ledger.key.vkey },
    files: [...files, ...secrets],
  };
}
