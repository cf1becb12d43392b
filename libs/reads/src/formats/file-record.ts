import { isJsonObject, type JsonValue } from '#protocol';
import type { CameraOwnerClass, UnstoredRead } from '../read.js';
import { Rejected, type RejectionReason } from '../rejection.js';
import type { CaptureContext, CapturedRead, ImagePart, PassedOver, RecordOutcome } from './captured-read.js';
import { recogniseFormat, type FormatName } from './format-names.js';
import { documentValue, readValue } from './read-document.js';

/** What a source does not say of itself: whoever takes its records in has said it beforehand. */
export interface SourceFacts {
  readonly cameraOwnerClass: CameraOwnerClass;
  /** The system that the records come from, the same for each of its files. */
  readonly source: string;
  /** Of records that name no camera. */
  readonly device?: string;
  readonly location?: { readonly lat: number; readonly lon: number };
}

/** What became of one sighting of a row or record, ready for the store. */
export type SightingOutcome =
  | { readonly kind: 'read'; readonly read: UnstoredRead }
  | { readonly kind: 'rejected'; readonly at: string; readonly reason: RejectionReason }
  | { readonly kind: 'passed_over'; readonly why: PassedOver };

/** The outcomes of a record's text, with the facts of its source. */
export function sightingsOf(
  format: FormatName,
  record: { readonly text: string; readonly row?: JsonValue; readonly images?: readonly ImagePart[] },
  context: CaptureContext,
  facts: SourceFacts,
): SightingOutcome[] {
  const value = record.row ?? documentValue(record.text);
  if (value instanceof Rejected) return [{ kind: 'rejected', at: '', reason: value.reason }];
  return readValue(format, value, context, record.images).map((outcome) => withFacts(outcome, facts));
}

export function withFacts(outcome: RecordOutcome, facts: SourceFacts): SightingOutcome {
  if (outcome.kind !== 'read') return outcome;
  const device = outcome.read.device ?? facts.device;
  if (device === undefined) return { kind: 'rejected', at: outcome.at, reason: 'device_missing' };
  return { kind: 'read', read: unstored(outcome.read, device, facts) };
}

/** A sighting as the store keeps it: class and source are never the record's own. */
export function unstored(read: CapturedRead, device: string, facts: SourceFacts): UnstoredRead {
  const location = read.location ?? facts.location;
  return {
    ...read,
    device,
    ...(location && { location }),
    cameraOwnerClass: facts.cameraOwnerClass,
    source: facts.source,
  };
}

/** The format that a record has the members of, if any: to tell whoever named another one. */
export function looksLike(record: { readonly text: string; readonly row?: JsonValue }): FormatName | undefined {
  const value = record.row ?? documentValue(record.text);
  if (value instanceof Rejected) return undefined;
  const first = Array.isArray(value) ? value[0] : value;
  return isJsonObject(first) ? recogniseFormat(first) : undefined;
}
