import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { isTestFile, readSourceTree } from './architecture/source-tree.js';
import { environmentNames } from './documents/configuration-names.js';
import { deadLinks, missingFiles, readDocuments, tableUnder } from './documents/markdown.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(`${ROOT}${path}`, 'utf8');
const exists = (path: string): boolean => existsSync(`${ROOT}${path}`);
const documents = readDocuments(ROOT);
const aboutAll = documents.filter(({ path }) => !path.startsWith('libs/') && !path.startsWith('apps/'));

describe('documents', () => {
  it('are read at all', () => {
    expect(documents.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['README.md', 'docs/protocol.md', 'libs/ledger/README.md']),
    );
  });

  it('link to what is there', () => {
    expect(deadLinks(documents, exists)).toEqual([]);
  });

  it('name files that are there', () => {
    expect(missingFiles(aboutAll, exists)).toEqual([]);
  });

  it('name no place on the machine of whoever wrote them', () => {
    const places = /\/(?:work|home\/\w+|Users\/\w+|root\/\w+)\//;
    expect(documents.filter(({ text }) => places.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it('describe every library and every app in a README of its own', () => {
    const rooms = new Set(
      readSourceTree(ROOT, ['apps', 'libs']).map(({ path }) => path.split('/').slice(0, 2).join('/')),
    );
    expect([...rooms].filter((room) => !exists(`${room}/README.md`))).toEqual([]);
  });

  it('list every decision in the index, with a date in it', () => {
    const index = read('docs/decisions/README.md');
    const records = documents.filter(({ path }) => /^docs\/decisions\/\d{4}-/.test(path));
    expect(records.length).toBeGreaterThan(0);
    expect(records.filter(({ path }) => !index.includes(`(${path.split('/').at(-1)})`))).toEqual([]);
    expect(records.filter(({ text }) => !/^Date: \d{4}-\d\d-\d\d\. Status: /m.test(text))).toEqual([]);
  });

  it('tell users what is new', () => {
    expect(read('CHANGELOG.md')).toMatch(
      /^## \[Unreleased\]\n\n### (Added|Changed|Fixed|Removed|Security|Deprecated)\n\n- /m,
    );
  });
});

describe('the threat model', () => {
  const sections = ['Messages', 'Trust', 'Law and rule', 'Broker and ledgers', 'Persons', 'Web, faults and leaks'];
  const rows = sections.flatMap((section) => tableUnder(read('docs/threat-model.md'), section));

  it('has a control, a place, a default and a test in every row', () => {
    expect(rows.length).toBeGreaterThan(40);
    expect(rows.filter((cells) => cells.length !== 5 || cells.some((cell) => cell === ''))).toEqual([]);
  });

  it('names places and tests that exist', () => {
    const paths = rows.flatMap(([, , where = '', , test = '']) =>
      [where, test].map((cell) => cell.replaceAll('`', '')),
    );
    expect(paths.filter((path) => !exists(path))).toEqual([]);
  });

  it('names as a test what the test runner runs', () => {
    const tests = rows.map(([, , , , test = '']) => test.replaceAll('`', ''));
    expect(tests.filter((path) => !/\.(test|prop|conformance|int|e2e)\.ts$/.test(path))).toEqual([]);
  });

  it('names for each attack a test that carries its id', () => {
    const unnamed = rows.flatMap(([threat = '', , , , test = '']) => {
      const ids = threat.match(/\b[JTPBNFW]\d\d\b/g) ?? [];
      const text = read(test.replaceAll('`', ''));
      // One of the row's ids is enough: the rest may be shown by the tables that the test reads.
      return ids.length === 0 || ids.some((id) => text.includes(id)) ? [] : [threat];
    });
    expect(unnamed).toEqual([]);
  });
});

describe('the configuration page', () => {
  const page = read('docs/configuration.md');
  const tree = readSourceTree(ROOT, ['apps', 'libs', 'test']);
  const named = (heading: string): string[] =>
    tableUnder(page, heading)
      .map(([name = '']) => name.replaceAll('`', ''))
      .toSorted();
  const readIn = (...paths: string[]): string[] =>
    [...new Set(tree.filter(({ path }) => paths.includes(path)).flatMap(environmentNames))].toSorted();

  it.each([
    ['Broker and agency', ['libs/exchange/io/node-config.ts', 'apps/broker/src/config.ts']],
    ['Authority', ['apps/authority/src/config.ts']],
    ['Development identity provider', ['apps/dev-idp/src/config.ts']],
    ['Tracing, every party', ['libs/tracing/io/register.ts']],
  ])('lists under "%s" exactly what is read there', (heading, paths) => {
    expect(readIn(...paths).length).toBeGreaterThan(0);
    expect(named(heading)).toEqual(readIn(...paths));
  });

  it('lists under "Agency alone" what an agency reads beyond every node', () => {
    const ofEveryNode = named('Broker and agency');
    const own = readIn('apps/agency/src/config.ts').filter((name) => !ofEveryNode.includes(name));
    expect(named('Agency alone')).toEqual(own);
  });

  it('leaves out nothing that any shipped file reads, and lists nothing that nobody reads', () => {
    const listed = [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name);
    const read = tree.map(({ path, text }) => ({ path, names: environmentNames({ path, text }) }));
    const shipped = new Set(read.filter(({ path }) => !isTestFile(path)).flatMap(({ names }) => names));
    const anywhere = new Set(read.flatMap(({ names }) => names));
    expect([...shipped].filter((name) => !listed.includes(name))).toEqual([]);
    expect(listed.filter((name) => name === undefined || !anywhere.has(name))).toEqual([]);
    // It parses every file of the project, which takes its time beside other work.
  }, 120_000);
});

describe('packages', () => {
  const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string> | undefined>;

  it('are pinned exactly', () => {
    const versions = ['dependencies', 'devDependencies', 'optionalDependencies', 'overrides'].flatMap((group) =>
      Object.entries(manifest[group] ?? {}),
    );
    expect(versions.length).toBeGreaterThan(20);
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(version))).toEqual([]);
  });

  it('come from whatever registry is configured: the lockfile holds no addresses', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { resolved?: string }> };
    expect(Object.entries(packages).flatMap(([path, { resolved }]) => (resolved === undefined ? [] : [path]))).toEqual(
      [],
    );
  });
});

describe('these checks can fail', () => {
  const page = {
    path: 'docs/a.md',
    text: '# One thing\n[x](b.md) [y](#one-thing) [z](#two) [w](https://x.y) `libs/gone.ts`',
  };

  it('on a dead link and a dead heading', () => {
    expect(deadLinks([page], (path) => path === 'docs/a.md')).toEqual(['docs/a.md: b.md', 'docs/a.md: #two']);
  });

  it('on a file that is named and not there', () => {
    expect(missingFiles([page], () => false)).toEqual(['docs/a.md: libs/gone.ts']);
  });

  it('on a variable that is read in any of the usual ways', () => {
    const text = "reader.text('COMITY_A'); env['COMITY_B']; process.env.COMITY_C; const d = { COMITY_D: 1 };";
    expect(environmentNames({ path: 'x.ts', text })).toEqual(['COMITY_A', 'COMITY_B', 'COMITY_C']);
  });
});
