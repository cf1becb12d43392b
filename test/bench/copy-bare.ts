import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ClientBase } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { DataSource } from 'typeorm';
import type { UnstoredRead } from '#reads';
import type { GeneratedReads } from './generated-reads.js';

/**
 * What ingest cannot be faster than: COPY of the same columns into one table without index, constraint or partition, in one
 * transaction. @returns reads a second
 */
export async function copyBare(dataSource: DataSource, generated: GeneratedReads, count: number): Promise<number> {
  const runner = dataSource.createQueryRunner();
  try {
    const client = (await runner.connect()) as ClientBase;
    await client.query(`create table bare (plate text, plate_state text, seen_at timestamptz, time_ambiguous boolean,
      device text, lat float8, lon float8, confidence float8, camera_owner_class text, source text, non_plate boolean,
      make text, colour text, type text, direction float8)`);
    const started = performance.now();
    await pipeline(Readable.from(chunks(generated, count)), client.query(copyFrom('copy bare from stdin')));
    return count / ((performance.now() - started) / 1_000);
  } finally {
    await runner.release();
  }
}

function* chunks(generated: GeneratedReads, count: number): Generator<string> {
  let chunk = '';
  for (let index = 0; index < count; index += 1) {
    chunk += `${lineOf(generated.read(index))}\n`;
    if (chunk.length < 65_536) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}

function lineOf(read: UnstoredRead): string {
  const { location, vehicle } = read;
  const values = [
    read.plate,
    read.plateState,
    new Date(read.seenAt).toISOString(),
    'f',
    read.device,
    location?.lat,
    location?.lon,
    read.confidence,
    read.cameraOwnerClass,
    read.source,
    'f',
    vehicle?.make,
    vehicle?.colour,
    vehicle?.type,
    read.direction,
  ];
  return values.map((value) => (value === undefined ? '\\N' : String(value))).join('\t');
}
