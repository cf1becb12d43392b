import ts from 'typescript';
import { syntaxOf, visit, type SourceFile } from './source-tree.js';

const EMPTY_WORDS = /^(utils?|helpers?|common|shared|misc|managers?|base|impl)$/;
const LONGEST = 250;
/** A long file says why it is one file: `// Long because every hostile token stands in one table.` */
const REASON = /^\s*(?:\/\/|\/?\*+)\s*Long because \S+/m;

/** Files and folders of apps and libs named by a word that says nothing. */
export function emptyNames(files: readonly SourceFile[]): string[] {
  return shelves(files)
    .filter(({ path }) => path.split('/').some((part) => part.split(/[-._]/).some((word) => EMPTY_WORDS.test(word))))
    .map(({ path }) => path);
}

/** Files of apps and libs above 250 lines that give no reason. */
export function longFiles(files: readonly SourceFile[]): string[] {
  return shelves(files)
    .filter(({ text }) => text.trimEnd().split('\n').length > LONGEST && !REASON.test(text))
    .map(({ path }) => path);
}

/** Files of apps and libs with a default export, written in whatever way. */
export function defaultExports(files: readonly SourceFile[]): string[] {
  return shelves(files)
    .filter((file) => {
      let found = false;
      visit(syntaxOf(file), (node) => {
        found ||= ts.isExportAssignment(node);
        found ||= ts.isExportSpecifier(node) && node.name.text === 'default';
        found ||= node.kind === ts.SyntaxKind.DefaultKeyword && ts.canHaveModifiers(node.parent);
      });
      return found;
    })
    .map(({ path }) => path);
}

function shelves(files: readonly SourceFile[]): SourceFile[] {
  return files.filter(({ path }) => path.startsWith('apps/') || path.startsWith('libs/'));
}
