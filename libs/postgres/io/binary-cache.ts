import { createHash, randomBytes } from 'node:crypto';
import { chmod, cp, lstat, mkdir, readdir, readFile, realpath, rename, rm, symlink } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { PostgresError } from '../src/postgres-error.js';

const FOLDERS = ['bin', 'lib', 'share'];

/** Where copies may be kept, best first. Root's must be reachable by the server's account, so never below its home. */
export function binaryCacheRoots(): string[] {
  const uid = process.getuid?.() ?? 0;
  const kept = uid === 0 ? '/var/cache/comity' : join(homedir(), '.cache', 'comity');
  return [kept, join(tmpdir(), `comity-cache-${uid}`), join('/tmp', `comity-cache-${uid}`)];
}

/**
 * Copies the server's files into a folder below `root` named by their content, or finds them there.
 * Another local user may plant a folder of the same name first and so run code as us: everything on the way must
 * belong to us or to root and be writable by nobody else, and a found copy is hashed anew before it is used, which
 * also catches one torn by a power cut.
 */
export async function copyBinaries(native: string, root: string): Promise<string> {
  await mkdir(root, { recursive: true, mode: 0o755 });
  await refuseForeign(root);
  const digest = await treeDigest(native);
  const copy = join(root, `postgres-${digest}`);
  if (await isIntact(copy, digest)) return copy;
  await rm(copy, { recursive: true, force: true });
  const unfinished = join(root, `unfinished-${randomBytes(8).toString('hex')}`);
  try {
    for (const folder of FOLDERS) {
      await cp(join(native, folder), join(unfinished, folder), {
        recursive: true,
        verbatimSymlinks: true,
        filter: (path) => isNeeded(path),
      });
    }
    await openToAll(unfinished);
    await restoreLinks(native, unfinished);
    await rename(unfinished, copy).catch(async (error: unknown) => {
      // Another process was faster; its copy is as good if it is intact.
      if (!(await isIntact(copy, digest))) throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return copy;
}

async function isIntact(copy: string, digest: string): Promise<boolean> {
  const stat = await lstat(copy).catch(() => undefined);
  if (stat === undefined || !stat.isDirectory()) return false;
  await refuseForeign(copy);
  return (await treeDigest(copy)) === digest;
}

/** Throws unless the folder and all above it belong to us or root and nobody else may replace what lies in them. */
export async function refuseForeign(folder: string): Promise<void> {
  const us = process.getuid?.() ?? 0;
  for (let path = await realpath(folder), first = true; ; path = dirname(path), first = false) {
    const stat = await lstat(path);
    const ours = stat.uid === us || stat.uid === 0;
    const othersWrite = (stat.mode & 0o022) !== 0;
    // A sticky folder such as /tmp lets others add names but not replace ours.
    const sticky = !first && (stat.mode & 0o1000) !== 0;
    if (!stat.isDirectory() || !ours || (othersWrite && !sticky)) {
      throw new PostgresError('binaries_unreachable', `\`${path}\` could be replaced by another user`);
    }
    if (path === dirname(path)) return;
  }
}

/** SHA-256 over names, kinds and bytes of all needed regular files, in order of name. */
async function treeDigest(tree: string): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of FOLDERS) {
    const entries = await readdir(join(tree, folder), { recursive: true, withFileTypes: true });
    const files = entries.filter((e) => e.isFile() && isNeeded(e.name)).map((e) => join(e.parentPath, e.name));
    for (const file of files.sort()) {
      const bytes = await readFile(file);
      hash.update(`${file.slice(tree.length)}\0${bytes.length}\0`).update(bytes);
    }
  }
  return hash.digest('hex').slice(0, 32);
}

/** Static archives are for linking other programs; the server runs without them. */
function isNeeded(path: string): boolean {
  return !basename(path).endsWith('.a');
}

/** A package installed under umask 077 is readable by its owner only; the server's account must read the copy. */
async function openToAll(tree: string): Promise<void> {
  await chmod(tree, 0o755);
  for (const entry of await readdir(tree, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) await chmod(path, 0o755);
    else if (entry.isFile()) await chmod(path, ((await lstat(path)).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}

/** npm packages hold no symbolic links: the package lists them and makes them in an install script that may not have run. */
async function restoreLinks(native: string, copy: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(copy, target.replace(/^native\//, ''));
    await symlink(basename(source), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}
