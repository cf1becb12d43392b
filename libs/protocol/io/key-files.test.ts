import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encryptionTargetFrom, keySetFrom, open, seal } from '#protocol';
import {
  generateDecryptionKey,
  generatePrivateJwk,
  generateSigningKey,
  readDecryptionKeyFile,
  readSigningKeyFile,
  systemRandomness,
  writeKeyFile,
} from '#protocol/io';
import { BROKER, textOf } from '../test/example-parties.js';
import { refusalOf } from '../test/refusal.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'comity-keys-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('a key file', () => {
  it('is written for its owner alone and read back as the same key', async () => {
    const [signing, encryption] = [await generatePrivateJwk('sig'), await generatePrivateJwk('enc')];
    const [signingPath, encryptionPath] = [join(folder, 'sig.jwk'), join(folder, 'enc.jwk')];
    await writeKeyFile(signingPath, signing);
    await writeKeyFile(encryptionPath, encryption);
    expect((await stat(signingPath)).mode & 0o777).toBe(0o600);
    expect((await readSigningKeyFile(signingPath)).kid).toBe(signing['kid']);
    expect((await readDecryptionKeyFile(encryptionPath)).kid).toBe(encryption['kid']);
  });

  it('is never written over another', async () => {
    const path = join(folder, 'once.jwk');
    await writeKeyFile(path, await generatePrivateJwk('sig'));
    const before = await readFile(path, 'utf8');
    await expect(writeKeyFile(path, await generatePrivateJwk('sig'))).rejects.toThrow('EEXIST');
    expect(await readFile(path, 'utf8')).toBe(before);
  });

  it.each([0o640, 0o604, 0o644, 0o660, 0o666, 0o610])(
    'that others may read or write is refused: mode %o',
    async (mode) => {
      const path = join(folder, `mode-${mode.toString(8)}.jwk`);
      await writeKeyFile(path, await generatePrivateJwk('sig'));
      await chmod(path, mode);
      expect(await refusalOf(() => readSigningKeyFile(path))).toMatchObject({
        code: 'configuration',
        message: `the key file \`${path}\` may be read by others; use \`chmod 600\``,
      });
    },
  );

  it('that is not there is named', async () => {
    const path = join(folder, 'missing.jwk');
    expect(await refusalOf(() => readSigningKeyFile(path))).toMatchObject({
      code: 'configuration',
      message: `the key file \`${path}\` cannot be read`,
    });
  });

  it('of another purpose is refused: keys of two purposes are never mixed', async () => {
    const [signing, encryption] = [join(folder, 'a.jwk'), join(folder, 'b.jwk')];
    await writeKeyFile(signing, await generatePrivateJwk('sig'));
    await writeKeyFile(encryption, await generatePrivateJwk('enc'));
    expect((await refusalOf(() => readDecryptionKeyFile(signing))).detail).toBe('a signing key cannot decrypt');
    expect((await refusalOf(() => readSigningKeyFile(encryption))).detail).toBe('an encryption key cannot sign');
  });

  it.each([
    ['two of one member (J07)', '{"kty":"OKP","kty":"EC"}', 'malformed_json'],
    ['no JSON', '-----BEGIN PRIVATE KEY-----', 'malformed_json'],
    ['a list', '[]', 'malformed_json'],
    ['a public key', '{"kty":"OKP","crv":"Ed25519"}', 'key_refused'],
  ])('with %s in it is refused', async (name, text, code) => {
    const path = join(folder, `bad-${name.length}.jwk`);
    await writeFile(path, text, { mode: 0o600 });
    expect((await refusalOf(() => readSigningKeyFile(path))).code).toBe(code);
  });
});

describe('a generated key', () => {
  it('is enrolled as it is published', async () => {
    const [signing, decryption] = [await generateSigningKey(), await generateDecryptionKey()];
    const jwks = { keys: [signing.publicJwk, decryption.publicJwk] };
    expect([...(await keySetFrom(jwks, 'sig')).keys()]).toEqual([signing.kid]);
    expect([...(await keySetFrom(jwks, 'enc')).keys()]).toEqual([decryption.kid]);
    expect(signing.alg).toBe('Ed25519');
  });

  it('opens what was sealed to its public part', async () => {
    const key = await generateDecryptionKey();
    const target = await encryptionTargetFrom(key.publicJwk, textOf(key.publicJwk, 'kid'));
    expect(await open('sealed-part', await seal('sealed-part', BROKER, target), key)).toBe(BROKER);
  });

  it('is another one each time', async () => {
    const kids = await Promise.all(Array.from({ length: 5 }, async () => (await generateSigningKey()).kid));
    expect(new Set(kids).size).toBe(5);
    expect(systemRandomness.bytes(32)).not.toEqual(systemRandomness.bytes(32));
    expect(systemRandomness.bytes(7)).toHaveLength(7);
  });
});
