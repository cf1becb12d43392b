import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ClientBase } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { EntityManager } from 'typeorm';
import type { UnstoredRead } from '../src/read.js';
import { READ_COLUMNS } from './read-columns.js';
import { runStatement, withoutValues } from './statement.js';

/** The table of one session that holds what is about to be inserted; emptied at the end of each transaction. */
export const ARRIVING = 'arriving_read';
const CHUNK_CHARACTERS = 64 * 1024;

/**
 * Sends reads into the session's table `arriving_read` by COPY, inside the caller's transaction: cheaper for both sides than
 * parameters, from some hundred reads on (docs/decisions/0041-indexes-of-reads.md).
 * @throws ReadsError `store_away` `store_failed`
 */
export async function copyArriving(manager: EntityManager, reads: readonly UnstoredRead[]): Promise<void> {
  const columns = READ_COLUMNS.map(({ name, type }) => `${name} ${type}`).join(', ');
  await runStatement(manager, [`create temp table if not exists ${ARRIVING} (${columns}) on commit delete rows`, []]);
  const names = READ_COLUMNS.map(({ name }) => name).join(', ');
  try {
    const client = (await manager.queryRunner?.connect()) as ClientBase;
    const stream = client.query(copyFrom(`copy ${ARRIVING} (${names}) from stdin`));
    await pipeline(Readable.from(chunksOf(reads)), stream);
  } catch (error) {
    // PostgreSQL repeats the line at which it stopped, and that holds a plate.
    throw withoutValues(error);
  }
}

function* chunksOf(reads: readonly UnstoredRead[]): Generator<string> {
  let chunk = '';
  for (const read of reads) {
    chunk += `${READ_COLUMNS.map(({ of }) => copyText(of(read))).join('\t')}\n`;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** A value in the text format of COPY (PostgreSQL documentation, "COPY", "Text Format"). */
function copyText(value: string | number | boolean | null): string {
  if (value === null) return '\\N';
  return String(value).replaceAll(/[\\\t\n\r]/g, (character) => ESCAPES[character] ?? '');
}
