import type { Writable } from 'node:stream';
import { rejectedHeaderLine, rejectedLine } from '../src/rejected-row.js';
import type { RejectionReason } from '../src/rejection.js';
import { ReadsError } from '../src/reads-error.js';

/** Writes rejected rows to a stream that the caller opens and closes; holds them until `flush`. */
export class RejectedRows {
  readonly #target: Writable;
  #pending = '';
  #written: number;
  #failure: unknown;
  readonly #failed = (error: unknown) => {
    this.#failure = error;
  };

  /** @param keptBytes what an interrupted import had written; there is a header in it */
  constructor(target: Writable, keptBytes = 0) {
    this.#target = target;
    this.#written = keptBytes;
    // From the start: a file that cannot be opened says so by an event, maybe before the first row.
    target.on('error', this.#failed);
  }

  /** How many bytes the file has. */
  get bytes(): number {
    return this.#written;
  }

  begin(header: readonly string[]): void {
    if (this.#written === 0) this.#pending = rejectedHeaderLine(header);
  }

  add(row: { readonly line: number; readonly cells: readonly string[] }, reason: RejectionReason): void {
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
      this.#written += Buffer.byteLength(text);
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
