import ts from 'typescript';
import { syntaxOf, visit, type SourceFile } from '../architecture/source-tree.js';

const NAME = /^(?:COMITY_[A-Z0-9_]+|OTEL_[A-Z0-9_]+|PORT|DATABASE_URL)$/;

/** Names of environment variables that a file mentions as a text of its own, as everybody does who reads one. */
export function environmentNames(file: SourceFile): string[] {
  const found = new Set<string>();
  visit(syntaxOf(file), (node) => {
    if (ts.isStringLiteralLike(node) && NAME.test(node.text)) found.add(node.text);
    if (ts.isPropertyAccessExpression(node) && NAME.test(node.name.text) && /\benv\b/.test(node.expression.getText())) {
      found.add(node.name.text);
    }
  });
  return [...found];
}
