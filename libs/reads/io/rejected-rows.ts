import type { Writable } from 'node:stream';
import { rejectedHeaderLine, rejectedLine } from '../src/rejected-row.js';
import type { RejectionReason } from '../src/row.js';
import { ReadsError } from '../src/reads-error.js';
import type { CsvRow } from './csv-rows.js';

/** Writes rejected rows to a stream that the caller opens and closes; holds them until `flush`. */
export class RejectedRows {
  readonly #target: Writable;
  #pending = '';
  #failure: unknown;
  readonly #failed = (error: unknown) => {
    this.#failure = error;
  };

  constructor(target: Writable) {
    this.#target = target;
    // From the start: a file that cannot be opened says so by an event, maybe before the first row.
    target.on('error', this.#failed);
  }

  begin(header: readonly string[]): void {
    this.#pending = rejectedHeaderLine(header);
  }

  add(row: CsvRow, reason: RejectionReason): void {
    this.#pending += rejectedLine({ line: row.line, reason, cells: row.cells });
  }

  /**
   * Waits until the rows are handed over: a row that is neither stored nor written out would be lost.
   * @throws ReadsError `rejected_unwritable`
   */
  async flush(): Promise<void> {
    const text = this.#pending;
    this.#pending = '';
    if (this.#failure === undefined && text !== '') {
      await new Promise<void>((resolve) => {
        this.#target.write(text, (error) => {
          if (error) this.#failed(error);
          resolve();
        });
      });
    }
    if (this.#failure !== undefined) {
      throw new ReadsError('rejected_unwritable', 'the rejected rows cannot be written', { cause: this.#failure });
    }
  }

  /** Gives the stream back. After a failure the listener stays, since the stream may still report it. */
  release(): void {
    if (this.#failure === undefined) this.#target.off('error', this.#failed);
  }
}
