import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { forbiddenArrows, reachableFrom } from './architecture/arrow-table.js';
import { defaultExports, emptyNames, longFiles } from './architecture/names-and-sizes.js';
import { impurities } from './architecture/purity.js';
import { readAliases, readSourceTree, type SourceFile } from './architecture/source-tree.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const tree = readSourceTree(ROOT, ['apps', 'libs', 'migrations', 'test']);
const aliases = readAliases(readFileSync(`${ROOT}/package.json`, 'utf8'));
const READS = ['libs/reads'];

/** A made-up tree: path to text. */
const made = (files: Record<string, string>): SourceFile[] =>
  Object.entries(files).map(([path, text]) => ({ path, text }));

describe('this repository', () => {
  it('is read at all', () => {
    expect(tree.length).toBeGreaterThan(200);
    expect(aliases.get('#protocol')).toBe('libs/protocol/src/index.ts');
  });

  it('has arrows only as docs/architecture.md draws them', () => {
    expect(forbiddenArrows(tree, aliases)).toEqual([]);
  });

  it('gives the broker no way to a read, over however many files', () => {
    expect(reachableFrom(tree, aliases, 'apps/broker', READS)).toEqual([]);
  });

  it('keeps every `src` of a library free of clock, randomness, environment and timers', () => {
    expect(impurities(tree)).toEqual([]);
  });

  it('exports by name only', () => {
    expect(defaultExports(tree)).toEqual([]);
  });

  it('names no file by a word that says nothing', () => {
    expect(emptyNames(tree)).toEqual([]);
  });

  it('has no file above 250 lines without a reason', () => {
    expect(longFiles(tree)).toEqual([]);
  });
});

describe('an arrow is refused', () => {
  const world = {
    'libs/protocol/src/index.ts': '',
    'libs/protocol/src/token.ts': '',
    'libs/protocol/io/index.ts': '',
    'libs/policy/src/index.ts': '',
    'libs/trust/src/index.ts': '',
    'libs/ledger/src/index.ts': '',
    'libs/reads/src/index.ts': '',
    'libs/reads/io/index.ts': '',
    'apps/agency/src/app.ts': '',
    'apps/broker/src/app.ts': '',
    'migrations/broker/index.ts': '',
    'test/support/fakes.ts': '',
    'libs/protocol/test/forge.ts': '',
  };
  const arrow = (path: string, text: string): string[] => forbiddenArrows(made({ ...world, [path]: text }), aliases);

  it.each([
    ['from protocol up to trust', 'libs/protocol/src/x.ts', "import { a } from '#trust';"],
    ['from policy to trust', 'libs/policy/src/x.ts', "import type { Chain } from '#trust';"],
    ['from ledger/src to protocol', 'libs/ledger/src/x.ts', "import { digestOf } from '#protocol';"],
    ['from ledger/src to a package', 'libs/ledger/src/x.ts', "import { x } from 'canonicalize';"],
    ['from trust/src to its own io', 'libs/trust/src/x.ts', "import { a } from '../io/index.js';"],
    ['from a src to Nest', 'libs/trust/src/x.ts', "import { Injectable } from '@nestjs/common';"],
    ['from a src to the file system', 'libs/policy/src/x.ts', "import { readFileSync } from 'node:fs';"],
    ['from trust/io to ledger', 'libs/trust/io/x.ts', "import { a } from '#ledger';"],
    ['from exchange/io to reads/io', 'libs/exchange/io/x.ts', "import { a } from '#reads/io';"],
    ['from a library to an app', 'libs/exchange/io/x.ts', "import { a } from '../../../apps/agency/src/app.js';"],
    ['from app to app', 'apps/broker/src/x.ts', "import { a } from '../../agency/src/app.js';"],
    ['from shipped code to test/', 'apps/sandbox/src/x.ts', "import { a } from '../../../test/support/fakes.js';"],
    ['to a test tool of a library', 'libs/protocol/src/x.ts', "import { forge } from '../test/forge.js';"],
    ['past an index', 'apps/agency/src/x.ts', "import { a } from '../../../libs/protocol/src/token.js';"],
    ['by an alias nobody declared', 'apps/agency/src/x.ts', "import { a } from '#secrets';"],
    ['to a file that is not there', 'apps/agency/src/x.ts', "import { a } from './gone.js';"],
    ['to data of a library', 'apps/agency/src/x.ts', "import law from '../../../libs/policy/profiles/WA.json';"],
    ['by a re-export', 'libs/policy/src/x.ts', "export { a } from '#trust';"],
    ['by a dynamic import', 'libs/policy/src/x.ts', "const trust = await import('#trust');"],
    ['by a type of another file', 'libs/policy/src/x.ts', "export type A = import('#trust').Chain;"],
    ['by a computed name', 'apps/broker/src/x.ts', 'const reads = await import(name);'],
    ['from migrations to a library', 'migrations/broker/x.ts', "import { a } from '#protocol';"],
    ['from a room the picture does not have', 'libs/policy/tools/x.ts', "import { a } from 'typeorm';"],
  ])('%s', (_what, path, text) => {
    expect(arrow(path, text)).toHaveLength(1);
  });

  it('and one that the table draws is not', () => {
    expect(arrow('libs/trust/src/x.ts', "import { a } from '#protocol';")).toEqual([]);
    expect(arrow('libs/trust/io/x.ts', "import { a } from '../src/index.js';")).toEqual([]);
    expect(arrow('libs/reads/src/x.ts', "import { a } from '#policy';")).toEqual([]);
    expect(arrow('apps/sandbox/src/x.ts', "import { a } from '../../agency/src/app.js';")).toEqual([]);
    expect(arrow('apps/broker/src/x.ts', "import { a } from '../../../migrations/broker/index.js';")).toEqual([]);
    expect(arrow('libs/policy/src/x.ts', "import law from '../profiles/WA.json' with { type: 'json' };")).toEqual([]);
    expect(arrow('libs/trust/src/x.test.ts', "import { a } from '../../../test/support/fakes.js';")).toEqual([]);
  });
});

describe('the way from the broker to a read is found', () => {
  it('straight', () => {
    const files = made({ 'apps/broker/src/a.ts': "import '#reads';", 'libs/reads/src/index.ts': '' });
    expect(reachableFrom(files, aliases, 'apps/broker', READS)).toEqual([
      'apps/broker/src/a.ts -> libs/reads/src/index.ts',
    ]);
  });

  it('over three files, one of them a re-export', () => {
    const files = made({
      'apps/broker/src/a.ts': "import { x } from '#exchange/io';",
      'libs/exchange/io/index.ts': "export { x } from './x.js';",
      'libs/exchange/io/x.ts': "const reads = import('#reads/io');",
      'libs/reads/io/index.ts': '',
    });
    expect(reachableFrom(files, aliases, 'apps/broker', READS)).toEqual([
      'apps/broker/src/a.ts -> libs/exchange/io/index.ts -> libs/exchange/io/x.ts -> libs/reads/io/index.ts',
    ]);
  });
});

const found = (text: string, path = 'libs/policy/src/x.ts'): string[] => impurities(made({ [path]: text }));
const lines = (count: number): string => 'x;\n'.repeat(count);

describe('a `src` is impure', () => {
  it.each([
    ['reading the clock', 'export const now = () => Date.now();'],
    ['reading the clock by hand of another function', 'export const clock = { now: Date.now };'],
    ['making a date of the present', 'export const now = new Date();'],
    ['making a date of the present without brackets', 'export const now = new Date;'],
    ['calling Date', 'export const now = Date();'],
    ['rolling dice', 'export const dice = Math.random();'],
    ['making an identifier', 'export const id = globalThis.crypto.randomUUID();'],
    ['importing randomness', "import { randomUUID } from 'node:crypto';"],
    ['importing randomness under another name', "import { randomBytes as hash } from 'node:crypto';"],
    ['importing node:crypto whole', "import * as crypto from 'node:crypto';"],
    ['reading the environment', "export const on = process.env['X'] === '1';"],
    ['reading the environment by globalThis', "export const on = globalThis.process.env['X'] === '1';"],
    ['taking the environment apart', 'const { env } = process;'],
    ['waiting', 'export const wait = (f: () => void) => setTimeout(f, 1);'],
    ['fetching', "export const get = () => fetch('http://x');"],
    ['writing to the console', "console.log('x');"],
  ])('%s', (_what, text) => {
    expect(found(text)).toHaveLength(1);
  });

  it('and is not for an instant passed in, a hash, or a word that only looks so', () => {
    expect(found('export const at = (ms: number) => new Date(ms).toISOString();')).toEqual([]);
    expect(found("import { createHash } from 'node:crypto';")).toEqual([]);
    expect(found('export const classOf = (process: { class: string }) => process.class;')).toEqual([]);
    expect(found("export const a = { process: 'warrant' }; export const b = a.process;")).toEqual([]);
    expect(found('export const now = Date.now();', 'libs/policy/io/x.ts')).toEqual([]);
    expect(found('export const now = Date.now();', 'libs/policy/src/x.test.ts')).toEqual([]);
  });
});

describe('names and sizes', () => {
  it.each(['export default 1;', 'const a = 1; export { a as default };', 'export default function f() {}'])(
    'refuse the default export `%s`',
    (text) => {
      expect(defaultExports(made({ 'libs/policy/src/x.ts': text }))).toHaveLength(1);
    },
  );

  it('leave a default import and a switch alone', () => {
    const text = "import ts from 'typescript'; switch (ts) { default: }";
    expect(defaultExports(made({ 'apps/agency/src/x.ts': text }))).toEqual([]);
  });

  it.each(['libs/policy/src/rule-utils.ts', 'apps/agency/src/helpers/x.ts', 'libs/ledger/io/base.store.ts'])(
    'refuse the name `%s`',
    (path) => {
      expect(emptyNames(made({ [path]: '' }))).toEqual([path]);
    },
  );

  it('leave `base64url.ts` and `open-database.ts` alone', () => {
    expect(emptyNames(made({ 'libs/a/src/base64url.ts': '', 'libs/a/io/open-database.ts': '' }))).toEqual([]);
  });

  it('refuse the 251st line, unless a reason is given', () => {
    const path = 'libs/policy/src/x.ts';
    expect(longFiles(made({ [path]: lines(250) }))).toEqual([]);
    expect(longFiles(made({ [path]: lines(251) }))).toEqual([path]);
    expect(longFiles(made({ [path]: `// Long because\n${lines(251)}` }))).toEqual([path]);
    expect(longFiles(made({ [path]: `// Long because the table is one.\n${lines(251)}` }))).toEqual([]);
  });
});
