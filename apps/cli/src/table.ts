import { bold, plainText, type Line, type Styled } from './terminal.js';

export type Cell = string | Styled;

const GAP = '  ';

/** Columns of equal width, headers first; a cell is one text. Columns that are empty in every row are left out. */
export function table(headers: readonly string[], rows: readonly (readonly Cell[])[], indent = ''): Line[] {
  const used = headers.map((_, column) => rows.some((row) => textOf(row[column]) !== ''));
  const widths = headers.map((header, column) =>
    Math.max(header.length, ...rows.map((row) => textOf(row[column]).length)),
  );
  const line = (cells: readonly Cell[]): Line => {
    const shown = cells.flatMap((cell, column) =>
      used[column] === true ? [{ cell, width: widths[column] ?? 0 }] : [],
    );
    const last = shown.findLastIndex(({ cell }) => textOf(cell) !== '');
    return shown.slice(0, last + 1).flatMap(({ cell, width }, position) => {
      const padding = position === last ? '' : ' '.repeat(width - textOf(cell).length) + GAP;
      return [position === 0 ? indent : '', cell, padding];
    });
  };
  return [line(headers.map(bold)), ...rows.map(line)];
}

function textOf(cell: Cell | undefined): string {
  return cell === undefined ? '' : plainText([cell]);
}
