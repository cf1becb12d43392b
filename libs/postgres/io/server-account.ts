import { readFile } from 'node:fs/promises';
import { PostgresError } from '../src/postgres-error.js';

/** The numeric user and group a child process runs as; both members absent means as ourselves. */
export interface ServerAccount {
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * PostgreSQL refuses to run as root, so root hands the server to an unprivileged account that exists already:
 * `postgres`, else `nobody`, else any other. `initdb` looks the account up by number, so it must have a line in
 * the password file; no account is ever created.
 */
export async function serverAccount(passwdFile = '/etc/passwd'): Promise<ServerAccount> {
  if (process.getuid?.() !== 0) return {};
  const accounts = parsePasswd(await readFile(passwdFile, 'utf8'));
  const unprivileged = [...accounts.values()].findLast((account) => account.uid !== 0 && account.gid !== 0);
  const account = accounts.get('postgres') ?? accounts.get('nobody') ?? unprivileged;
  if (account === undefined || account.uid === 0) {
    throw new PostgresError(
      'account_missing',
      'the embedded postgres server cannot run as root and there is no other account; set DATABASE_URL to a server or run as an ordinary user',
    );
  }
  return account;
}

function parsePasswd(text: string): Map<string, { uid: number; gid: number }> {
  const accounts = new Map<string, { uid: number; gid: number }>();
  for (const line of text.split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (name !== undefined && /^[0-9]+$/.test(uid ?? '') && /^[0-9]+$/.test(gid ?? '')) {
      accounts.set(name, { uid: Number(uid), gid: Number(gid) });
    }
  }
  return accounts;
}
