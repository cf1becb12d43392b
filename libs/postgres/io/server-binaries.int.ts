import { appendFile, chmod, chown, cp, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmbeddedPostgres } from './embedded-postgres.js';
import { serverAccount } from './server-account.js';
import { bundledServer, reachableServer } from './server-binaries.js';

const isRoot = process.getuid?.() === 0;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'comity-binaries-'));
  await chmod(folder, 0o755);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function packageIn(parent: string, mode: number, withLinks = true): Promise<string> {
  const native = join(parent, 'native');
  await mkdir(parent);
  await cp(bundledServer(), native, {
    recursive: true,
    verbatimSymlinks: true,
    filter: async (path) =>
      withLinks || (await import('node:fs/promises')).lstat(path).then((s) => !s.isSymbolicLink()),
  });
  await chmod(parent, mode);
  return native;
}

describe('the files of the embedded server', () => {
  it('are run where they lie when the account of the server can reach them', async (context) => {
    const native = await packageIn(join(folder, 'open'), 0o755);
    if ((await stat(tmpdir())).mode % 2 === 0) context.skip('the temporary folder is closed to other users');
    expect(await reachableServer(await serverAccount(), native, [])).toBe(native);
  });

  it('below a folder that only root may enter are run from a copy, with the data left in place', async (context) => {
    if (!isRoot) context.skip('only root runs the server as another account');
    const closed = join(folder, 'closed');
    const native = await packageIn(closed, 0o700);
    const cacheRoots = [join(folder, 'cache')];
    const dataDirectory = join(closed, 'data');
    await expect(reachableServer(await serverAccount(), native, [])).rejects.toMatchObject({
      code: 'binaries_unreachable',
    });
    const first = await startEmbeddedPostgres({ dataDirectory, native, cacheRoots });
    expect(await first.createDatabase('inside')).toContain('/inside');
    await first.stop();
    expect((await stat(join(dataDirectory, 'cluster', 'PG_VERSION'))).isFile()).toBe(true);

    const [copy] = await readdir(join(folder, 'cache'));
    const made = (await stat(join(folder, 'cache', copy ?? ''))).ctimeMs;
    const second = await startEmbeddedPostgres({ dataDirectory, native, cacheRoots });
    await second.stop();
    expect(await readdir(join(folder, 'cache'))).toEqual([copy]);
    expect((await stat(join(folder, 'cache', copy ?? ''))).ctimeMs).toBe(made);
  });

  it('are copied again when the copy was changed, and never taken from a folder that another user may write', async (context) => {
    if (!isRoot) context.skip('only root can make a folder of another user');
    const closed = join(folder, 'closed-too');
    const native = await packageIn(closed, 0o700);
    const cache = join(folder, 'cache-too');
    const copy = await reachableServer(await serverAccount(), native, [cache]);
    await appendFile(join(copy, 'bin', 'initdb'), 'tampered');
    expect(await reachableServer(await serverAccount(), native, [cache])).toBe(copy);
    expect((await stat(join(copy, 'bin', 'initdb'))).size).toBe((await stat(join(native, 'bin', 'initdb'))).size);

    await chown(cache, 65_534, 65_534);
    await expect(reachableServer(await serverAccount(), native, [cache])).rejects.toMatchObject({
      code: 'binaries_unreachable',
      evidence: { detail: expect.stringContaining('could be replaced by another user') as string },
    });
    await chown(cache, 0, 0);
    await chmod(cache, 0o777);
    await expect(reachableServer(await serverAccount(), native, [cache])).rejects.toMatchObject({
      code: 'binaries_unreachable',
    });
  });

  it('are completed in a copy when the install script that makes the library links did not run', async () => {
    const native = await packageIn(join(folder, 'without-links'), 0o755, false);
    const copy = await reachableServer(await serverAccount(), native, [join(folder, 'cache-links')]);
    expect(copy).not.toBe(native);
  });
});
