import { randomBytes } from 'node:crypto';
import { open, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import {
  ProtocolError,
  importDecryptionKey,
  importSigningKey,
  parseStrictObject,
  type DecryptionKey,
  type JsonObject,
  type Randomness,
  type SigningKey,
} from '../src/index.js';

/** A new private JWK: Ed25519 to sign, X25519 to decrypt; `kid` is its RFC 7638 thumbprint. */
export async function generatePrivateJwk(use: 'sig' | 'enc'): Promise<JsonObject> {
  const pair =
    use === 'sig'
      ? await generateKeyPair('Ed25519', { extractable: true })
      : await generateKeyPair('ECDH-ES', { crv: 'X25519', extractable: true });
  const jwk = await exportJWK(pair.privateKey);
  const kid = await calculateJwkThumbprint(jwk, 'sha256');
  return { ...(jwk as JsonObject), alg: use === 'sig' ? 'Ed25519' : 'ECDH-ES', use, kid };
}

export async function generateSigningKey(): Promise<SigningKey> {
  return importSigningKey(await generatePrivateJwk('sig'));
}

export async function generateDecryptionKey(): Promise<DecryptionKey> {
  return importDecryptionKey(await generatePrivateJwk('enc'));
}

export async function readSigningKeyFile(path: string): Promise<SigningKey> {
  return importSigningKey(await readPrivateFile(path));
}

export async function readDecryptionKeyFile(path: string): Promise<DecryptionKey> {
  return importDecryptionKey(await readPrivateFile(path));
}

/** Readable by its owner only, and never over a key that exists. */
export async function writeKeyFile(path: string, jwk: JsonObject): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(jwk, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await syncFolderOf(path);
}

/**
 * Destroys a file that holds a secret: written over, then removed, both on disk when it returns; nothing where there is none.
 * On a file system that keeps old blocks (copy on write, snapshots, flash) the bytes may stay: there the disk has to be
 * encrypted.
 */
export async function shredFile(path: string): Promise<void> {
  const size = await stat(path).then(
    (found) => found.size,
    () => undefined,
  );
  if (size === undefined) return;
  const file = await open(path, 'r+');
  try {
    await file.write(randomBytes(size), 0, size, 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await unlink(path);
  await syncFolderOf(path);
}

/** A new or removed name is durable only with its folder. */
async function syncFolderOf(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** 32 secret bytes, base64url, likewise. */
export async function writeSecretFile(path: string, randomness: Randomness): Promise<void> {
  const text = Buffer.from(randomness.bytes(32)).toString('base64url');
  await writeFile(path, `${text}\n`, { mode: 0o600, flag: 'wx' });
}

async function readPrivateFile(path: string): Promise<JsonObject> {
  return parseStrictObject(await readPrivateText(path));
}

/**
 * The text of a file that holds a secret.
 *
 * @throws ProtocolError `configuration` where it cannot be read, or may be read by others than its owner
 */
export async function readPrivateText(path: string): Promise<string> {
  const { mode } = await stat(path).catch((cause: unknown) => {
    throw new ProtocolError('configuration', `the key file \`${path}\` cannot be read`, undefined, { cause });
  });
  if ((mode & 0o077) !== 0) {
    throw new ProtocolError('configuration', `the key file \`${path}\` may be read by others; use \`chmod 600\``);
  }
  return readFile(path, 'utf8');
}
