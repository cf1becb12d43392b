import type { EntityManager } from 'typeorm';
import { confusables } from '../src/confusables.js';
import { CAMERA_OWNER_CLASSES, type Read } from '../src/read.js';
import type { LatestSighting, PlateHistory } from '../src/reads-query.js';
import { pageStatement } from './page-statement.js';
import { readOf, type ReadRow } from './read-row.js';
import { runStatement } from './statement.js';

/** A read of another text that may be the asked plate. Nothing may rest on it until a person has compared the image. */
export interface UnverifiedRead {
  readonly unverified: true;
  readonly read: Read;
  /** The plate that was asked for. */
  readonly asked: string;
  /** `candidate` where the camera itself thought the asked text possible, else `look_alike`. */
  readonly match: 'candidate' | 'look_alike';
}

/**
 * Reads of plates that differ from an asked one by one character which readers mistake, the newest first. A literal search
 * never holds them (P12). Some thirty plates are looked up for each asked one, by the index on plate and time.
 */
export async function lookAlikeReads(
  manager: EntityManager,
  query: PlateHistory | LatestSighting,
  { limit, cutoff }: { readonly limit: number; readonly cutoff: number | undefined },
): Promise<UnverifiedRead[]> {
  const asked = new Set(query.plates.map(({ text }) => text));
  const byLookAlike = new Map<string, { text: string; state?: string }>();
  for (const plate of query.plates) {
    for (const text of confusables(plate.text)) if (!asked.has(text)) byLookAlike.set(text, plate);
  }
  const plates = [...byLookAlike].map(([text, { state }]) => ({ text, ...(state !== undefined && { state }) }));
  if (plates.length === 0) return [];
  const { from, until } = query;
  const bounds = { cutoff, cameraOwnerClasses: CAMERA_OWNER_CLASSES, after: undefined, rows: limit };
  const statement = pageStatement({ kind: 'plate_history', plates, from, until }, bounds);
  if (statement === undefined) return [];
  const rows = await runStatement<ReadRow>(manager, statement);
  return rows.map(readOf).map((read) => {
    const text = byLookAlike.get(read.plate)?.text ?? '';
    const isCandidate = read.candidates?.some((candidate) => candidate.text === text) ?? false;
    return { unverified: true, read, asked: text, match: isCandidate ? 'candidate' : 'look_alike' };
  });
}
