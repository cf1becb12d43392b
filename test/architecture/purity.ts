import ts from 'typescript';
import { importsOf, isTestFile, syntaxOf, visit, type SourceFile } from './source-tree.js';

/** Names of the world: whoever touches one gets another result tomorrow, or leaves something behind. */
const WORLDLY_NAMES = new Set([
  'process',
  'performance',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'console',
]);
const WORLDLY_MEMBERS = new Set([
  'Date.now',
  'Math.random',
  'crypto.randomUUID',
  'crypto.getRandomValues',
  'Temporal.Now',
  'performance.now',
]);

/** Of node:crypto only what gives the same result for the same input, and verification. */
const PURE_CRYPTO = new Set([
  'createHash',
  'createHmac',
  'createPrivateKey',
  'createPublicKey',
  'hash',
  'KeyObject',
  'sign',
  'timingSafeEqual',
  'verify',
]);

/** Every place where a library's `src` reads a clock, randomness, the environment or a timer. */
export function impurities(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => /^libs\/[^/]+\/src\//.test(path) && !isTestFile(path))
    .flatMap((file) => [...cryptoOf(file), ...worldlyUses(file)].map((what) => `${file.path}: ${what}`));
}

function cryptoOf(file: SourceFile): string[] {
  return importsOf(file, new Map())
    .filter(({ specifier }) => specifier === 'node:crypto')
    .flatMap(({ names }) => (names.length === 0 ? ['node:crypto as a whole'] : names))
    .filter((name) => !PURE_CRYPTO.has(name));
}

function worldlyUses(file: SourceFile): string[] {
  const found: string[] = [];
  visit(syntaxOf(file), (node) => {
    const use = useOf(node);
    if (use !== undefined) found.push(use);
  });
  return found;
}

function useOf(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node)) {
    const member = `${node.expression.getText()}.${node.name.text}`.replace(/^globalThis\./, '');
    return WORLDLY_MEMBERS.has(member) || WORLDLY_NAMES.has(member) ? member : undefined;
  }
  if ((ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === 'Date') {
    const isConstant = ts.isNewExpression(node) && (node.arguments?.length ?? 0) > 0;
    return isConstant ? undefined : '`Date` of the present';
  }
  return ts.isIdentifier(node) && WORLDLY_NAMES.has(node.text) && isFreeName(node) ? node.text : undefined;
}

/** False where the word is only a member, a property or a name that this file declares itself. */
function isFreeName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node && !declares(node);
  if (ts.isPropertyAssignment(parent) && parent.name === node) return false;
  if (ts.isPropertySignature(parent) || ts.isPropertyDeclaration(parent) || ts.isMethodDeclaration(parent))
    return false;
  if (ts.isBindingElement(parent) || ts.isParameter(parent) || ts.isVariableDeclaration(parent)) {
    return parent.initializer === node;
  }
  return !declares(node);
}

/** True where an enclosing function or block binds the name, as a parameter `process` does. */
function declares(node: ts.Identifier): boolean {
  for (let at: ts.Node | undefined = node; at !== undefined; at = at.parent) {
    if (bindsHere(at, node.text)) return true;
  }
  return false;
}

function bindsHere(scope: ts.Node, name: string): boolean {
  const binds = (binding: ts.BindingName): boolean =>
    ts.isIdentifier(binding)
      ? binding.text === name
      : binding.elements.some((element) => ts.isBindingElement(element) && binds(element.name));
  if (ts.isFunctionLike(scope)) return scope.parameters.some((parameter) => binds(parameter.name));
  if (!ts.isBlock(scope) && !ts.isSourceFile(scope)) return false;
  return scope.statements.some(
    (statement) =>
      ts.isVariableStatement(statement) &&
      statement.declarationList.declarations.some((declaration) => binds(declaration.name)),
  );
}
