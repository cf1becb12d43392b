import { createHmac } from 'node:crypto';
import { canonicalJson, digestOfText, type JsonObject, type JsonValue, type ReleasedRead } from '#protocol';
import { csvCell } from '#reads';

/** Whose file it is: what its first lines say. */
export interface ExportOf {
  readonly id: string;
  readonly agency: string;
  readonly owner: string;
  readonly txn: string;
  readonly release: string;
  readonly expiresAt: string;
}

export interface ExportFile {
  readonly text: string;
  readonly columns: readonly string[];
  /** The reads in the order of the file. */
  readonly reads: readonly ReleasedRead[];
}

/**
 * Received reads as CSV, with what binds them and two marks. One can be read: export, release and a code that the node made with
 * its own key. The other is the order of columns and rows, drawn from the same key for this one export: it changes no value,
 * no evidence depends on it, and it stays where the first lines are cut away. Cells that a spreadsheet would run are defused
 * (W21).
 */
export function exportFile(reads: readonly ReleasedRead[], of: ExportOf, key: Uint8Array): ExportFile {
  const flat = reads.map((read) => ({ read, cells: flatten(read as unknown as JsonObject) }));
  const names = [...new Set(flat.flatMap(({ cells }) => [...cells.keys()]))];
  const columns = inKeyedOrder(names, (name) => name, of.id, key);
  const rows = inKeyedOrder(flat, ({ read }) => canonicalJson(read as unknown as JsonValue), of.id, key);
  const table = [columns.map(csvCell), ...rows.map(({ cells }) => columns.map((column) => cells.get(column) ?? '""'))];
  const body = table.map((cells) => `${cells.join(',')}\r\n`).join('');
  return { text: `${headOf(of, body, key)}${body}`, columns, reads: rows.map(({ read }) => read) };
}

/** The code in the first lines: nobody without the node's key can put another's mark on a file. */
export function markOf(of: Pick<ExportOf, 'id' | 'release'>, bodyDigest: string, key: Uint8Array): string {
  return createHmac('sha256', key)
    .update(`comity/export-mark/v1\n${of.id}\n${of.release}\n${bodyDigest}`)
    .digest('base64url');
}

function headOf(of: ExportOf, body: string, key: Uint8Array): string {
  return [
    `# comity export ${of.id} by ${of.agency}`,
    `# release ${of.release} of ${of.owner}, transaction ${of.txn}`,
    `# mark ${markOf(of, digestOfText(body), key)}`,
    `# delete by ${of.expiresAt}; for the named case only; pass on to nobody: whoever needs it asks ${of.owner}`,
    '# a read is no ground by itself: a person compares the image with plate, state and vehicle before any action',
    '',
  ].join('\r\n');
}

/** Quoted cells by `location.lat` and so on; lists as JSON. A number is no formula, and stays as it is with its sign. */
function flatten(value: JsonObject, before = ''): Map<string, string> {
  const cells = new Map<string, string>();
  for (const [name, member] of Object.entries(value)) {
    if (member === null) continue;
    if (typeof member === 'object' && !Array.isArray(member)) {
      for (const [path, cell] of flatten(member, `${before}${name}.`)) cells.set(path, cell);
    } else {
      const text = typeof member === 'object' ? JSON.stringify(member) : String(member);
      cells.set(`${before}${name}`, typeof member === 'number' ? `"${text}"` : csvCell(text));
    }
  }
  return cells;
}

function inKeyedOrder<T>(items: readonly T[], textOf: (item: T) => string, id: string, key: Uint8Array): T[] {
  const place = (item: T) =>
    createHmac('sha256', key)
      .update(`comity/export-order/v1\n${id}\n${textOf(item)}`)
      .digest('hex');
  return items
    .map((item) => ({ item, at: place(item) }))
    .toSorted((one, other) => (one.at < other.at ? -1 : 1))
    .map(({ item }) => item);
}
