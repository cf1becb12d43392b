import { LineCounter, isMap, isPair, isScalar, isSeq, parseDocument, type Document, type Node } from 'yaml';

/** Where something stands in the text of a rule, both counted from 1. */
export interface SourcePosition {
  readonly line: number;
  readonly column: number;
}

/**
 * Where the value at `path` stands in a document of JSON or YAML: of JSON too, because YAML 1.2 reads it. A path that leads
 * nowhere, to a member that is missing, ends at the nearest that is there. `undefined` for a text that cannot be read.
 *
 * @param path as in `Problem`: `release.plate_history.require[0].at_least`
 */
export function sourcePositions(text: string): (path: string) => SourcePosition | undefined {
  const lines = new LineCounter();
  const document = readable(text, lines);
  return (path) => {
    const offset = document === undefined ? undefined : offsetOf(document, stepsOf(path));
    if (offset === undefined) return undefined;
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
}

function readable(text: string, lineCounter: LineCounter): Document | undefined {
  try {
    const document = parseDocument(text, { version: '1.2', lineCounter, keepSourceTokens: true, logLevel: 'silent' });
    return document.errors.length > 0 ? undefined : document;
  } catch {
    // Nested beyond what the reader's recursion bears: then there are no positions, and the parser says why.
    return undefined;
  }
}

function stepsOf(path: string): readonly (string | number)[] {
  return [...path.matchAll(/\[(\d+)\]|[^.[\]]+/gu)].map(([step, place]) =>
    place === undefined ? step : Number(place),
  );
}

function offsetOf(document: Document, steps: readonly (string | number)[]): number | undefined {
  let node: Node | null | undefined = document.contents;
  let offset = startOf(node) ?? 0;
  for (const step of steps) {
    const next: { node: unknown; at: number | undefined } | undefined = child(node, step);
    if (next === undefined) break;
    offset = next.at ?? offset;
    node = next.node as Node | null;
  }
  return offset;
}

/** Of a member the place of its name, of an entry its own. */
function child(node: unknown, step: string | number): { node: unknown; at: number | undefined } | undefined {
  if (isMap(node)) {
    const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === step);
    return pair === undefined ? undefined : { node: pair.value, at: startOf(pair.key) };
  }
  if (isSeq(node) && typeof step === 'number' && step < node.items.length) {
    const entry = node.items[step];
    return { node: entry, at: startOf(entry) };
  }
  return undefined;
}

function startOf(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node)) return undefined;
  const { range } = node;
  return Array.isArray(range) && typeof range[0] === 'number' ? range[0] : undefined;
}
