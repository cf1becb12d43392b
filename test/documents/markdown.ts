import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';

/** A document by its path from the root of the repository. */
export interface Document {
  readonly path: string;
  readonly text: string;
}

const SKIPPED = new Set(['node_modules', 'dist', '.git', '.comity', '.vitest', 'coverage']);

/** Every Markdown file of the repository. */
export function readDocuments(root: string, folder = ''): Document[] {
  return readdirSync(posix.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : readDocuments(root, path);
    return entry.name.endsWith('.md') ? [{ path, text: readFileSync(posix.join(root, path), 'utf8') }] : [];
  });
}

/** Relative links that lead to no file, or to no heading of it: `docs/a.md: ../gone.md`. */
export function deadLinks(documents: readonly Document[], exists: (path: string) => boolean): string[] {
  const byPath = new Map(documents.map((document) => [document.path, document]));
  return documents.flatMap(({ path, text }) =>
    linksOf(text)
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => {
        const [file = '', heading] = link.split('#');
        const target = file === '' ? path : posix.normalize(posix.join(posix.dirname(path), file));
        if (!exists(target)) return true;
        const there = byPath.get(target);
        return heading !== undefined && there !== undefined && !headingsOf(there.text).includes(heading);
      })
      .map((link) => `${path}: ${link}`),
  );
}

/** Files of this repository that a document names in backticks and that are not there. */
export function missingFiles(documents: readonly Document[], exists: (path: string) => boolean): string[] {
  return documents.flatMap(({ path, text }) =>
    [...withoutFences(text).matchAll(/`((?:apps|libs|test|docs|migrations|\.ci)\/[\w./-]+)`/g)]
      .map(([, named = '']) => named)
      // `x` and `src` stand for any library or app; a folder may be written with a final slash.
      .filter((named) => !/\/x(\/|$)/.test(named) && !exists(named.replace(/\/$/, '')))
      .map((named) => `${path}: ${named}`),
  );
}

/** Rows of the tables under a heading, as cells without their backticks' outer spaces. */
export function tableUnder(text: string, heading: string): string[][] {
  const [, after = ''] = text.split(new RegExp(`^#+ ${heading}$`, 'm'));
  const [section = ''] = after.split(/^#+ /m);
  return section
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[-| ]+\|$/.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .slice(1);
}

function linksOf(text: string): string[] {
  return [...withoutFences(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
}

function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}

function withoutFences(text: string): string {
  return text.replaceAll(/^```[^]*?^```/gm, '');
}
