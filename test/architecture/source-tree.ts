import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import ts from 'typescript';

/** A source file by its path from the root of the repository, `/` between folders. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** One import of a file: what stands there, and the file of this repository that it means, if any. */
export interface Import {
  readonly from: string;
  readonly specifier: string;
  /** Path of the file meant, or undefined for a package and for `node:` modules. */
  readonly target: string | undefined;
  /** The names taken by `import { a, b }`; empty for every other form. */
  readonly names: readonly string[];
}

/** A specifier that is computed while the program runs: no reader can tell what it loads. */
export const COMPUTED = '(computed)';

const SKIPPED = new Set(['node_modules', 'dist', '.git', '.comity', '.vitest', 'coverage']);

/** Every TypeScript and ECMAScript file below the named folders of `root`. */
export function readSourceTree(root: string, folders: readonly string[]): SourceFile[] {
  return folders.flatMap((folder) => filesBelow(root, folder)).map((path) => ({ path, text: read(root, path) }));
}

/** The `imports` of package.json as alias to source file: `#protocol` is `libs/protocol/src/index.ts`. */
export function readAliases(packageJson: string): Map<string, string> {
  const { imports = {} } = JSON.parse(packageJson) as { imports?: Record<string, { 'comity-source': string }> };
  return new Map(Object.entries(imports).map(([alias, { 'comity-source': path }]) => [alias, posix.normalize(path)]));
}

/** Everything the file imports, re-exports, requires or names as a type of another file. */
export function importsOf(file: SourceFile, aliases: ReadonlyMap<string, string>): Import[] {
  const found: Import[] = [];
  const add = (specifier: string, names: readonly string[] = []): void => {
    found.push({ from: file.path, specifier, target: targetOf(file.path, specifier, aliases), names });
  };
  visit(syntaxOf(file), (node) => {
    if (ts.isImportDeclaration(node)) add(textOf(node.moduleSpecifier), namesOf(node));
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier) add(textOf(node.moduleSpecifier));
    else if (ts.isExternalModuleReference(node)) add(textOf(node.expression));
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(textOf(node.argument.literal));
    else if (ts.isCallExpression(node) && loadsModule(node)) add(textOf(node.arguments[0]));
  });
  return found;
}

export function syntaxOf(file: SourceFile): ts.SourceFile {
  return ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true);
}

export function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  ts.forEachChild(node, (child) => visit(child, see));
}

/** True for what only tests load: it may import anything. */
export function isTestFile(path: string): boolean {
  return (
    path.startsWith('test/') ||
    path.split('/').slice(2, 3).includes('test') ||
    /\.(test|prop|conformance|int|e2e|fixture)\.ts$/.test(path)
  );
}

function filesBelow(root: string, folder: string): string[] {
  return readdirSync(posix.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : filesBelow(root, path);
    return /\.(ts|mts|cts|js|mjs|cjs)$/.test(entry.name) ? [path] : [];
  });
}

function read(root: string, path: string): string {
  return readFileSync(posix.join(root, path), 'utf8');
}

function targetOf(from: string, specifier: string, aliases: ReadonlyMap<string, string>): string | undefined {
  if (specifier.startsWith('.')) {
    return posix.normalize(posix.join(posix.dirname(from), specifier)).replace(/\.js$/, '.ts');
  }
  // An unknown alias counts as a file, so that it is refused instead of taken for a package.
  return specifier.startsWith('#') ? (aliases.get(specifier) ?? specifier) : undefined;
}

function loadsModule(node: ts.CallExpression): boolean {
  const { expression } = node;
  return (
    expression.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(expression) && expression.text === 'require')
  );
}

function textOf(node: ts.Node | undefined): string {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : COMPUTED;
}

function namesOf(node: ts.ImportDeclaration): string[] {
  const bindings = node.importClause?.namedBindings;
  if (bindings === undefined || !ts.isNamedImports(bindings)) return [];
  return bindings.elements.map(({ name, propertyName }) => (propertyName ?? name).text);
}
