import { isName } from '../read.js';
import { Rejected } from '../rejection.js';
import type { CaptureContext, CapturedRead, FormatRecord, PassedOver, RecordOutcome } from './captured-read.js';
import type { Part } from './part.js';

/** How a source writes: what a record of it is, and how it is read. */
export interface ReadFormat {
  /** Whether a record has the members by which this format is known; says nothing about whether it is whole. */
  recognises(record: Part): boolean;
  /** Every sighting of one record, each a read, a rejection or passed over. Never throws on what the record holds. */
  read(record: FormatRecord, context: CaptureContext): RecordOutcome[];
}

/** More sightings in one record are no camera's. */
const SIGHTINGS_MAX = 500;

/** One sighting, read by `work`; what it refuses becomes the outcome. */
export function sighting(at: string, work: () => CapturedRead | PassedOver): RecordOutcome {
  try {
    const found = work();
    return typeof found === 'string' ? { kind: 'passed_over', at, why: found } : { kind: 'read', at, read: found };
  } catch (error) {
    if (error instanceof Rejected)
      return { kind: 'rejected', at: error.at === '' ? at : error.at, reason: error.reason };
    throw error;
  }
}

/** Each item of a list as a sighting; a list that is none, or is too long, is one rejection. */
export function sightings(list: Part, work: (item: Part) => CapturedRead | PassedOver): RecordOutcome[] {
  let items: Part[];
  try {
    items = list.items();
  } catch (error) {
    if (error instanceof Rejected) return [rejected(list.at, error.reason)];
    throw error;
  }
  if (items.length > SIGHTINGS_MAX) return [rejected(list.at, 'too_many_reads')];
  if (items.length === 0) return [passedOver(list.at, 'no_plate')];
  return items.map((item) => sighting(item.at, () => work(item)));
}

export function passedOver(at: string, why: PassedOver): RecordOutcome {
  return { kind: 'passed_over', at, why };
}

export function rejected(at: string, reason: Rejected['reason']): RecordOutcome {
  return { kind: 'rejected', at, reason };
}

/** The camera's name as the source writes it; absent where it names none. @throws Rejected `device_invalid` */
export function deviceOf(part: Part, text: string | undefined = part.text()): { device?: string } {
  if (text === undefined) return {};
  if (!isName(text)) throw new Rejected('device_invalid', part.at);
  return { device: text };
}
