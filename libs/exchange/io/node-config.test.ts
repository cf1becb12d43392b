import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateNoteKey } from '#ledger/io';
import { encodeBase64url } from '#protocol';
import { generatePrivateJwk, systemRandomness, writeKeyFile, writeSecretFile } from '#protocol/io';
import {
  ConfigurationError,
  EnvironmentReader,
  noteKeyName,
  readNodeConfig,
  readSecretFile,
  type Environment,
} from './index.js';

const ID = 'https://node.example';
let folder: string;
let environment: Record<string, string>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'comity-config-'));
  const anchor = await generatePrivateJwk('sig');
  const { d: _private, ...publicJwk } = anchor;
  await writeFile(join(folder, 'anchors.json'), JSON.stringify([{ entity_id: ID, jwks: { keys: [publicJwk] } }]));
  for (const name of ['federation.jwk', 'signing.jwk']) {
    await writeKeyFile(join(folder, name), await generatePrivateJwk('sig'));
  }
  const { privateJwk } = generateNoteKey(noteKeyName(ID, 'ledger'), 'note', systemRandomness);
  await writeKeyFile(join(folder, 'ledger.jwk'), privateJwk);
  await writeSecretFile(join(folder, 'side-records.key'), systemRandomness);
  environment = {
    COMITY_ENV: 'production',
    COMITY_ENTITY_ID: ID,
    COMITY_NAME: 'node',
    COMITY_SUPERIOR: 'https://anchor.example',
    COMITY_ANCHORS: join(folder, 'anchors.json'),
    COMITY_KEYS: folder,
    DATABASE_URL: 'postgres://database.example/node',
  };
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function problemsOf(changed: Environment): Promise<readonly string[]> {
  const reader = new EnvironmentReader({ ...environment, ...changed });
  await readNodeConfig(reader);
  try {
    reader.finish();
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

describe('the configuration of a node', () => {
  it('is complete where nothing is wrong, with the defaults that docs/configuration.md states', async () => {
    const config = await readNodeConfig(new EnvironmentReader(environment));
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 0,
      dataDirectory: '.comity/data',
      databaseConnections: 10,
      refreshSeconds: 10,
    });
    expect(await problemsOf({})).toEqual([]);
  });

  it('lists every problem at once', async () => {
    const problems = await problemsOf({
      COMITY_ENV: 'test',
      COMITY_NAME: '',
      PORT: '70000',
      COMITY_SUPERIOR: 'https://X.example/',
    });
    expect(problems).toEqual([
      'COMITY_ENV is neither `development` nor `production`',
      'PORT is not a whole number up to 65535',
      'COMITY_NAME is missing',
      expect.stringContaining('COMITY_SUPERIOR is not an entity id'),
    ]);
  });

  it('N09: refuses plain http and the embedded database outside development', async () => {
    expect(await problemsOf({ COMITY_ENTITY_ID: 'http://127.0.0.1:4000', DATABASE_URL: '' })).toEqual([
      'COMITY_ENTITY_ID is plain http, which is for development on loopback only',
      'DATABASE_URL is missing: the embedded server is for development only',
    ]);
  });

  it.each(['federation.jwk', 'signing.jwk', 'ledger.jwk'])('refuses a `%s` that others may read', async (name) => {
    await chmod(join(folder, name), 0o640);
    expect(await problemsOf({})).toEqual([expect.stringContaining('may be read by others')]);
  });
});

async function secret(text: string, mode: number): Promise<string> {
  const path = join(folder, 'tags.key');
  await writeFile(path, text, { mode });
  return path;
}

describe('a secret file', () => {
  it('is 32 bytes in base64url, for its owner alone', async () => {
    const bytes = systemRandomness.bytes(32);
    expect(await readSecretFile(await secret(`${encodeBase64url(bytes)}\n`, 0o600))).toEqual(bytes);
  });

  it('is refused where others may read it', async () => {
    const path = await secret(encodeBase64url(systemRandomness.bytes(32)), 0o600);
    await chmod(path, 0o644);
    await expect(readSecretFile(path)).rejects.toMatchObject({ code: 'configuration' });
  });

  it('is refused at any other length', async () => {
    await expect(readSecretFile(await secret(encodeBase64url(systemRandomness.bytes(16)), 0o600))).rejects.toThrow(
      '32 bytes',
    );
  });
});
