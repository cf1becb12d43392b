import { COMPUTED, importsOf, isTestFile, type Import, type SourceFile } from './source-tree.js';

/**
 * The table of docs/architecture.md: what the shipped files of a room may import. Rooms are written as in the
 * picture: `protocol/src`, `ledger/io`, `apps/broker`, `migrations/agency`.
 */
interface Arrows {
  readonly rooms: readonly string[];
  /** Names of packages, of `node:` modules, or `any`. */
  readonly packages: readonly string[] | 'any';
}

const EDGE = ['protocol/src', 'protocol/io', 'tracing/src', 'tracing/io', 'postgres/src', 'postgres/io'];

const LIBRARY_ARROWS: Readonly<Record<string, Arrows>> = {
  'protocol/src': {
    rooms: [],
    packages: ['jose', 'class-validator', 'class-transformer', 'canonicalize', 'node:crypto'],
  },
  'trust/src': { rooms: ['protocol/src'], packages: ['fflate'] },
  'policy/src': { rooms: ['protocol/src'], packages: ['yaml'] },
  'reads/src': { rooms: ['protocol/src', 'policy/src'], packages: ['h3-js', 'fast-xml-parser', 'node:crypto'] },
  'ledger/src': { rooms: [], packages: ['node:crypto'] },
  'exchange/src': { rooms: ['protocol/src', 'trust/src', 'policy/src', 'ledger/src'], packages: ['node:crypto'] },
  'tracing/src': { rooms: [], packages: [] },
  'postgres/src': { rooms: [], packages: [] },
  'protocol/io': { rooms: EDGE, packages: 'any' },
  'trust/io': { rooms: EDGE, packages: 'any' },
  'ledger/io': { rooms: EDGE, packages: 'any' },
  'reads/io': { rooms: EDGE, packages: 'any' },
  'tracing/io': { rooms: EDGE, packages: 'any' },
  'postgres/io': { rooms: EDGE, packages: 'any' },
  'exchange/io': {
    rooms: [...EDGE, 'trust/src', 'trust/io', 'policy/src', 'ledger/src', 'ledger/io'],
    packages: 'any',
  },
};

/** Apps that put others together; every other app imports no app but itself. */
const COMPOSING_APPS = new Set(['apps/sandbox', 'apps/cli']);

/** The room of a file, or undefined where the picture has none. */
export function roomOf(path: string): string | undefined {
  const [top, name, part] = path.split('/');
  if (top === 'test') return 'test';
  if (name === undefined) return undefined;
  if (top === 'libs') return part === undefined ? undefined : `${name}/${part}`;
  return top === 'apps' || top === 'migrations' ? `${top}/${name}` : undefined;
}

/** Every import of a shipped file that the table does not allow, one sentence each. */
export function forbiddenArrows(files: readonly SourceFile[], aliases: ReadonlyMap<string, string>): string[] {
  const known = new Set(files.map(({ path }) => path));
  return shipped(files).flatMap((file) =>
    importsOf(file, aliases).flatMap((each) => problemOf(each, known, aliases) ?? []),
  );
}

/**
 * Every way by which a file of `start` reaches one below `forbidden`, over any number of files. `start` and
 * `forbidden` are folders. The way is printed, so that a person sees which arrow to cut.
 */
export function reachableFrom(
  files: readonly SourceFile[],
  aliases: ReadonlyMap<string, string>,
  start: string,
  forbidden: readonly string[],
): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const cameFrom = new Map<string, string | undefined>();
  const queue = shipped(files).flatMap(({ path }) => (path.startsWith(`${start}/`) ? [path] : []));
  for (const path of queue) cameFrom.set(path, undefined);
  const found: string[] = [];
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    if (forbidden.some((folder) => path?.startsWith(`${folder}/`))) {
      found.push(wayTo(path, cameFrom));
      continue;
    }
    const file = byPath.get(path);
    for (const { target } of file === undefined ? [] : importsOf(file, aliases)) {
      if (target === undefined || cameFrom.has(target)) continue;
      cameFrom.set(target, path);
      queue.push(target);
    }
  }
  return found;
}

function wayTo(path: string, cameFrom: ReadonlyMap<string, string | undefined>): string {
  const way: string[] = [];
  for (let at: string | undefined = path; at !== undefined; at = cameFrom.get(at)) way.unshift(at);
  return way.join(' -> ');
}

function shipped(files: readonly SourceFile[]): SourceFile[] {
  return files.filter(({ path }) => !isTestFile(path));
}

function problemOf(each: Import, known: ReadonlySet<string>, aliases: ReadonlyMap<string, string>): string | undefined {
  const { from, specifier, target } = each;
  const room = roomOf(from);
  const arrow = `${from} imports \`${specifier}\``;
  if (room === undefined) return `${from} lies in no room of the picture`;
  if (specifier === COMPUTED) return `${from} loads a module by a computed name`;
  if (target === undefined) return allowsPackage(room, specifier) ? undefined : `${arrow}: not a package of ${room}`;
  // Data beside the sources is a library's own; that the file is there is the compiler's business.
  if (target.endsWith('.json')) return sameLibrary(from, target) ? undefined : `${arrow}: data of somebody else`;
  if (!known.has(target)) return `${arrow}: no such file`;
  if (isTestFile(target)) return `${arrow}: shipped code imports no test`;
  const to = roomOf(target);
  if (to === undefined || !allowsRoom(room, to)) return `${arrow}: ${room} may not import ${to ?? target}`;
  if (to === room || !target.startsWith('libs/')) return undefined;
  if (sameLibrary(from, target)) return undefined;
  return [...aliases.keys()].includes(specifier) ? undefined : `${arrow}: another library is imported by its alias`;
}

function allowsPackage(room: string, specifier: string): boolean {
  if (room.startsWith('apps/')) return true;
  if (room.startsWith('migrations/')) return specifier === 'typeorm';
  const packages = LIBRARY_ARROWS[room]?.packages ?? [];
  return packages === 'any' || packages.includes(specifier);
}

function allowsRoom(room: string, to: string): boolean {
  if (room === to) return true;
  if (room.startsWith('migrations/')) return to.startsWith('migrations/');
  if (room.startsWith('apps/')) {
    if (to.startsWith('apps/')) return COMPOSING_APPS.has(room);
    return to.startsWith('migrations/') || to in LIBRARY_ARROWS;
  }
  const [library, part] = room.split('/');
  if (part === 'io' && to === `${library}/src`) return true;
  return LIBRARY_ARROWS[room]?.rooms.includes(to) ?? false;
}

function sameLibrary(from: string, target: string): boolean {
  return from.split('/')[1] === target.split('/')[1] && from.startsWith('libs/');
}
