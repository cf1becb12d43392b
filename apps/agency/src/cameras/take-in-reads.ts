import { readDocument, ReadsError, unstored, type RecordOutcome, type UnstoredRead } from '#reads';
import { multipartDocuments, type MultipartDocument, type ReadStore } from '#reads/io';
import type { Clock } from '#protocol';
import { sourceOf, type Camera, type CameraTally } from './camera.js';
import type { Cameras } from './cameras.store.js';

/** What a camera posted, unread. */
export interface PostedReads {
  readonly body: Uint8Array;
  readonly contentType: string;
}

export interface TakenIn {
  readonly tally: CameraTally;
  readonly rejections: readonly { readonly at: string; readonly reason: string }[];
  /** Nothing of it has the form that this camera is registered with. */
  readonly isUnreadable: boolean;
}

type Outcome = RecordOutcome | { readonly kind: 'taken'; readonly read: UnstoredRead };

/**
 * Stores what a camera posted: class, source and device come from its registration, whatever the body says (W08). Every
 * sighting ends as stored, rejected or passed over, and is counted.
 */
export async function takeInReads(
  camera: Camera,
  posted: PostedReads,
  node: { readonly reads: ReadStore; readonly cameras: Cameras; readonly clock: Clock },
): Promise<TakenIn> {
  const outcomes = (await outcomesOf(camera, posted, node.clock.now())).map((outcome) => ofCamera(outcome, camera));
  const reads = outcomes.flatMap((outcome) => (outcome.kind === 'taken' ? [outcome.read] : []));
  const stored: { inserted: number; alreadyPresent: number; superseded?: number } = await node.reads.insertMany(reads);
  const rejections = outcomes.flatMap((outcome) =>
    outcome.kind === 'rejected' ? [{ at: outcome.at, reason: outcome.reason }] : [],
  );
  const rejected: Record<string, number> = {};
  for (const { reason } of rejections) rejected[reason] = (rejected[reason] ?? 0) + 1;
  const tally = {
    accepted: stored.inserted,
    alreadyPresent: stored.alreadyPresent,
    superseded: stored.superseded ?? 0,
    passedOver: outcomes.filter(({ kind }) => kind === 'passed_over').length,
    rejected,
  };
  await node.cameras.count(camera.id, tally);
  const isUnreadable = outcomes.every((outcome) => outcome.kind === 'rejected' && UNREADABLE.has(outcome.reason));
  return { tally, rejections, isUnreadable };
}

const UNREADABLE: ReadonlySet<string> = new Set(['record_malformed', 'format_mismatch']);

async function outcomesOf(camera: Camera, posted: PostedReads, now: number): Promise<RecordOutcome[]> {
  const documents = await documentsOf(posted);
  if (documents.length === 0) return [{ kind: 'rejected', at: '', reason: 'record_malformed' }];
  const context = { now, timeZone: camera.timeZone };
  return documents.flatMap(({ text, images }) => readDocument(camera.format, text, context, images));
}

async function documentsOf({
  body,
  contentType,
}: PostedReads): Promise<{ text: string | Uint8Array; images: MultipartDocument['images'] }[]> {
  if (!/^multipart\//i.test(contentType)) return [{ text: body, images: [] }];
  try {
    return await multipartDocuments(body, contentType);
  } catch (error) {
    if (error instanceof ReadsError) return [];
    throw error;
  }
}

function ofCamera(outcome: RecordOutcome, camera: Camera): Outcome {
  if (outcome.kind !== 'read') return outcome;
  if (camera.named !== undefined && outcome.read.device !== camera.named) {
    return { kind: 'rejected', at: outcome.at, reason: 'camera_other' };
  }
  const facts = { cameraOwnerClass: camera.ownerClass, source: sourceOf(camera) };
  const read = unstored(outcome.read, camera.device, camera.location ? { ...facts, location: camera.location } : facts);
  return { kind: 'taken', read };
}
