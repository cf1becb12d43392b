import { rename, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { isJsonObject } from '#protocol';
import { CliError } from './cli-error.js';
import { readJsonInput } from './input-file.js';

/**
 * What was seen of ledgers: `{v: 1, checkpoints: {ORIGIN: NOTE}}`. Only signed notes are kept, so that the file needs no
 * trust: size and root are read out of them again, under the ledger's key.
 */
export class LedgerMemory {
  constructor(private readonly path: string) {}

  async checkpointOf(origin: string): Promise<string | undefined> {
    return (await this.read()).get(origin);
  }

  /** Call it only when everything up to this checkpoint has been verified. */
  async remember(origin: string, note: string): Promise<void> {
    const checkpoints = new Map(await this.read()).set(origin, note);
    const beside = `${this.path}.${process.pid}`;
    await writeFile(beside, `${JSON.stringify({ v: 1, checkpoints: Object.fromEntries(checkpoints) }, null, 2)}\n`);
    await rename(beside, this.path);
  }

  private async read(): Promise<Map<string, string>> {
    if (!existsSync(this.path)) return new Map();
    const document = await readJsonInput(this.path);
    const checkpoints = isJsonObject(document) && document['v'] === 1 ? document['checkpoints'] : undefined;
    if (!isJsonObject(checkpoints)) {
      throw new CliError('usage', `\`${this.path}\` is no memory of ledgers`, {
        remedy: 'name another file; one that is not there yet is begun',
      });
    }
    return new Map(
      Object.entries(checkpoints).flatMap(([origin, note]) => (typeof note === 'string' ? [[origin, note]] : [])),
    );
  }
}
