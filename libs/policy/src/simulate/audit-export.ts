import { layoutOfHeader, layoutOfRow, type AuditColumn, type AuditLayout } from './audit-layout.js';
import { isProblem, readAuditRow, type AuditRecord, type AuditRow, type RowProblem } from './audit-row.js';

export interface AuditExport {
  readonly rows: readonly AuditRow[];
  readonly problems: readonly RowProblem[];
  /** Each layout met, in order: some files are several exports one below the other, each with its own header. */
  readonly layouts: readonly {
    readonly line: number;
    readonly columns: readonly AuditColumn[];
    readonly header: boolean;
  }[];
}

/** Takes the records of one file in order. Holds every readable row: a million of them are about half a gigabyte. */
export class AuditExportReader {
  readonly #rows: AuditRow[] = [];
  readonly #problems: RowProblem[] = [];
  readonly #layouts: { line: number; columns: AuditColumn[]; header: boolean }[] = [];
  #layout: AuditLayout | undefined;

  take(record: AuditRecord): void {
    if (record.cells.every((cell) => cell.trim() === '')) return;
    const header = layoutOfHeader(record.cells);
    if (header !== undefined) return this.#use(header, record.line, true);
    if (this.#layout === undefined) {
      const layout = layoutOfRow(record.cells);
      if (layout === undefined) {
        const message = 'the file begins with no header, and its first row fits no known layout';
        this.#problems.push({ line: record.line, code: 'no_header_and_no_known_layout', message });
        return;
      }
      this.#use(layout, record.line, false);
    }
    const row = readAuditRow(record, this.#layout ?? []);
    if (isProblem(row)) this.#problems.push(row);
    else this.#rows.push(row);
  }

  /** From this line on the file could not even be cut into cells. */
  broken(line: number): void {
    const message = 'a quote is not closed: nothing from here to the end of the file could be read';
    this.#problems.push({ line, code: 'quoting_broken', message });
  }

  end(): AuditExport {
    return { rows: this.#rows, problems: this.#problems, layouts: this.#layouts };
  }

  #use(layout: AuditLayout, line: number, header: boolean): void {
    const same = this.#layout?.join() === layout.join();
    this.#layout = layout;
    // A header repeated among the rows of its own export is nothing new.
    if (!same) this.#layouts.push({ line, columns: layout.filter((column) => column !== undefined), header });
  }
}
