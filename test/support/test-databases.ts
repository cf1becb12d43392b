import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** A prefix of its own for each run, so that two runs on one external server do not meet. */
export function newTestRun(): string {
  return `comity_test_${randomBytes(4).toString('hex')}`;
}

/** The same server, another database. */
export function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}

/** Makes a database named after the run, as a copy of `template` when one is named; returns its name. */
export async function createDatabase(serverUrl: string, run: string, template?: string): Promise<string> {
  const name = `${run}_${randomBytes(6).toString('hex')}`;
  await asAdmin(serverUrl, (admin) =>
    admin.query(`create database "${name}"${template === undefined ? '' : ` template "${template}"`}`),
  );
  return name;
}

/**
 * Makes the template unless it is there. Two test workers may ask at once: an advisory lock lets one build it, and a
 * template that was not finished (its build threw) is made anew.
 */
export async function ensureTemplate(
  serverUrl: string,
  name: string,
  build: (url: string) => Promise<void>,
): Promise<void> {
  await asAdmin(serverUrl, async (admin) => {
    await admin.query('select pg_advisory_lock(hashtext($1))', [name]);
    const known = await admin.query('select datistemplate from pg_database where datname = $1', [name]);
    if (known.rows[0]?.datistemplate === true) return;
    if (known.rowCount !== 0) await admin.query(`drop database "${name}" with (force)`);
    await admin.query(`create database "${name}"`);
    await build(databaseUrl(serverUrl, name));
    await admin.query(`alter database "${name}" is_template true`);
  });
}

/** Only for a server that outlives the run: dropping costs some 0.4 s each. */
export async function dropTestDatabases(serverUrl: string, run: string): Promise<void> {
  await asAdmin(serverUrl, async (admin) => {
    const found = await admin.query('select datname, datistemplate from pg_database where starts_with(datname, $1)', [
      `${run}_`,
    ]);
    for (const { datname, datistemplate } of found.rows as { datname: string; datistemplate: boolean }[]) {
      if (datistemplate) await admin.query(`alter database "${datname}" is_template false`);
      await admin.query(`drop database "${datname}" with (force)`);
    }
  });
}

/** Runs the work on a connection of its own; ending it also gives back the advisory locks. */
async function asAdmin<T>(serverUrl: string, work: (admin: Client) => Promise<T>): Promise<T> {
  const admin = new Client({ connectionString: serverUrl });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}
