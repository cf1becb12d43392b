import { createReadStream } from 'node:fs';
import { appendFile, rm, writeFile } from 'node:fs/promises';
import { isJsonObject, type JsonObject, type JsonValue } from '#protocol';
import type { HotListFileFormat } from '#reads/io';
import type { AgencyClient } from '../agency-client.js';
import { CliError } from '../cli-error.js';
import { numberIn, objectsIn, textIn } from '../json-reading.js';

const BATCH = 200;

export interface ImportOrder {
  readonly file: string;
  readonly list: string;
  readonly mode: 'full' | 'incremental';
  readonly format: HotListFileFormat;
  readonly compiledAt: string;
  readonly rejectedFile: string;
}

export interface SentImport {
  readonly entries: number;
  readonly staged: number;
  readonly rejected: number;
  /** As the node answers the completion. */
  readonly completed: JsonObject;
}

interface Waiting {
  readonly line: number;
  readonly entry: JsonValue;
}

/**
 * Brings a file to the agency's node. What the node says may not be listed is counted here by the code of its source and goes
 * no further: it is not sent, and it is not written to the file of rejected lines, which names lines and reasons alone.
 */
export async function sendImport(
  order: ImportOrder,
  client: AgencyClient,
  progress: (text: string) => void,
): Promise<SentImport> {
  const permitted = await permittedSources(client);
  const { list, mode, format, compiledAt, rejectedFile } = order;
  const begun = await client.post('/hot-lists/imports', { list, mode, format, compiled_at: compiledAt });
  const path = `/hot-lists/imports/${textIn(begun, 'import')}`;
  const { FileMeter, hotListFile } = await import('#reads/io');
  const meter = new FileMeter();
  const refused: Record<string, number> = {};
  let [entries, staged, rejected] = [0, 0, 0];
  await writeFile(rejectedFile, 'line,reason\r\n', { mode: 0o600 });
  const reject = async (line: number, reason: string) => {
    rejected += 1;
    await appendFile(rejectedFile, `${line},${reason}\r\n`);
  };
  let batch: Waiting[] = [];
  const flush = async () => {
    if (batch.length === 0) return;
    const answer = await client.post(`${path}/entries`, { entries: batch.map(({ entry }) => entry) });
    staged += numberIn(answer, 'staged');
    for (const each of objectsIn(answer, 'rejected')) {
      await reject(batch[numberIn(each, 'at')]?.line ?? 0, textIn(each, 'reason'));
    }
    batch = [];
    progress(`${entries} entries, ${staged} taken, ${rejected} rejected ...`);
  };
  for await (const { line, entry } of hotListFile(createReadStream(order.file), format, meter)) {
    entries += 1;
    const source = isJsonObject(entry ?? null) ? (entry as JsonObject)['source'] : undefined;
    if (entry === undefined) await reject(line, 'entry_malformed');
    else if (typeof source === 'string' && permitted.get(source) === false)
      refused[source] = (refused[source] ?? 0) + 1;
    else batch.push({ line, entry });
    if (batch.length === BATCH) await flush();
  }
  await flush();
  if (mode === 'full' && rejected > 0 && rejected === entries) throw nothingTaken(list, rejectedFile);
  const completed = await client.post(`${path}/completion`, { digest: meter.digest(), refused });
  if (rejected === 0) await rm(rejectedFile, { force: true });
  return { entries, staged, rejected, completed };
}

/** A full list replaces the one before: a broken file would take everything off it. */
function nothingTaken(list: string, rejectedFile: string): CliError {
  return new CliError('usage', `no line of the file can be taken; \`${list}\` stays as it was`, {
    remedy: `see ${rejectedFile}, and whether --format is right`,
  });
}

async function permittedSources(client: AgencyClient): Promise<ReadonlyMap<string, boolean>> {
  const answer = await client.get('/hot-lists/sources');
  return new Map(objectsIn(answer, 'sources').map((each) => [textIn(each, 'source'), each['permitted'] === true]));
}
