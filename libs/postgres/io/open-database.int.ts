import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from './open-database.js';

let dataDirectory: string;
beforeAll(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'comity-open-'));
});
afterAll(() => rm(dataDirectory, { recursive: true, force: true }));

describe('opening the database', () => {
  it('refuses the embedded server outside development and names DATABASE_URL', async () => {
    const opening = openDatabase({ url: undefined, dataDirectory, environment: 'production', log: () => undefined });
    await expect(opening).rejects.toMatchObject({
      code: 'database_url_required',
      message: expect.stringContaining('DATABASE_URL') as string,
    });
    expect(await readdir(dataDirectory)).toEqual([]);
  });

  it.each(['development', 'production'] as const)(
    'takes a server by address in %s and starts none',
    async (environment) => {
      const url = 'postgres://somebody@db.example/comity';
      const database = await openDatabase({ url, dataDirectory, environment, log: () => undefined });
      expect(database.url).toBe(url);
      await database.close();
      expect(await readdir(dataDirectory)).toEqual([]);
    },
  );

  it('starts the embedded server in development, says so, and stops it', async () => {
    const lines: string[] = [];
    const database = await openDatabase({
      url: undefined,
      dataDirectory,
      environment: 'development',
      log: (line) => lines.push(line),
      database: 'juniper_bend',
    });
    expect(lines).toEqual(['starting the embedded postgres server']);
    const client = new Client({ connectionString: database.url });
    await client.connect();
    expect((await client.query('select current_database() as name')).rows).toEqual([{ name: 'juniper_bend' }]);
    await client.end();
    await database.close();
    await expect(new Client({ connectionString: database.url }).connect()).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });
});
