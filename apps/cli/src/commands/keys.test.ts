import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { EnvironmentReader, readNodeConfig } from '#exchange/io';
import { isJsonObject, parseStrictJson, type JsonObject } from '#protocol';
import { generatePrivateJwk } from '#protocol/io';
import { readAgencyConfig } from '../../../agency/src/config.js';
import { FakeCli } from '../../test/fake-cli.js';

const ENTITY = 'https://node.cedar.example';

let cli: FakeCli;
let folder: string;
let environment: Readonly<Record<string, string>>;
beforeEach(async () => {
  cli = await FakeCli.create();
  folder = join(cli.home, 'keys');
  const { d: _, ...anchorKey } = await generatePrivateJwk('sig');
  const anchor = await cli.file('anchors.json', [{ entity_id: 'https://anchor.example', jwks: { keys: [anchorKey] } }]);
  environment = {
    COMITY_ENV: 'production',
    COMITY_ENTITY_ID: ENTITY,
    COMITY_NAME: 'node',
    COMITY_SUPERIOR: 'https://anchor.example',
    COMITY_ANCHORS: anchor,
    COMITY_KEYS: folder,
    COMITY_BROKER: 'https://broker.example',
    COMITY_OIDC_ISSUER: 'https://login.example',
    COMITY_OIDC_CLIENT_ID: 'comity',
    COMITY_OIDC_ACR: 'urn:example:mfa',
    DATABASE_URL: 'postgres://database.example/node',
  };
});

const make = (...options: string[]) => cli.run(['keys', 'node', folder, '--entity', ENTITY, ...options]);

async function made(...options: string[]): Promise<JsonObject> {
  const { exit, out } = await make('--json', ...options);
  expect(exit).toBe(0);
  expect(out).not.toContain('"d"');
  const document = parseStrictJson(out);
  return isJsonObject(document) ? document : {};
}

describe('comity keys', () => {
  it('makes every key that an agency starts with, for its owner alone, and shows what its superior states', async () => {
    const shown = await made();
    const config = await readAgencyConfig(environment);
    expect(shown).toMatchObject({
      entity_id: ENTITY,
      thumbprint: config.node.keys.federation.kid,
      federation: { kid: config.node.keys.federation.kid, use: 'sig' },
      ledger: { origin: 'node.cedar.example/ledger', vkey: config.node.keys.ledger.vkey },
    });
    expect((await readdir(folder)).toSorted()).toEqual((shown['files'] as string[]).toSorted());
    for (const file of await readdir(folder)) expect((await stat(join(folder, file))).mode & 0o077).toBe(0);
  });

  it('makes those of a broker, who opens nothing', async () => {
    await made('--broker');
    const reader = new EnvironmentReader(environment);
    await readNodeConfig(reader);
    expect(() => reader.finish()).not.toThrow();
    expect(await readdir(folder)).not.toContain('encryption.jwk');
  });

  it('makes one to follow another, and overwrites nothing', async () => {
    await make();
    const next = join(folder, 'federation.next.jwk');
    expect((await cli.run(['keys', 'one', next])).out).toMatch(/^thumbprint {2}[\w-]{43}$/);
    for (const again of [
      ['keys', 'one', next],
      ['keys', 'node', folder, '--entity', ENTITY],
    ]) {
      const { exit, err } = await cli.run(again);
      expect(exit).toBe(2);
      expect(err).toContain('it exists already, and nothing is overwritten');
    }
    const nowhere = await cli.run(['keys', 'one', join(folder, 'none', 'x.jwk')]);
    expect(nowhere.err).toContain('the folder that it belongs in does not exist');
    expect((await cli.run(['keys', 'node', folder, '--entity', 'cedar'])).exit).toBe(2);
    expect((await cli.run(['keys', 'node', folder])).exit).toBe(2);
  });
});
